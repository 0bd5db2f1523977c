import { type Client, confirmsName, PREVIOUS_SECRET_LIFETIME, type RotatedSecret } from '@behalf/domain';
import { Checkbox, Input, SegmentedControl } from '@mantine/core';
import { IconClock, IconKey } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { longDateTime } from '../../lib/format.js';
import { api } from '../../lib/http.js';
import { clientPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { Note } from '../../ui/note.js';
import { Time } from '../../ui/time.js';
import { ConfirmField } from './confirm-field.js';
import { CredentialsDialog } from './credentials-dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { SecretUse } from './settings-tab.js';

const NOW_SECONDS = 0;
const MILLISECONDS = 1000;

/** A new secret at once; the administrator says when the previous one stops. */
export function RotateDialog({ client, onClose }: { client: Client; onClose: () => void }) {
  const [typed, type] = useState('');
  const [exposed, setExposed] = useState(false);
  const [lifetime_seconds, keep] = useState<number>(PREVIOUS_SECRET_LIFETIME.default);
  const rotate = useRotate(client);
  if (rotate.rotated) return <CredentialsDialog client={client} {...rotate.rotated} onDone={onClose} />;
  return (
    <ConfirmDialog
      title="Rotate client secret"
      text="The new secret works at once. Live tokens keep working."
      action="Rotate secret"
      color="indigo"
      pending={rotate.pending}
      disabled={!confirmsName(typed, client.client_name)}
      onConfirm={() => rotate.run({ confirm_name: typed, previous_secret_lifetime_seconds: lifetime_seconds })}
      onClose={onClose}
    >
      <SecretsNote client={client} />
      <Checkbox
        label="The secret was exposed"
        description="Stops the previous secret now."
        checked={exposed}
        onChange={(event) => {
          setExposed(event.currentTarget.checked);
          keep(event.currentTarget.checked ? NOW_SECONDS : PREVIOUS_SECRET_LIFETIME.default);
        }}
      />
      <KeepsWorking seconds={lifetime_seconds} onChange={keep} />
      <ConfirmField what={client.client_name} value={typed} onChange={type} />
      <FailureNote
        title="The secret was not rotated"
        error={rotate.error}
        lost={{
          title: 'The secret may have been rotated',
          text: 'The connection was lost before the answer came. Rotating again shows a secret. If the first one was carried out, it also ends at once the secret that integrations use until now.',
        }}
      />
    </ConfirmDialog>
  );
}

function useRotate(client: Client) {
  const queryClient = useQueryClient();
  // Outlives the mutation's own state, which a refresh of the page's data must not touch.
  const [rotated, setRotated] = useState<RotatedSecret | null>(null);
  const action = useAction({
    mutationFn: (body: { confirm_name: string; previous_secret_lifetime_seconds: number }) =>
      api<RotatedSecret>('POST', `${clientPath(client.client_id)}/rotate-secret`, body),
    onSuccess: async (answer) => {
      setRotated(answer);
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
      await queryClient.invalidateQueries({ queryKey: ['oauth-client', client.client_id] });
    },
  });
  return { ...action, rotated };
}

/** Who has not moved yet: to a secret that is still there, or who will have to now. */
function SecretsNote({ client: { secret, previous_secret } }: { client: Client }) {
  if (!previous_secret) {
    return (
      secret && (
        <Note tone="info" icon={IconKey}>
          The secret until now, <span className="b-mono">••••{secret.hint}</span>: <SecretUse secret={secret} />
        </Note>
      )
    );
  }
  const { last_used_at, last_used_ip, uses } = previous_secret;
  return (
    <Note tone="warning" icon={IconClock}>
      {uses === 0 || last_used_at === null ? (
        'The previous secret still works, and was not used since the rotation. '
      ) : (
        <>
          The previous secret was last used{' '}
          <strong>
            <Time at={last_used_at} />
          </strong>{' '}
          from <code className="b-mono">{last_used_ip}</code>.{' '}
        </>
      )}
      Rotating again ends it at once.
    </Note>
  );
}

function KeepsWorking({ seconds, onChange }: { seconds: number; onChange: (seconds: number) => void }) {
  const id = useId();
  const [now] = useState(Date.now);
  const until = new Date(now + seconds * MILLISECONDS).toISOString();
  return (
    <Input.Wrapper label="Previous secret keeps working for" labelElement="div" labelProps={{ id }}>
      <SegmentedControl
        aria-labelledby={id}
        fullWidth
        data={PREVIOUS_SECRET_LIFETIME.options.map((option) => ({ value: String(option.seconds), label: option.label }))}
        value={String(seconds)}
        onChange={(value) => onChange(Number(value))}
      />
      <p className="b-help">
        {seconds === NOW_SECONDS
          ? 'Integrations that still use it fail at once.'
          : `Until ${longDateTime(until)}. Update every integration before then.`}
      </p>
    </Input.Wrapper>
  );
}
