import type { User } from '@behalf/domain';
import { api } from '../../lib/http.js';
import { userPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { useSession } from '../../lib/use-session.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { FailureNote } from '../../ui/failure-note.js';
import { type Effect, ImpactNote, receipt, useImpact } from './impact.js';
import { LinkDialog } from './link-dialog.js';
import { useChangeUser } from './use-change-user.js';
import { useRefreshPeople } from './use-people.js';

export type AccountAction = 'disable' | 'enable' | 'reset';

interface Props {
  readonly user: User;
  readonly onClose: () => void;
}

/** What a home organization decides on an account; each says what it does before it is done. */
export function AccountDialog({ action, ...props }: Props & { action: AccountAction }) {
  if (action === 'disable') return <DisableDialog {...props} />;
  return action === 'enable' ? <EnableDialog {...props} /> : <ResetDialog {...props} />;
}

const STOPS: Effect = { one: 'stops working at once, for good', many: 'stop working at once, for good' };
const STOPPED: Effect = { one: 'has ended', many: 'have ended' };

/** Ends everything that the user authorized. */
function DisableDialog({ user, onClose }: Props) {
  const found = useImpact(user.id);
  const { user: me } = useSession();
  const change = useChangeUser(user, { done: () => `${user.name} is disabled.${receipt(found.impact, STOPPED)}`, onDone: onClose });
  const whom = me.id === user.id ? 'This is you: you are' : `${user.name} is`;
  return (
    <ConfirmDialog
      title="Disable user"
      text={`${whom} signed out everywhere and cannot sign in. Approvals are forgotten, and an open link stops working.`}
      action="Disable user"
      pending={change.pending}
      disabled={found.counting}
      onConfirm={() => change.run({ status: 'disabled' })}
      onClose={onClose}
    >
      <ImpactNote {...found} effect={STOPS} />
      <FailureNote title={`${user.name} was not disabled`} error={change.error} />
    </ConfirmDialog>
  );
}

const ENABLED: Effect = { one: 'works', many: 'work' };

/** Lets the user sign in again; what was ended stays so. */
function EnableDialog({ user, onClose }: Props) {
  const found = useImpact(user.id);
  const change = useChangeUser(user, { done: () => `${user.name} is enabled, and can sign in again`, onDone: onClose });
  return (
    <ConfirmDialog
      title="Enable user"
      text={`${user.name} can sign in again${user.has_password ? ' with the password from before' : ' once a link has set a password'}, with the roles shown here.`}
      action="Enable user"
      color="indigo"
      pending={change.pending}
      disabled={found.counting}
      onConfirm={() => change.run({ status: 'active' })}
      onClose={onClose}
    >
      <ImpactNote
        {...found}
        effect={ENABLED}
        none="No live token is affected: what disabling ended stays ended. Applications have to be authorized again."
      />
      <FailureNote title={`${user.name} was not enabled`} error={change.error} />
    </ConfirmDialog>
  );
}

/** A new link, for a password that was forgotten or never set. */
function ResetDialog({ user, onClose }: Props) {
  const refresh = useRefreshPeople();
  const reset = useAction({
    mutationFn: () => api<{ invitation_url: string }>('POST', `${userPath(user.id)}/reset-password`),
    onSuccess: () => refresh(),
  });
  const title = user.has_password ? 'Reset password' : 'New invitation link';
  if (reset.answer) return <LinkDialog title={title} user={user} url={reset.answer.invitation_url} onDone={onClose} />;
  return (
    <ConfirmDialog
      title={title}
      text={
        user.has_password
          ? `Makes a link by which ${user.name} sets a new password. The old one works until then; using the link signs every browser out. Tokens stay as they are.`
          : `Makes a new link by which ${user.name} sets a password. The link from before stops working.`
      }
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
