import type { ConnectedApp, Page } from '@behalf/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GRANT_LIVE,
  GRANT_LIVE_OF_MANY,
  GRANTS_WITH_OWNERS,
  GRANT_END,
  STANDING_END,
  STANDING_LIVE,
  STANDING_LIVE_OF_EACH,
} from '../src/token/grant-sql.js';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, consent, createClient, exchange, obtainTokens, refresh, type TestClient } from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi();
  [admin, dev] = [await browserOf(api, ADMIN), await browserOf(api, DEV)];
});

afterAll(() => api.stop());

/** What the projection has to hold, told from the grants; by its names, so that a column which is forgotten is seen. */
const EXPECTED = `SELECT id AS grant_id, client_id, client_epoch, CASE WHEN refresh_token_lifetime_seconds IS NOT NULL THEN refresh_epoch END AS refresh_epoch,
  CASE WHEN cardinality(team_ids) > 1 THEN multi_team_epoch END AS multi_team_epoch, user_id, user_epoch, created_at,
  date_trunc('second', created_at) + make_interval(secs => refresh_token_lifetime_seconds) AS refresh_ends_at
  FROM authorization_grant WHERE generation > 0 AND revoked_at IS NULL`;

/** Rows of one that are not rows of the other, and witnesses of what does not stand. */
async function differences(): Promise<unknown[]> {
  const minus = (left: string, right: string) => `(${left} EXCEPT ${right})`;
  const kept = (table: string) =>
    `SELECT grant_id, client_id, client_epoch, refresh_epoch, multi_team_epoch, user_id, user_epoch, created_at, refresh_ends_at FROM ${table}`;
  const [standing, witnesses] = ['standing_grant', 'client_witness'].map(kept) as [string, string];
  return api.sql([minus(standing, EXPECTED), minus(EXPECTED, standing), minus(witnesses, EXPECTED)].join(' UNION ALL '));
}

const witnesses = async (client: TestClient) =>
  (await api.sql<{ n: number }>('SELECT count(*)::integer AS n FROM client_witness WHERE client_id = $1', [client.client_id]))[0]!.n;
const connected = async () => (await admin.get<Page<ConnectedApp>>('/api/v1/connected-apps?show=organization')).body;

const standing = async (client: TestClient) =>
  (await api.sql<{ n: number }>('SELECT count(*)::integer AS n FROM standing_grant WHERE client_id = $1', [client.client_id]))[0]!.n;

it('a grant stands from its exchange to its revocation, through every refresh and narrowing, and is gone with its row', async () => {
  const client = await createClient(admin, { team_selection: 'multiple', issue_refresh_token: true, access_preset: 'full_access' });
  const code = await consent(dev, client);
  expect(await standing(client)).toBe(0);
  expect((await exchange(api, client, code)).status).toBe(200);
  expect(await standing(client)).toBe(1);
  const tokens = await obtainTokens(api, dev, client);
  for (let { refresh_token } = tokens, turn = 0; turn < 2; turn += 1)
    refresh_token = (await refresh(api, client, refresh_token!)).body.refresh_token as string;
  expect([await standing(client), await differences()]).toEqual([2, []]);
  const [first, second] = await api.sql<{ id: string }>('SELECT id FROM authorization_grant WHERE client_id = $1', [client.client_id]);
  expect((await dev.send('PATCH', `/api/v1/tokens/${first!.id}`, { scope: 'read' })).status).toBe(200);
  expect((await dev.send('DELETE', `/api/v1/tokens/${second!.id}`)).status).toBe(204);
  expect([await standing(client), await differences()]).toEqual([1, []]);
  await api.sql('DELETE FROM authorization_grant WHERE client_id = $1', [client.client_id]);
  expect([await standing(client), await differences()]).toEqual([0, []]);
});

it('20 that exchange, refresh and revoke at once leave it as exact as before', async () => {
  const client = await createClient(admin, { issue_refresh_token: true });
  await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const { refresh_token } = await obtainTokens(api, dev, client);
      const [one, other] = await Promise.all([refresh(api, client, refresh_token!), n % 3 ? null : refresh(api, client, refresh_token!)]);
      if (n % 2)
        await api.sql(
          `UPDATE authorization_grant SET revoked_at = now() WHERE id = (SELECT id FROM authorization_grant
        WHERE client_id = $1 AND revoked_at IS NULL LIMIT 1 FOR UPDATE SKIP LOCKED)`,
          [client.client_id],
        );
      expect([200, 400]).toContain((one ?? other).status);
    }),
  );
  expect(await differences()).toEqual([]);
  expect(await standing(client)).toBe(10);
});

it('an app counts as connected as long as one of its grants lives, whether or not its witness is the one that was revoked', async () => {
  const client = await createClient(admin, { issue_refresh_token: true });
  const before = (await connected()).total;
  const untilWitnessed = async () => {
    do await obtainTokens(api, dev, client);
    while (!(await witnesses(client)));
  };
  await untilWitnessed();
  await obtainTokens(api, dev, client);
  expect([await witnesses(client), (await connected()).total]).toEqual([1, before + 1]);
  const witness = 'SELECT grant_id FROM client_witness WHERE client_id = $1';
  await api.sql(`UPDATE authorization_grant SET revoked_at = now() WHERE id IN (${witness})`, [client.client_id]);
  expect([await witnesses(client), (await connected()).total]).toEqual([0, before + 1]);
  await untilWitnessed();
  expect([await witnesses(client), await differences()]).toEqual([1, []]);
  await api.sql('UPDATE authorization_grant SET revoked_at = now() WHERE client_id = $1', [client.client_id]);
  expect([await witnesses(client), (await connected()).total]).toEqual([0, before]);
});

it('two exchanges of a client that both look for its witness do not wait for each other', async () => {
  const client = await createClient(admin, { issue_refresh_token: true });
  for (let n = 0; n < 2; n += 1) await consent(dev, client);
  // Of those that look.
  await api.sql(`UPDATE authorization_grant SET id = overlay(id::text placing '1' from 1 for 1)::uuid WHERE client_id = $1`, [
    client.client_id,
  ]);
  const ids = await api.sql<{ id: string }>('SELECT id FROM authorization_grant WHERE client_id = $1', [client.client_id]);
  const exchanged = 'UPDATE authorization_grant SET generation = 1, rotated_at = now() WHERE id = $1';
  const release = await api.hold(exchanged, [ids[0]!.id]);
  try {
    const done = api.sql(exchanged, [ids[1]!.id]).then(() => 'done');
    expect(await Promise.race([done, sleep(2_000, 'waits')])).toBe('done');
  } finally {
    await release();
  }
  expect([await witnesses(client), await standing(client), await differences()]).toEqual([2, 2, []]);
});

it.each(['standing_grant', 'client_witness'])('the API may read %s and not write it', async (table) => {
  const [row] = await api.sql<{ rights: string[] }>(
    `SELECT array_agg(privilege_type::text) AS rights FROM information_schema.role_table_grants WHERE grantee = 'behalf_app' AND table_name = $1`,
    [table],
  );
  expect(row!.rights).toEqual(['SELECT']);
});

/** Every way in which something may stand against a grant, each with each other. */
const MATRIX = `
INSERT INTO authorization_grant (id, client_id, user_id, client_epoch, refresh_epoch, multi_team_epoch, user_epoch, team_ids, scope, redirect_uri,
  code_challenge, authenticated_at, created_at, generation, rotated_at, access_token_lifetime_seconds, refresh_token_lifetime_seconds, revoked_at)
SELECT gen_random_uuid(), c.client_id, u.id, c.epoch - stale_client, CASE WHEN has_refresh THEN c.refresh_epoch - stale_refresh END, 0,
       u.epoch - stale_user, array_fill(gen_random_uuid(), ARRAY[teams]), 'read', '', '', now(), now() - age * interval '1 second', generation,
       now() - age * interval '1 second', 600, CASE WHEN has_refresh THEN lifetime END, CASE WHEN revoked THEN now() END
  FROM oauth_client c, user_account u, generate_series(0, 1) stale_client, generate_series(0, 1) stale_refresh, generate_series(0, 1) stale_user,
       generate_series(1, 2) teams, unnest(ARRAY[0, 599, 601, 3599, 3601, 90000]) age, unnest(ARRAY[0, 3]) generation,
       unnest(ARRAY[3600, 86400]) lifetime, unnest(ARRAY[true, false]) has_refresh, unnest(ARRAY[true, false]) revoked
 WHERE c.client_id = ANY ($1::text[]) AND u.email = ANY ($2::text[])`;

it('tells which grants live, and until when, as the grants themselves do', async () => {
  const settings = { issue_refresh_token: true, refresh_token_lifetime_seconds: 86_400 };
  const clients = [
    await createClient(admin, settings),
    await createClient(admin, settings),
    await createClient(admin, { issue_refresh_token: false }),
  ];
  const [, bumped] = clients;
  await api.sql(
    'UPDATE oauth_client SET epoch = 1, refresh_epoch = 1, multi_team_epoch = 1, refresh_token_lifetime_seconds = 4000 WHERE client_id = $1',
    [bumped!.client_id],
  );
  const paused = await createClient(admin, settings);
  await api.sql(`UPDATE oauth_client SET status = 'disabled' WHERE client_id = $1`, [paused.client_id]);
  // One who was disabled and is back, one who still is, one who never was.
  await api.sql(`INSERT INTO user_account (email, name, status, epoch, home_organization_id)
    SELECT m.email, m.email, m.status, m.epoch, o.id FROM organization o, (VALUES ('back@acme.example', 'active', 1), ('off@acme.example', 'disabled', 1)) m(email, status, epoch)
     WHERE o.name = 'Acme'`);
  const ids = [...clients, paused].map(({ client_id }) => client_id);
  await api.sql(MATRIX, [ids, [DEV, 'back@acme.example', 'off@acme.example']]);
  const rows = await api.sql<{ live: boolean; of_many: boolean; standing: boolean; of_each: boolean; ends: boolean }>(
    `SELECT ${GRANT_LIVE('$1')} AS live, ${GRANT_LIVE_OF_MANY('$1')} AS of_many,
            EXISTS (SELECT FROM standing_grant s WHERE s.grant_id = g.id AND ${STANDING_LIVE('$1')}) AS standing,
            EXISTS (SELECT FROM standing_grant s WHERE s.grant_id = g.id AND ${STANDING_LIVE_OF_EACH('$1')}) AS of_each,
            coalesce((SELECT ${STANDING_END} = ${GRANT_END} FROM standing_grant s WHERE s.grant_id = g.id), true) AS ends
       FROM ${GRANTS_WITH_OWNERS} WHERE g.client_id = ANY ($2::text[])`,
    // One instant for all of it: some end while it is asked.
    [new Date(), ids],
  );
  expect(rows.length).toBe(4 * 3 * 2 ** 3 * 2 * 6 * 2 * 2 * 2 * 2);
  expect(rows.filter(({ live }) => live).length).toBeGreaterThan(50);
  const agree = (row: (typeof rows)[number]) => row.ends && [row.of_many, row.standing, row.of_each].every((live) => live === row.live);
  expect(rows.filter((row) => !agree(row))).toEqual([]);
  await holdEnds(ids);
  await holdTotals();
});

/** Both ways of telling what has ended, a microsecond before each end, at it, and a microsecond after. */
async function holdEnds(ids: readonly string[]): Promise<void> {
  const rows = await api.sql<{ live: boolean; of_each: boolean; turn: number }>(
    `SELECT ${STANDING_LIVE('x.at')} AS live, turn,
            EXISTS (SELECT FROM standing_grant s WHERE s.grant_id = x.grant_id AND ${STANDING_LIVE_OF_EACH('x.at')}) AS of_each
       FROM oauth_client c JOIN standing_grant s ON s.client_id = c.client_id CROSS JOIN generate_series(-1, 1) turn
            CROSS JOIN LATERAL (SELECT s.grant_id, ${STANDING_END} + turn * interval '1 microsecond' AS at) x
      WHERE c.client_id = ANY ($1::text[])`,
    [ids],
  );
  expect(rows.filter(({ live, of_each }) => live !== of_each)).toEqual([]);
  expect(new Set(rows.filter(({ live }) => live).map(({ turn }) => turn))).toEqual(new Set([-1]));
}

/** The total against the grants themselves: with what the witnesses are now, with none, and with those alone that prove nothing. */
async function holdTotals(): Promise<void> {
  const live = await api.sql<{ client_id: string }>(
    `SELECT DISTINCT g.client_id FROM ${GRANTS_WITH_OWNERS} WHERE c.organization_id = (SELECT id FROM organization WHERE name = 'Acme') AND ${GRANT_LIVE('$1')}`,
    [null],
  );
  const { items, total } = await connected();
  expect([total, items.map(({ client_id }) => client_id).sort()]).toEqual([live.length, live.map(({ client_id }) => client_id).sort()]);
  await api.sql(`DELETE FROM client_witness s USING oauth_client c WHERE ${STANDING_LIVE('$1')}`, [null]);
  expect((await connected()).total).toBe(live.length);
  await api.sql('INSERT INTO client_witness SELECT * FROM standing_grant ON CONFLICT DO NOTHING');
  expect((await connected()).total).toBe(live.length);
}
