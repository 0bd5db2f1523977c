import type { Client } from '@behalf/domain';
import { Button, CopyButton, Modal } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { Note } from '../../ui/states.js';

interface Props {
  readonly client: Pick<Client, 'client_id' | 'client_name'>;
  readonly client_secret: string | undefined;
  readonly onDone: () => void;
}

/** Shown once. With a secret it closes only by saying that it was saved. */
export function CredentialsDialog({ client, client_secret, onDone }: Props) {
  const secret = client_secret !== undefined;
  return (
    <Modal.Root opened onClose={secret ? () => undefined : onDone} size={520} centered closeOnEscape={!secret} closeOnClickOutside={!secret}>
      <Modal.Overlay />
      <Modal.Content aria-label="Save your client credentials">
        <h2 className="b-dialog-title">Save your client credentials</h2>
        <div className="b-dialog-body">
          {secret ? (
            <Note tone="warning" title="You will not see this secret again">
              Copy both into your secret manager before you close this. If you lose the secret, rotate it to get a new one.
            </Note>
          ) : (
            <p className="b-dialog-text">{client.client_name} has no secret: it proves itself with PKCE.</p>
          )}
          <Credential label="Client ID" value={client.client_id} />
          {secret && <Credential label="Client secret" value={client_secret} focused />}
        </div>
        <div className="b-dialog-foot">
          {secret && (
            <Button
              variant="default"
              leftSection={<IconDownload size={15} stroke={1.6} />}
              onClick={() => download(client, client_secret)}
              style={{ marginRight: 'auto' }}
            >
              Download as .env
            </Button>
          )}
          <Button onClick={onDone} data-autofocus={secret ? undefined : true}>
            {secret ? 'I have saved the secret' : 'Done'}
          </Button>
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}

function Credential({ label, value, focused = false }: { label: string; value: string; focused?: boolean }) {
  return (
    <>
      <div className="b-credential-label">{label}</div>
      <div className="b-credential">
        <code className="b-mono">{value}</code>
        <CopyButton value={value} timeout={1500}>
          {({ copied, copy }) => (
            <Button
              variant="default"
              onClick={copy}
              aria-label={`Copy ${label.toLowerCase()}`}
              leftSection={copied ? <IconCheck size={14} stroke={1.6} /> : <IconCopy size={14} stroke={1.6} />}
              data-autofocus={focused ? true : undefined}
            >
              <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
            </Button>
          )}
        </CopyButton>
      </div>
    </>
  );
}

/** A file for a secret manager or a local run; made here, sent nowhere. */
function download({ client_id, client_name }: Props['client'], client_secret: string): void {
  const text = `OAUTH_ISSUER=${window.location.origin}\nOAUTH_CLIENT_ID=${client_id}\nOAUTH_CLIENT_SECRET=${client_secret}\n`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = `${client_name.replace(/[^A-Za-z0-9._-]+/g, '-')}.env`;
  link.click();
  URL.revokeObjectURL(link.href);
}
