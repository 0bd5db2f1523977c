export const CLIENTS = 10_000;

/** Every value that the list can be ordered by occurs, a tenth of the clients was never used, and each has a secret. */
const PLANT = `
WITH c AS (
  INSERT INTO oauth_client (client_id, organization_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset,
    access_token_lifetime_seconds, issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, status,
    created_at, updated_at, last_used_at)
  SELECT 'bench-' || lpad(n::text, 18, '0'), o.id, 'service ' || md5(n::text), 'confidential', 'user_authorized',
         CASE WHEN n % 3 = 0 THEN 'multiple' ELSE 'single' END, '{"team_ids":[],"organization_ids":[]}',
         CASE WHEN n % 4 = 0 THEN 'full_access' ELSE 'read_only' END, 300 + n % 7 * 600, n % 2 = 0, 3600 * (1 + n % 9),
         ARRAY['https://app.test/callback'], false, CASE WHEN n % 10 = 0 THEN 'disabled' ELSE 'enabled' END,
         now() - make_interval(mins => n), now(), CASE WHEN n % 10 > 0 THEN now() - make_interval(secs => n) END
    FROM generate_series(1, $1::integer) n, (SELECT id FROM organization WHERE name = 'Acme') o
  RETURNING client_id, created_at)
INSERT INTO client_secret (client_id, secret_hash, hint, created_at) SELECT client_id, sha256(client_id::bytea), 'abcd', created_at FROM c`;

/** Fills the list of clients of a server from `startBehalf`. */
export async function plantClients(behalf) {
  await behalf.sql(PLANT, [CLIENTS]);
  await behalf.sql('ANALYZE');
}
