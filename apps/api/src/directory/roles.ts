import { type Permission, type Role, rolePermissions } from '@behalf/domain';
import type { EntityManager } from 'typeorm';
import { type Actor, permissionRequired, permissionsIn } from '../platform/actor.js';

/**
 * Nobody grants, changes or removes a role that holds a permission they lack in that organization.
 *
 * @throws Problem `permission-required`, naming the first permission that the actor lacks
 */
export function demandReach(actor: Actor, organization_id: string, roles: readonly (Role | null)[]): void {
  const held = permissionsIn(actor, organization_id);
  const lacking = roles.flatMap((role) => (role ? rolePermissions(role) : [])).find((permission: Permission) => !held.has(permission));
  if (lacking) throw permissionRequired(lacking, organization_id);
}

/** The roles that a user has in an organization, each once. */
export async function rolesOf(tx: EntityManager, user_id: string, organization_id: string): Promise<Role[]> {
  const rows = await tx.query<{ role: Role }[]>('SELECT DISTINCT role FROM membership WHERE user_id = $1 AND organization_id = $2', [
    user_id,
    organization_id,
  ]);
  return rows.map(({ role }) => role);
}
