import type { User } from '@behalf/domain';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { LinkDialog } from './link-dialog.js';

/** A new link for a user who forgot the password. */
export function ResetDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const reset = useAction({
    mutationFn: () => api<{ invitation_url: string }>('POST', `/users/${encodeURIComponent(user.id)}/reset-password`),
  });
  if (reset.answer)
    return (
      <LinkDialog title="Reset password" text={`Give this link to ${user.name}.`} url={reset.answer.invitation_url} onDone={onClose} />
    );
  return (
    <ConfirmDialog
      title="Reset password"
      text={`Makes a link by which ${user.name} sets a new password. Until then the old one works.`}
      action="Make link"
      color="indigo"
      pending={reset.pending}
      onConfirm={() => reset.run()}
      onClose={onClose}
    >
      <FailureNote title="No link was made" error={reset.error} />
    </ConfirmDialog>
  );
}
