import { LAST_USED_GRANULARITY_SECONDS } from '@behalf/domain';
import type { EntityManager } from 'typeorm';

const TOUCH = `
UPDATE oauth_client c SET last_used_at = greatest(c.last_used_at, to_timestamp(k.at))
  FROM (SELECT client_id FROM oauth_client WHERE client_id = ANY ($1::text[]) ORDER BY client_id FOR NO KEY UPDATE SKIP LOCKED) l
  JOIN unnest($1::text[], $2::float8[]) k(client_id, at) ON k.client_id = l.client_id
 WHERE c.client_id = l.client_id AND (c.last_used_at IS NULL OR c.last_used_at < to_timestamp(k.at - $3))`;

/**
 * Notes when clients were last used, at most once a minute each.
 *
 * @param uses client id and instant, in seconds since the epoch
 */
export async function touchClients(tx: EntityManager, uses: readonly (readonly [string, number])[]): Promise<void> {
  await tx.query(TOUCH, [uses.map(([id]) => id), uses.map(([, at]) => at), LAST_USED_GRANULARITY_SECONDS]);
}
