import type { Permission } from '@behalf/domain';
import { IconAppWindow, IconListDetails, IconPlugConnected, IconUsers } from '@tabler/icons-react';

export interface Entry {
  readonly label: string;
  readonly to: string;
  /** What the page needs; without one it is open to everyone who is signed in. */
  readonly permission: Permission | null;
  readonly icon: typeof IconUsers;
}

/** The navigation, in order; `/` leads to the first entry that the user may see. */
export const NAVIGATION: readonly { readonly title: string; readonly entries: readonly Entry[] }[] = [
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

/** The entries that a set of permissions shows. */
export function visibleEntries(permissions: readonly Permission[]): Entry[] {
  return NAVIGATION.flatMap(({ entries }) => entries).filter(({ permission }) => permission === null || permissions.includes(permission));
}

/** What an address needs, by the navigation's entry that it stands under. */
export function permissionFor(pathname: string): Permission | null {
  const entry = NAVIGATION.flatMap(({ entries }) => entries).find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  return entry?.permission ?? null;
}
