import type { ClientSettings } from '@behalf/domain';
import type { EntityManager } from 'typeorm';
import { Problem } from '../platform/problem.js';

/** A client's row, held by this transaction. */
export interface LockedClient extends ClientSettings {
  readonly client_id: string;
  readonly status: 'enabled' | 'disabled';
  readonly status_reason: string | null;
  readonly resume_at: Date | null;
  readonly version: number;
}

const COLUMNS = `client_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset, access_token_lifetime_seconds,
  issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, resources, require_pushed_authorization_requests,
  dpop_bound_access_tokens, device_authorization, status, status_reason, resume_at, version`;

/** The characters of our ids, with room for ids of other lengths; anything else names no client and is not worth a read. */
const CLIENT_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether a text can be a client id. */
export function isClientId(text: string): boolean {
  return CLIENT_ID.test(text);
}

/**
 * Takes a client's row, so that edits, rotations and deletions of one client follow each other.
 *
 * @throws Problem `not-found` for a client of another organization as for one that does not exist
 */
export async function lockClient(tx: EntityManager, organization_id: string, client_id: string): Promise<LockedClient> {
  const [client] = await lockClients(tx, organization_id, [client_id]);
  if (!client) throw new Problem('not-found');
  return client;
}

/** Takes several rows, in key order so that two calls never deadlock; those that are gone are left out. */
export async function lockClients(tx: EntityManager, organization_id: string, client_ids: readonly string[]): Promise<LockedClient[]> {
  return tx.query<LockedClient[]>(
    `SELECT ${COLUMNS} FROM oauth_client WHERE client_id = ANY ($1::text[]) AND organization_id = $2 ORDER BY client_id FOR UPDATE`,
    [client_ids.filter(isClientId), organization_id],
  );
}
