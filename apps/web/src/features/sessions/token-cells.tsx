import { type TokenRow, type TokenStatus } from '@behalf/domain';
import { scopeText, teamsText } from '../../lib/access-text.js';
import { IconBan, IconClockOff, IconEye, IconPencil, IconPlayerPause, IconUser } from '@tabler/icons-react';
import { UsedAt } from '../../ui/used-at.js';
import { nameOf } from './access-text.js';

export function UserCell({ user }: Pick<TokenRow, 'user'>) {
  return (
    <span className="b-strong" title={user.email}>
      {nameOf(user)}
    </span>
  );
}

const STATUS = {
  active: { label: 'Active', icon: null, className: 'b-green' },
  suspended: { label: 'Suspended', icon: IconPlayerPause, className: 'b-amber' },
  expired: { label: 'Expired', icon: IconClockOff, className: 'b-faint' },
  revoked: { label: 'Revoked', icon: IconBan, className: 'b-faint' },
} as const satisfies Record<TokenStatus, object>;

export function TokenStatusMark({ status }: { status: TokenStatus }) {
  const { label, icon: Icon, className } = STATUS[status];
  return (
    <span className={`b-inline b-status-mark ${className}`}>
      {Icon ? <Icon size={14} stroke={1.6} aria-hidden="true" /> : <span className="b-dot" aria-hidden="true" />}
      {label}
    </span>
  );
}

const ICONS: Readonly<Record<string, typeof IconEye>> = { 'Full access': IconPencil, 'Read-only': IconEye };

/** What it may do where; of an ended one, what it held. */
export function PermissionsCell({ row, ended }: { row: TokenRow; ended: boolean }) {
  const { scope, teams } = ended ? row.granted : row;
  const label = scopeText(scope);
  const Icon = ICONS[label] ?? IconUser;
  const named = teamsText(teams, ended ? 'no team' : undefined);
  return (
    <>
      <span className="b-inline b-permissions" title={`${scope} in ${named}`}>
        <Icon size={14} stroke={1.6} aria-hidden="true" />
        <span className="b-strong">{label}</span>
        <span className="b-teams-named">in {named}</span>
      </span>
      <UsedAt resources={row.resources} />
    </>
  );
}
