import type { Client } from '@behalf/domain';
import { Button, Checkbox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconClock, IconPlayerPause } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { longDateTime, plural, relativeTime } from '../../lib/format.js';
import { api } from '../../lib/http.js';
import { clientPath, previewQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { Note } from '../../ui/note.js';
import { toast, toastFailure } from '../../ui/toast.js';
import { SettingsFields } from './settings-fields.js';
import type { Edit } from './use-edit.js';

interface Props {
  readonly client: Client;
  readonly edit: Edit;
  readonly manage: boolean;
}

/** The same six sections as at creation, and what the changes would do to what is alive. */
export function SettingsTab({ client, edit, manage }: Props) {
  return (
    <>
      {client.status === 'disabled' && <PausedNote client={client} />}
      {client.previous_secret && <PreviousSecret client={client} manage={manage} />}
      {manage && <Consequences client={client} edit={edit} />}
      <fieldset className="b-plain" disabled={!manage}>
        <SettingsFields form={edit.form} editing={edit.base.client_name} />
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

function PreviousSecret({ client, manage }: { client: Client; manage: boolean }) {
  const { expires_at, last_used_at, last_used_ip, uses } = client.previous_secret!;
  const end = useEndPreviousSecret(client.client_id);
  return (
    <div className="b-tab-note">
      <Note tone="warning" icon={IconClock} title={`The previous secret works until ${longDateTime(expires_at)}`}>
        {last_used_at === null ? 'It was not used since. ' : `Used ${plural(uses, 'time', 'times')} since, last ${relativeTime(last_used_at)} from ${last_used_ip}. `}
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
    onError: (error) => toastFailure('The previous secret was not ended', error),
  });
}

const TYPING_PAUSE_MILLISECONDS = 300;

/** How many authorizations the changes would end or narrow, and the offer to revoke them where a redirect URI goes. */
function Consequences({ client, edit }: { client: Client; edit: Edit }) {
  const key = JSON.stringify(edit.changes);
  const [settled] = useDebouncedValue(key, TYPING_PAUSE_MILLISECONDS);
  const removed = edit.base.redirect_uris.some((uri) => !edit.settings.redirect_uris.includes(uri));
  const { data } = useQuery({ ...previewQuery(client.client_id, JSON.parse(settled) as Edit['changes']), enabled: settled !== '{}' });
  const effects = data && edit.changed && settled === key ? effectsOf(data) : [];
  return (
    <div role="status" className="b-appearing">
      {(effects.length > 0 || removed) && (
        <div className="b-tab-note">
          <Note tone="warning" title="What saving does at once">
            {effects.join(' ')}
            {removed && (
              <>
                {' '}
                Codes and open consents for a removed redirect URI fail; live tokens stay.
                <Checkbox
                  mt={8}
                  label="Also revoke the client’s live tokens"
                  checked={edit.alsoRevoke}
                  onChange={(event) => edit.setAlsoRevoke(event.currentTarget.checked)}
                />
              </>
            )}
          </Note>
        </div>
      )}
    </div>
  );
}

function effectsOf({ ends, narrows }: { ends: number; narrows: number }): string[] {
  return [
    ends > 0 ? `${plural(ends, 'authorization ends', 'authorizations end')} for good.` : '',
    narrows > 0 ? `${plural(narrows, 'authorization is', 'authorizations are')} narrowed.` : '',
  ].filter((text) => text !== '');
}
