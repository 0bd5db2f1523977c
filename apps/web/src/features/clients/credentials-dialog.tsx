import type { Client } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconClock, IconDownload, IconEyeOff } from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { useRef } from 'react';
import { longDateTime } from '../../lib/format.js';
import { useHold } from '../../lib/session-end.js';
import { useSession } from '../../lib/use-session.js';
import { Dialog } from '../../ui/dialog.js';
import { Copy } from '../../ui/identifier.js';
import { Note } from '../../ui/note.js';

interface Props {
  readonly client: Pick<Client, 'client_id' | 'client_name'>;
  /** Undefined for a public client, which has none. */
  readonly client_secret?: string | undefined;
  /** After a rotation: until when the previous secret works; null when it has stopped. */
  readonly previous_secret_expires_at?: string | null;
  readonly onDone: () => void;
}

/** Shown once. With a secret it closes only by saying that it was saved; no other way leads off the page, nor does a session that ends. */
export function CredentialsDialog({ client, client_secret, previous_secret_expires_at, onDone }: Props) {
  const secret = client_secret !== undefined;
  const saved = useRef(!secret);
  useBlocker({ shouldBlockFn: () => !saved.current, enableBeforeUnload: () => !saved.current });
  useHold(secret);
  const done = () => {
    saved.current = true;
    onDone();
  };
  return (
    <Dialog
      title="Save your client credentials"
      text={secret ? 'Store both values in your secret manager now.' : `${client.client_name} has no secret. It proves itself with PKCE.`}
      size={520}
      dismissable={!secret}
      onClose={done}
      foot={
        <>
          {secret && <DownloadButton client={client} client_secret={client_secret} />}
          <Button onClick={done} data-autofocus={secret ? undefined : true}>
            {secret ? 'I have saved the secret' : 'Done'}
          </Button>
        </>
      }
    >
      <Credential label="Client ID" value={client.client_id} />
      {secret && <Credential label="Client secret" value={client_secret} autoFocus />}
      {previous_secret_expires_at !== undefined && <PreviousEnd at={previous_secret_expires_at} />}
      {secret && (
        <Note tone="warning" title="You will not see this secret again" icon={IconEyeOff}>
          Behalf keeps only a hash of it. If you lose it, rotate the secret to get a new one.
        </Note>
      )}
    </Dialog>
  );
}

function DownloadButton({ client, client_secret }: { client: Props['client']; client_secret: string }) {
  const { issuer } = useSession();
  return (
    <Button
      variant="default"
      className="b-push"
      leftSection={<IconDownload size={15} stroke={1.6} />}
      onClick={() => download(issuer, client, client_secret)}
    >
      Download as .env
    </Button>
  );
}

function Credential({ label, value, autoFocus = false }: { label: string; value: string; autoFocus?: boolean }) {
  return (
    <div>
      <div className="b-label">{label}</div>
      <div className="b-credential">
        <code className="b-mono">{value}</code>
        <Copy value={value} label={`Copy ${label}`} autoFocus={autoFocus} />
      </div>
    </div>
  );
}

function PreviousEnd({ at }: { at: string | null }) {
  return (
    <Note tone="info" icon={IconClock}>
      {at === null ? 'The previous secret has stopped working.' : `The previous secret works until ${longDateTime(at)}.`}
    </Note>
  );
}

/** A file for a secret manager or a local run; made here, sent nowhere. */
function download(issuer: string, { client_id, client_name }: Props['client'], client_secret: string): void {
  const text = `BEHALF_ISSUER=${issuer}\nBEHALF_CLIENT_ID=${client_id}\nBEHALF_CLIENT_SECRET=${client_secret}\n`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = `${client_name.replace(/[^A-Za-z0-9._-]+/g, '-')}.env`;
  link.click();
  URL.revokeObjectURL(link.href);
}
