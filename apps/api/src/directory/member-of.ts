import type { Membership, Role } from '@behalf/domain';
import type { Text } from '../platform/database/batcher.js';

const UUID_CHARACTERS = 36;

/**
 * Memberships m, all of one user, as one text for a statement that is sent on every request: text that is split here costs PostgreSQL
 * and the driver a fraction of aggregated jsonb.
 */
export const MEMBER_OF = `string_agg(concat(m.team_id, m.organization_id, m.role), E'\\n')`;

/** What MEMBER_OF answers; null for a user without a team. */
export function toMemberships(text: Text): Membership[] {
  return text?.split('\n').map(toMembership) ?? [];
}

function toMembership(text: string): Membership {
  return {
    team_id: text.slice(0, UUID_CHARACTERS),
    organization_id: text.slice(UUID_CHARACTERS, 2 * UUID_CHARACTERS),
    role: text.slice(2 * UUID_CHARACTERS) as Role,
  };
}
