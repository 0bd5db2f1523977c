import { effectivePermissions, type Membership, type Permission, type Role, rolePermissions } from '@behalf/domain';
import type { EntityManager } from 'typeorm';
import { type Actor, permissionRequired } from '../platform/actor.js';

/**
 * Nobody grants, changes or removes a role that holds a permission they lack in that organization.
 *
 * The caller was judged when the request came in; another change may have lowered or disabled them since. Under the
 * lock of the organization they are judged again, so that of two who strike at each other the later one finds out.
 *
 * @param needed what the change itself asks for
 * @throws Problem `permission-required`, naming the first permission that the actor lacks
 */
export async function demandReach(
  tx: EntityManager,
  actor: Actor,
  organization_id: string,
  needed: Permission,
  roles: readonly (Role | null)[],
): Promise<void> {
  const held = effectivePermissions(await membershipsNow(tx, actor, organization_id), null);
  const wanted = [needed, ...roles.flatMap((role) => (role ? rolePermissions(role) : []))];
  const lacking = wanted.find((permission) => !held.has(permission));
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

/** What of the actor's places counts for this request, with the roles as they are now. */
async function membershipsNow(tx: EntityManager, actor: Actor, organization_id: string): Promise<Membership[]> {
  const counting = actor.memberships.map(({ team_id }) => team_id);
  return tx.query<Membership[]>(
    `SELECT m.team_id, m.organization_id, m.role FROM membership m JOIN user_account u ON u.id = m.user_id
      WHERE m.user_id = $1 AND m.organization_id = $2 AND m.team_id = ANY ($3::uuid[]) AND u.status = 'active'`,
    [actor.user.id, organization_id, counting],
  );
}
