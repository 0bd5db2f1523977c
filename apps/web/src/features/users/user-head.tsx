import type { User } from '@behalf/domain';
import { IconArrowUpRight, IconBuilding, IconClock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { initials, longDateTime, plural } from '../../lib/format.js';
import { userImpactQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { Copy } from '../../ui/identifier.js';
import { Note } from '../../ui/note.js';
import { useHome, UserStatusMark, YouMark } from './user-marks.js';

/** Who it is, how they stand, and what has access in their name. */
export function UserHead({ user }: { user: User }) {
  const home = useHome(user);
  return (
    <div className="b-user-head">
      <div className="b-user-id">
        <span className="b-avatar" data-large aria-hidden="true">
          {initials(user.name)}
        </span>
        <div>
          <strong>
            {user.name} <YouMark user={user} />
          </strong>
          <span className="b-user-address">
            {user.email} <Copy value={user.email} label="Copy email" />
          </span>
        </div>
        <UserStatusMark user={user} />
      </div>
      {!home.isHere && (
        <Note tone="info" icon={IconBuilding}>
          A guest, at home in {home.name}. Only administrators there change the name, the status and the password; here their membership in
          teams can be ended.
        </Note>
      )}
      <LinkNote user={user} />
      <LiveAccess user={user} />
    </div>
  );
}

/** Whether a link by which the password is set is open. */
function LinkNote({ user: { has_password, invitation_expires_at, status } }: { user: User }) {
  if (status === 'disabled' || (has_password && invitation_expires_at === null)) return null;
  const text = has_password
    ? `A link to reset the password works until ${longDateTime(invitation_expires_at!)}.`
    : invitation_expires_at === null
      ? 'Invited, but the link ran out before a password was set. Make a new one below.'
      : `Invited. The link works until ${longDateTime(invitation_expires_at)}.`;
  return (
    <Note tone={invitation_expires_at === null ? 'warning' : 'info'} icon={IconClock}>
      {text}
    </Note>
  );
}

function LiveAccess({ user }: { user: User }) {
  const { data } = useQuery(userImpactQuery(user.id));
  const mayAudit = usePermission('AUDIT_READ');
  return (
    <p className="b-user-access">
      <span role="status">{data ? describe(data.live_tokens, data.clients) : ' '}</span>
      {mayAudit && (
        <Link to="/security/audit-log" search={{ user_id: user.id }} className="b-inline b-user-log">
          Audit log <IconArrowUpRight size={14} stroke={1.6} aria-hidden="true" />
        </Link>
      )}
    </p>
  );
}

function describe(live_tokens: number, clients: number): string {
  if (live_tokens === 0) return 'No live token.';
  return `${plural(live_tokens, 'live token', 'live tokens')} of ${plural(clients, 'client', 'clients')}.`;
}
