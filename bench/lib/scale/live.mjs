import { randomBytes } from 'node:crypto';
import { handles } from '../handles.mjs';
import { REDIRECT_URI } from '../servers.mjs';

const CLIENT_ID = 'scale-live';
const CHUNK = 1_000;
const ACCESS_SECONDS = 30 * 86_400;

const CLIENT = `
WITH c AS (
  INSERT INTO oauth_client (client_id, organization_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset,
    access_token_lifetime_seconds, issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, created_at, updated_at)
  SELECT $1, id, 'the measured one', 'confidential', 'user_authorized', 'single', '{"team_ids":[],"organization_ids":[]}', 'read_only',
         $3, true, 31536000, ARRAY[$4], false, now(), now() FROM organization WHERE name = 'Acme'
  RETURNING client_id)
INSERT INTO client_secret (client_id, secret_hash, hint, created_at) SELECT client_id, sha256($2), 'live', now() FROM c`;

/** Of users who have a team in the organization, taken from all over the table, and of each of them one at most while there are enough. */
const GRANTS = `
WITH people AS (
  SELECT row_number() OVER (ORDER BY m.user_id) - 1 AS place, m.user_id, (array_agg(m.team_id))[1] AS team_id
    FROM membership m JOIN organization o ON o.id = m.organization_id AND o.name = 'Acme' JOIN user_account u ON u.id = m.user_id AND u.status = 'active'
   GROUP BY m.user_id),
counted AS (SELECT count(*) AS n FROM people)
INSERT INTO authorization_grant (id, client_id, user_id, client_epoch, refresh_epoch, multi_team_epoch, user_epoch, team_ids, scope, redirect_uri,
  code_challenge, authenticated_at, created_at, refresh_token_lifetime_seconds, generation, rotated_at, access_token_lifetime_seconds, last_used_at)
SELECT k.id, c.client_id, p.user_id, c.epoch, c.refresh_epoch, c.multi_team_epoch, u.epoch, ARRAY[p.team_id], 'read', $3, 'x', now(), now(), 31536000,
       1, now(), $4, now()
  FROM unnest($1::uuid[]) WITH ORDINALITY k(id, n) CROSS JOIN counted JOIN people p ON p.place = k.n * 37 % counted.n
  JOIN user_account u ON u.id = p.user_id JOIN oauth_client c ON c.client_id = $2`;

/**
 * Grants with tokens that work, in place of those of an earlier run.
 *
 * @returns the client's credentials and as many pairs of tokens
 */
export async function plantLive({ sql, secret_key }, amount) {
  const made = handles(secret_key);
  const client_secret = `bhf_cs_${randomBytes(32).toString('base64url')}`;
  await sql('DELETE FROM authorization_grant WHERE client_id = $1', [CLIENT_ID]);
  await sql('DELETE FROM oauth_client WHERE client_id = $1', [CLIENT_ID]);
  await sql(CLIENT, [CLIENT_ID, Buffer.from(client_secret), ACCESS_SECONDS, REDIRECT_URI]);
  const located = Array.from({ length: amount }, () => made.locate());
  for (let start = 0; start < amount; start += CHUNK) {
    const ids = located.slice(start, start + CHUNK).map(({ grant_id }) => grant_id);
    await sql(GRANTS, [ids, CLIENT_ID, REDIRECT_URI, ACCESS_SECONDS]);
  }
  const issued_at = Math.floor(Date.now() / 1000);
  const tokens = located.map(({ locator, grant_id }) => {
    const handle = { locator, generation: 1, scope_bits: 1, issued_at };
    return {
      grant_id,
      access_token: made.encode({ ...handle, kind: 'at', lifetime_seconds: ACCESS_SECONDS }),
      refresh_token: made.encode({ ...handle, kind: 'rt', lifetime_seconds: 0 }),
    };
  });
  return { client_id: CLIENT_ID, authorization: `Basic ${Buffer.from(`${CLIENT_ID}:${client_secret}`).toString('base64')}`, tokens };
}
