import { formatLifetime, INVITATION_LIFETIME_SECONDS, type UserRef } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useHold } from '../../lib/session-end.js';
import { Dialog } from '../../ui/dialog.js';
import { Copy } from '../../ui/identifier.js';
import { Note } from '../../ui/note.js';

interface Props {
  readonly title: string;
  readonly user: Pick<UserRef, 'name' | 'email'>;
  readonly url: string;
  readonly onDone: () => void;
}

/** The link by which a user sets a password; no e-mail is sent, so it is handed over. */
export function LinkDialog({ title, user, url, onDone }: Props) {
  useHold(true);
  return (
    <Dialog
      title={title}
      text={
        <>
          Give this link to <strong className="b-strong">{user.name}</strong> ({user.email}). No e-mail is sent.
        </>
      }
      size={520}
      dismissable={false}
      onClose={onDone}
      foot={<Button onClick={onDone}>I have copied the link</Button>}
    >
      <div>
        <div className="b-label">Link</div>
        <div className="b-credential">
          <code className="b-mono">{url}</code>
          <Copy value={url} label="Copy link" autoFocus />
        </div>
      </div>
      <Note tone="warning" title="You will not see this link again" icon={IconEyeOff}>
        It works once, within {formatLifetime(INVITATION_LIFETIME_SECONDS).toLowerCase()}. Whoever has it can set the password and sign in.
      </Note>
    </Dialog>
  );
}
