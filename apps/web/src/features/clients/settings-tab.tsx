import { type Client, type ClientSecretInfo, clientRisks, NOTICE_TEXTS } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconClock, IconKey, IconPlayerPause } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { longDateTime, plural } from '../../lib/format.js';
import { api, NetworkError } from '../../lib/http.js';
import { clientPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { Note } from '../../ui/note.js';
import { Time } from '../../ui/time.js';
import { toast, toastFailure } from '../../ui/toast.js';
import { SettingsFields } from './settings-fields.js';
import type { Edit } from './use-edit.js';

interface Props {
  readonly client: Client;
  readonly edit: Edit;
  readonly manage: boolean;
}

/** The same six sections as at creation, under what is unusual about the client now. */
export function SettingsTab({ client, edit, manage }: Props) {
  return (
    <>
      {client.status === 'disabled' && <PausedNote client={client} />}
      {client.notices.length > 0 && <Risks client={client} />}
      {client.secret && <CurrentSecret secret={client.secret} />}
      {client.previous_secret && <PreviousSecret client={client} manage={manage} />}
      <fieldset className="b-plain" disabled={!manage}>
        <SettingsFields form={edit.form} stored={edit.base} />
      </fieldset>
    </>
  );
}

function PausedNote({ client: { status_reason, resume_at } }: { client: Client }) {
  return (
    <div className="b-tab-note">
      <Note tone="info" icon={IconPlayerPause}>
        Paused{status_reason && `: ${status_reason}`}. {resume_at && `Resumes ${longDateTime(resume_at)}.`}
      </Note>
    </div>
  );
}

/** What the list's mark sums up. */
function Risks({ client }: { client: Client }) {
  return (
    <div className="b-tab-note">
      <Note tone={clientRisks(client).length ? 'warning' : 'info'} icon={IconAlertTriangle} title="Risks of this client">
        <ul className="b-reasons">
          {client.notices.map((notice) => (
            <li key={notice}>{NOTICE_TEXTS[notice]}</li>
          ))}
        </ul>
      </Note>
    </div>
  );
}

function CurrentSecret({ secret }: { secret: ClientSecretInfo }) {
  return (
    <p className="b-tab-note b-current-secret">
      <IconKey size={16} stroke={1.6} aria-hidden="true" />
      <span>
        Client secret <span className="b-mono">••••{secret.hint}</span>, created <Time at={secret.created_at} />.{' '}
        <SecretUse secret={secret} />
      </span>
    </p>
  );
}

/** When and from where a secret was last used. */
export function SecretUse({ secret: { last_used_at, last_used_ip } }: { secret: Pick<ClientSecretInfo, 'last_used_at' | 'last_used_ip'> }) {
  if (last_used_at === null) return 'Never used.';
  return (
    <>
      Last used <Time at={last_used_at} /> from <span className="b-mono">{last_used_ip}</span>.
    </>
  );
}

function PreviousSecret({ client, manage }: { client: Client; manage: boolean }) {
  const { hint, expires_at, last_used_at, last_used_ip, uses } = client.previous_secret!;
  const end = useEndPreviousSecret(client.client_id);
  return (
    <div className="b-tab-note">
      <Note tone="warning" icon={IconClock} title={`The previous secret works until ${longDateTime(expires_at)}`}>
        <span className="b-mono">••••{hint}</span>{' '}
        {uses === 0 || last_used_at === null ? (
          'was not used since the rotation.'
        ) : (
          <>
            was used {plural(uses, 'time', 'times')} since the rotation, last <Time at={last_used_at} /> from{' '}
            <span className="b-mono">{last_used_ip}</span>.
          </>
        )}
        {manage && (
          <Button variant="default" mt={8} display="block" loading={end.pending} onClick={() => end.run()}>
            End previous secret now
          </Button>
        )}
      </Note>
    </div>
  );
}

function useEndPreviousSecret(client_id: string) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: () => api<void>('DELETE', `${clientPath(client_id)}/previous-secret`),
    onSuccess: async () => {
      toast('The previous secret has ended');
      await queryClient.invalidateQueries({ queryKey: ['oauth-client', client_id] });
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: (error) =>
      toastFailure(error instanceof NetworkError ? 'The previous secret may still work' : 'The previous secret was not ended', error),
  });
}
