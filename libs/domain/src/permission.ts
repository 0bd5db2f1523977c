/** What a role may do. `*_READ` are read permissions, `*_MANAGE` write ones. */
export const PERMISSIONS = [
  'OAUTH_CLIENT_READ',
  'OAUTH_CLIENT_MANAGE',
  'SESSION_READ',
  'SESSION_MANAGE',
  'USER_READ',
  'USER_MANAGE',
  'TEAM_READ',
  'TEAM_MANAGE',
  'AUDIT_READ',
] as const;

export type Permission = (typeof PERMISSIONS)[number];

export type Role = 'platform_admin' | 'security_user' | 'standard_user' | 'read_only_user';

/** The roles that a user can have in a team. */
export const ROLES: Readonly<Record<Role, { name: string; permissions: readonly Permission[] }>> = {
  platform_admin: { name: 'Platform Admin', permissions: PERMISSIONS },
  security_user: {
    name: 'Security User',
    permissions: ['OAUTH_CLIENT_READ', 'SESSION_READ', 'SESSION_MANAGE', 'AUDIT_READ', 'USER_READ', 'TEAM_READ'],
  },
  standard_user: { name: 'Standard User', permissions: ['USER_READ', 'TEAM_READ'] },
  read_only_user: { name: 'Read-Only User', permissions: ['TEAM_READ'] },
};

const AREAS: Readonly<Record<string, string>> = {
  OAUTH_CLIENT: 'OAuth Clients',
  SESSION: 'Active Sessions',
  USER: 'Users',
  TEAM: 'Teams',
  AUDIT: 'Audit log',
};

/** Whether a value names a role. */
export function isRole(value: unknown): value is Role {
  return typeof value === 'string' && Object.hasOwn(ROLES, value);
}

/** The permissions of a role. */
export function rolePermissions(role: Role): readonly Permission[] {
  return ROLES[role].permissions;
}

/** A permission as it stands on screens: 'OAuth Clients: Manage'. */
export function permissionLabel(permission: Permission): string {
  const cut = permission.lastIndexOf('_');
  return `${AREAS[permission.slice(0, cut)]}: ${permission.endsWith('_READ') ? 'Read' : 'Manage'}`;
}

/** Whether a permission only reads. */
export function isReadPermission(permission: Permission): boolean {
  return permission.endsWith('_READ');
}

/** Whether a role holds a permission that is not among those held: nobody grants, changes or removes such a role. */
export function exceedsPermissions(role: Role, held: ReadonlySet<Permission>): boolean {
  return rolePermissions(role).some((permission) => !held.has(permission));
}

/** What a role in a team gains and loses as another one; null is not being in the team. */
export function compareRoles(before: Role | null, after: Role | null): { gains: Permission[]; loses: Permission[] } {
  const had = new Set(before ? rolePermissions(before) : []);
  const has = new Set(after ? rolePermissions(after) : []);
  return {
    gains: PERMISSIONS.filter((permission) => has.has(permission) && !had.has(permission)),
    loses: PERMISSIONS.filter((permission) => had.has(permission) && !has.has(permission)),
  };
}

/** Permissions as a person reads them, area by area: 'OAuth Clients: Read, Manage'. */
export function permissionsText(permissions: readonly Permission[]): string[] {
  const verbs = new Map<string, string[]>();
  for (const permission of permissions) {
    const [area = '', verb = ''] = permissionLabel(permission).split(': ');
    verbs.set(area, [...(verbs.get(area) ?? []), verb]);
  }
  return [...verbs].map(([area, found]) => `${area}: ${found.join(', ')}`);
}
