import type { Permission } from '@behalf/domain';
import { IconAppWindow, IconListDetails, IconPlugConnected, IconUsers } from '@tabler/icons-react';

interface Entry {
  readonly label: string;
  readonly to: string;
  /** What the page needs; without one it is open to everyone who is signed in. */
  readonly permission: Permission | null;
  readonly icon: typeof IconUsers;
}

/** The navigation, in order; `/` leads to the first entry that the user may see. */
const NAVIGATION: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
  {
    title: 'Settings',
    entries: [
      { label: 'OAuth Clients', to: '/settings/oauth-clients', permission: 'OAUTH_CLIENT_READ', icon: IconAppWindow },
      { label: 'Users & teams', to: '/settings/users', permission: 'USER_READ', icon: IconUsers },
    ],
  },
  {
    title: 'Security',
    entries: [
      { label: 'Active Sessions', to: '/security/active-sessions', permission: null, icon: IconPlugConnected },
      { label: 'Audit log', to: '/security/audit-log', permission: 'AUDIT_READ', icon: IconListDetails },
    ],
  },
];

/** Addresses that need more than the entry that they stand under. */
const STRICTER: Readonly<Record<string, Permission>> = {
  '/settings/oauth-clients/new': 'OAUTH_CLIENT_MANAGE',
  '/settings/users/invite': 'USER_MANAGE',
};

/** The groups and entries that a set of permissions shows. */
export function visibleNavigation(permissions: readonly Permission[]): typeof NAVIGATION {
  const groups = NAVIGATION.map(({ title, entries }) => ({
    title,
    entries: entries.filter(({ permission }) => permission === null || permissions.includes(permission)),
  }));
  return groups.filter(({ entries }) => entries.length > 0);
}

/** Where `/` leads. Active Sessions are open to everyone, so there always is an entry. */
export function firstPath(permissions: readonly Permission[]): string {
  return visibleNavigation(permissions)[0]!.entries[0]!.to;
}

/** The permission that an address needs and that is not among those held, if any. */
export function missingPermission(pathname: string, held: readonly Permission[]): Permission | null {
  const entry = NAVIGATION.flatMap(({ entries }) => entries).find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  const needed = [entry?.permission, STRICTER[pathname]];
  return needed.find((permission) => permission && !held.includes(permission)) ?? null;
}
