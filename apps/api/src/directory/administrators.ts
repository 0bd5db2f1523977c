import type { EntityManager } from 'typeorm';
import { Problem } from '../platform/problem.js';

/** It may be another organization than the caller's, so it is not named. */
const LAST = 'This would leave an organization without an active Platform Admin. Make somebody else one first.';

/**
 * Takes the locks under which an organization's administrators may change, in key order: changes that happen at
 * once meet here, and the later one counts what the earlier one left. The row of the user who changes is locked
 * before, always in this order.
 */
export async function lockOrganizations(tx: EntityManager, organization_ids: readonly string[]): Promise<void> {
  await tx.query('SELECT id FROM organization WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE', [organization_ids]);
}

/** The organizations in which a user is a Platform Admin. */
export async function administeredBy(tx: EntityManager, user_id: string): Promise<string[]> {
  const rows = await tx.query<{ organization_id: string }[]>(
    `SELECT DISTINCT organization_id FROM membership WHERE user_id = $1 AND role = 'platform_admin'`,
    [user_id],
  );
  return rows.map((row) => row.organization_id);
}

/**
 * Demands that each organization still has an active Platform Admin. Called after the change and in a statement of
 * its own, so that its snapshot is newer than the lock.
 *
 * @throws Problem `last-administrator`, which rolls the change back
 */
export async function demandAdministrators(tx: EntityManager, organization_ids: readonly string[]): Promise<void> {
  const [orphan] = await tx.query<unknown[]>(
    `SELECT 1 FROM unnest($1::uuid[]) o(id) WHERE NOT EXISTS (
       SELECT FROM membership m JOIN user_account u ON u.id = m.user_id
        WHERE m.organization_id = o.id AND m.role = 'platform_admin' AND u.status = 'active')`,
    [organization_ids],
  );
  if (orphan) throw new Problem('last-administrator', { detail: LAST });
}
