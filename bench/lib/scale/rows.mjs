/**
 * The rows of a large installation, as statements that make them inside PostgreSQL. Ids follow from numbers, so that no statement has to
 * look up what an earlier one has made: `md5('user 7')::uuid`. One organization, the demo's, holds nearly all of it: lists are read whole.
 */
const id = (what, number) => `md5('${what} ' || ${number})::uuid`;
const ACME = `(SELECT id FROM organization WHERE name = 'Acme')`;

/** Small organizations beside the large one, and how many teams each has. */
const OTHERS = 20;
const TEAMS_OF_OTHERS = 10;
/** Every tenth user is at home elsewhere, and half of those have a team in the large organization all the same. */
const FOREIGN = '(n % 10 = 0)';
const GUEST = '(n % 20 = 0)';
const other = `(n / 10 % ${OTHERS})`;

const ORGANIZATIONS = `
INSERT INTO organization (id, name) SELECT ${id('organization', 'n')}, 'Partner ' || n FROM generate_series(0, ${OTHERS - 1}) n`;

/** $1 teams of the large organization. */
const TEAMS = `
INSERT INTO team (id, organization_id, name)
SELECT ${id('team', 'n')}, ${ACME}, 'Team ' || n FROM generate_series(0, $1::integer - 1) n
UNION ALL
SELECT ${id('other team', `o || ' ' || n`)}, ${id('organization', 'o')}, 'Team ' || n
  FROM generate_series(0, ${OTHERS - 1}) o, generate_series(0, ${TEAMS_OF_OTHERS - 1}) n`;

/** $1 users. Names repeat, as they do; nobody of them has a password. */
const USERS = `
INSERT INTO user_account (id, email, email_verified, name, status, home_organization_id, created_at)
SELECT ${id('user', 'n')}, 'user' || n || '@acme.example', true,
       (ARRAY['Ada','Ben','Cleo','Dan','Eva','Finn','Gro','Hugo','Ida','Jan','Kim','Leo','Mia','Nils','Ole','Pia'])[1 + n % 16] || ' ' || initcap(substr(md5(n::text), 1, 7)),
       CASE WHEN n % 50 = 7 THEN 'disabled' ELSE 'active' END, CASE WHEN ${FOREIGN} THEN ${id('organization', other)} ELSE ${ACME} END,
       clock_timestamp() - make_interval(mins => n)
  FROM generate_series(1, $1::integer) n`;

/** $1 users, $2 teams of the large organization: one, two or three teams each. */
const teamOf = (turn) => `(n::bigint * 7919 + ${turn} * 104729) % $2::integer`;
const MEMBERSHIPS = `
INSERT INTO membership (user_id, team_id, organization_id, role)
SELECT ${id('user', 'n')}, ${id('team', `(${teamOf('turn')})`)}, ${ACME},
       CASE WHEN (n + turn) % 100 = 0 THEN 'security_user' WHEN (n + turn) % 3 = 0 THEN 'read_only_user' ELSE 'standard_user' END
  FROM generate_series(1, $1::integer) n, generate_series(0, 2) turn
 WHERE turn <= n % 3 AND (NOT ${FOREIGN} OR ${GUEST})
UNION ALL
SELECT ${id('user', 'n')}, ${id('other team', `${other} || ' ' || n / 200 % ${TEAMS_OF_OTHERS}`)}, ${id('organization', other)}, 'standard_user'
  FROM generate_series(1, $1::integer) n WHERE ${FOREIGN}
ON CONFLICT DO NOTHING`;

/** $1 clients: each value that the list can be sorted or filtered by occurs, and a tenth is paused. */
const CLIENTS = `
WITH c AS (
  INSERT INTO oauth_client (client_id, organization_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset,
    access_token_lifetime_seconds, issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, status,
    created_at, created_by, updated_at, last_used_at)
  SELECT 'scale-' || lpad(n::text, 18, '0'), ${ACME}, 'service ' || md5(n::text), 'confidential', 'user_authorized',
         CASE WHEN n % 3 = 0 THEN 'multiple' ELSE 'single' END, '{"team_ids":[],"organization_ids":[]}',
         CASE WHEN n % 4 = 0 THEN 'full_access' ELSE 'read_only' END, 3600 + n % 7 * 600, true, 86400 * (60 + n % 9),
         ARRAY['https://app.test/callback'], false, CASE WHEN n % 10 = 0 THEN 'disabled' ELSE 'enabled' END,
         now() - make_interval(mins => (n * 7919 % 10007)::integer), ${id('user', '1')}, now(), CASE WHEN n % 10 > 0 THEN now() - make_interval(secs => n) END
    FROM generate_series(1, $1::integer) n
  RETURNING client_id, created_at)
INSERT INTO client_secret (client_id, secret_hash, hint, created_at) SELECT client_id, sha256(client_id::bytea), 'abcd', created_at FROM c`;

/**
 * $1 grants, $2 users, $3 clients, $4 teams, $5 days since the oldest was given, $6 whether they ended by revocation. A few clients hold
 * very many and most hold a few dozen; paused ones and users without a team in the organization hold none.
 */
const GRANTS = `
INSERT INTO authorization_grant (id, client_id, user_id, client_epoch, refresh_epoch, multi_team_epoch, user_epoch, team_ids, scope,
  redirect_uri, code_challenge, authenticated_at, created_at, refresh_token_lifetime_seconds, generation, rotated_at, rotated_ip,
  rotated_user_agent, access_token_lifetime_seconds, last_used_at, revoked_at, revoked_reason)
SELECT gen_random_uuid(), 'scale-' || lpad((c - CASE WHEN c % 10 = 0 THEN 1 ELSE 0 END)::text, 18, '0'), ${id('user', 'n')}, 0, 0, 0, 0,
       ARRAY[${id('team', `((n::bigint * 7919) % $4::integer)`)}], CASE WHEN c % 4 = 0 THEN 'read write' ELSE 'read' END,
       'https://app.test/callback', 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', at, at, 86400 * 60, 1 + (r * 500)::integer, used,
       ('10.' || n % 200 || '.' || c % 200 || '.7')::inet, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 3600, used,
       CASE WHEN $6 THEN used END, CASE WHEN $6 THEN 'user' END
  FROM (SELECT u - CASE WHEN u % 20 = 10 OR u % 50 = 7 THEN 1 ELSE 0 END AS n, c, r, at, at + random() * (least(clock_timestamp(), at + interval '5 days') - at) AS used
          FROM (SELECT 1 + (random() * ($2::integer - 1))::integer AS u, 1 + (power(random(), 3) * ($3::integer - 1))::integer AS c, random() AS r,
                       clock_timestamp() - make_interval(secs => (CASE WHEN $6 THEN 20 ELSE 0 END + random() * $5::integer) * 86400) AS at
                  FROM generate_series(1, $1::integer) OFFSET 0) drawn OFFSET 0) placed`;

/** Whoever measures has authorized something too. */
const OWN = `
UPDATE authorization_grant SET user_id = u.id, team_ids = ARRAY[t.id]
  FROM user_account u, team t
 WHERE u.email = 'admin@acme.example' AND t.name = 'Production' AND t.organization_id = ${ACME}
   AND authorization_grant.id IN (SELECT id FROM authorization_grant WHERE revoked_at IS NULL LIMIT 200)`;

const CONSENTS = `
INSERT INTO consent (user_id, client_id, team_ids, scope, user_epoch, consent_epoch, given_at)
SELECT DISTINCT ON (user_id, client_id) user_id, client_id, team_ids, scope, 0, 0, created_at FROM authorization_grant WHERE revoked_at IS NULL
ON CONFLICT DO NOTHING`;

/** $1 users: each has a session, of which two thirds are live; a browser's value is nobody's. */
const SESSIONS = `
INSERT INTO ui_session (token_hash, user_id, user_epoch, session_epoch, organization_id, authenticated_at, last_active_at, expires_at, ended_at, ip_address, user_agent)
SELECT sha256(('session ' || n)::bytea), ${id('user', 'n')}, 0, 0, ${ACME}, at, at + interval '1 hour', at + interval '7 days',
       CASE WHEN n % 3 = 0 THEN at + interval '2 hours' END, ('10.0.' || n % 250 || '.9')::inet, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36'
  FROM (SELECT n, clock_timestamp() - make_interval(secs => 3600 + random() * 36000) AS at FROM generate_series(1, $1::integer) n OFFSET 0) s`;

/** $1 rows between $2 and $3, $4 users, $5 clients; nine of ten are the daily work of tokens, and incidents are as rare as they should be. */
export const auditRows = (table) => `
INSERT INTO ${table} (id, at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name, team_id, channel,
  client_id, client_name, token_id, ip_address, user_agent, request_id, result, reason, count, changes)
SELECT gen_random_uuid(), at, CASE WHEN n % 20 = 0 THEN ${id('organization', other)} ELSE (SELECT id FROM organization WHERE name = 'Acme') END,
       ${id('user', 'u')}, 'user' || u || '@acme.example', 'User ' || u, action,
       CASE WHEN oauth THEN 'token' ELSE 'session' END, CASE WHEN oauth THEN token::text ELSE md5(n::text)::uuid::text END,
       CASE WHEN oauth THEN 'service ' || md5(c::text) ELSE 'user' || u || '@acme.example' END, NULL, CASE WHEN oauth THEN 'oauth' ELSE 'ui' END,
       CASE WHEN oauth THEN 'scale-' || lpad(c::text, 18, '0') END, CASE WHEN oauth THEN 'service ' || md5(c::text) END, CASE WHEN oauth THEN token END,
       ('10.' || n % 200 || '.' || u % 200 || '.7')::inet, 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', gen_random_uuid(),
       CASE WHEN action IN ('token.reused', 'session.refused') THEN 'denied' ELSE 'success' END, NULL, 1,
       CASE WHEN action = 'consent.given' THEN '{"scope": [null, "read"]}'::jsonb END
  FROM (SELECT n, u, c, at, action, action NOT IN ('session.started', 'session.ended', 'session.refused', 'client.updated', 'consent.given') AS oauth,
               md5('token ' || n % 1000000)::uuid AS token
          FROM (SELECT n, 1 + (random() * ($4::integer - 1))::integer AS u, 1 + (power(random(), 3) * ($5::integer - 1))::integer AS c,
                       $2::timestamptz + random() * ($3::timestamptz - $2::timestamptz) AS at,
                       CASE WHEN n % 2003 = 0 THEN 'token.reused' WHEN n % 1009 = 0 THEN 'client.updated' WHEN n % 101 = 0 THEN 'session.refused'
                            WHEN n % 10 < 5 THEN 'token.issued' WHEN n % 10 < 7 THEN 'api.read' WHEN n % 10 = 7 THEN 'consent.given'
                            WHEN n % 10 = 8 THEN 'session.started' ELSE 'session.ended' END AS action
                  FROM generate_series(1, $1::integer) n OFFSET 0) drawn OFFSET 0) placed`;

/** What is made, in this order, one statement after the other; `values` of the sizes. */
export const STEPS = [
  { what: 'organizations', text: ORGANIZATIONS, values: () => [] },
  { what: 'teams', text: TEAMS, values: ({ teams }) => [teams] },
  { what: 'users', text: USERS, values: ({ users }) => [users] },
  { what: 'memberships', text: MEMBERSHIPS, values: ({ users, teams }) => [users, teams] },
  { what: 'clients', text: CLIENTS, values: ({ clients }) => [clients] },
  { what: 'sessions', text: SESSIONS, values: ({ users }) => [users] },
  { what: 'grants', text: GRANTS, values: ({ grants, users, clients, teams }) => [grants, users, clients, teams, 30, false] },
  { what: 'own grants', text: OWN, values: () => [] },
  {
    what: 'ended grants',
    text: GRANTS,
    values: ({ grants, users, clients, teams }) => [Math.ceil(grants / 10), users, clients, teams, 60, true],
  },
  { what: 'consents', text: CONSENTS, values: () => [] },
];
