import { ROLES, type User } from '@behalf/domain';
import { IconBan, IconBuilding, IconClock } from '@tabler/icons-react';
import { useSession } from '../../lib/use-session.js';
import { Tip } from '../../ui/tip.js';

/** Active, disabled, or not here yet; never by colour alone. */
export function UserStatusMark({ user: { status, has_password } }: { user: Pick<User, 'status' | 'has_password'> }) {
  if (status === 'disabled') {
    return (
      <span className="b-inline b-faint">
        <IconBan size={14} stroke={1.6} aria-hidden="true" /> Disabled
      </span>
    );
  }
  if (!has_password) {
    return (
      <span className="b-inline">
        <IconClock size={14} stroke={1.6} aria-hidden="true" /> Invited
      </span>
    );
  }
  return (
    <span className="b-inline b-green b-user-live">
      <span className="b-user-dot" aria-hidden="true" /> Active
    </span>
  );
}

/** Whether the user's home is another organization, and its name where one belongs to it oneself. */
export function useHome({ home_organization_id }: Pick<User, 'home_organization_id'>): { isHere: boolean; name: string } {
  const { organization, organizations } = useSession();
  const isHere = home_organization_id === organization.id;
  return { isHere, name: organizations.find(({ id }) => id === home_organization_id)?.name ?? 'another organization' };
}

/** That somebody is at home elsewhere, so that their account is not this organization's. */
export function GuestMark({ user }: { user: User }) {
  const home = useHome(user);
  if (home.isHere) return null;
  return (
    <Tip label={`At home in ${home.name}`}>
      <span className="b-inline b-mark b-guest" tabIndex={0}>
        <IconBuilding size={12} stroke={1.6} aria-hidden="true" /> Guest
      </span>
    </Tip>
  );
}

/** Oneself. */
export function YouMark({ user }: { user: Pick<User, 'id'> }) {
  const { user: me } = useSession();
  return me.id === user.id ? <span className="b-badge b-badge-accent b-you">You</span> : null;
}

/** 'Security User in Security · Read-Only User in Staging', the most powerful role first. */
export function RolesText({ user: { teams } }: { user: User }) {
  if (!teams.length) return <span className="b-faint">No team here</span>;
  const byRole = Object.entries(ROLES)
    .map(([role, { name }]) => ({ name, teams: teams.filter((team) => team.role === role).map((team) => team.name) }))
    .filter((group) => group.teams.length > 0);
  const whole = byRole.map((group) => `${group.name} in ${group.teams.join(', ')}`).join(' · ');
  return (
    <Tip label={whole}>
      <span className="b-roles" tabIndex={0}>
        {byRole.map((group, place) => (
          <span key={group.name}>
            {place > 0 && ' · '}
            <span className="b-strong">{group.name}</span> in {group.teams.join(', ')}
          </span>
        ))}
      </span>
    </Tip>
  );
}
