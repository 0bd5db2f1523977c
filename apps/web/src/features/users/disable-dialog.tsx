import type { User } from '@behalf/domain';
import { useQuery } from '@tanstack/react-query';
import { plural } from '../../lib/format.js';
import { userImpactQuery } from '../../lib/resources.js';
import { ConfirmDialog } from '../../ui/dialog.js';
import { Note } from '../../ui/note.js';

interface Props {
  readonly user: User;
  readonly onDisable: () => void;
  readonly onClose: () => void;
}

/** Disabling ends everything that the user authorized. */
export function DisableDialog({ user, onDisable, onClose }: Props) {
  return (
    <ConfirmDialog
      title="Disable user"
      text={`${user.name} is signed out and cannot sign in. Tokens that ${user.name} authorized stop working immediately, and enabling brings none back.`}
      action="Disable user"
      onConfirm={onDisable}
      onClose={onClose}
    >
      <UserImpactNote user_id={user.id} />
    </ConfirmDialog>
  );
}

/** What disabling the user, or leaving one team, would touch. */
export function UserImpactNote({ user_id, team_id }: { user_id: string; team_id?: string }) {
  const { data, isError } = useQuery(userImpactQuery(user_id, team_id));
  const text = data
    ? data.live_tokens === 0
      ? 'No live token is affected.'
      : `${plural(data.live_tokens, 'live token', 'live tokens')} of ${plural(data.clients, 'application', 'applications')} ${data.live_tokens === 1 ? 'is' : 'are'} affected at once.`
    : isError
      ? 'What this would touch could not be counted.'
      : 'Counting live tokens …';
  return (
    <div role="status">
      <Note tone={data?.live_tokens === 0 ? 'info' : 'warning'}>{text}</Note>
    </div>
  );
}
