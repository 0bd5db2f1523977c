import { type Api, startApi } from './support/api.js';
import {
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  obtainTokens,
  refresh,
  revoke,
  type TestClient,
} from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';

const DAY = 86_400;

let api: Api;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  dev = await browserOf(api, DEV);
  client = await createClient(await browserOf(api, ADMIN));
});

afterAll(() => api.stop());

const grants = async () => (await api.sql<{ id: string }>('SELECT id FROM authorization_grant')).length;

it('keeps what can still be judged, and takes away what nobody can look up any more', async () => {
  const unexchanged = await consent(dev, client);
  const tokens = await obtainTokens(api, dev, client);
  await revoke(api, client, tokens.access_token);
  await api.sweep();
  expect(await grants()).toBe(2);
  expect(await api.sql('SELECT 1 FROM revoked_access_token')).toHaveLength(1);

  await api.advance(2 * 3600);
  await api.sweep();
  expect(await grants()).toBe(1);
  expect(await api.sql('SELECT 1 FROM revoked_access_token')).toHaveLength(0);
  expect(await api.sql('SELECT 1 FROM authorization_request')).toHaveLength(0);
  expect((await exchange(api, client, unexchanged)).body.error).toBe('invalid_grant');
  expect((await refresh(api, client, tokens.refresh_token!)).status).toBe(200);

  await api.advance(36 * DAY);
  await api.sweep();
  expect(await grants()).toBe(1);
  await api.advance(2 * DAY);
  await api.sweep();
  expect(await grants()).toBe(0);
});

it('takes away in one round all that has ended, also where it is more than one statement may touch, and nothing else', async () => {
  await api.resetClock();
  const kept = await obtainTokens(api, dev, client);
  await api.sql(
    `INSERT INTO authorization_grant (id, client_id, user_id, client_epoch, multi_team_epoch, user_epoch, team_ids, scope, redirect_uri, code_challenge,
       authenticated_at, created_at, access_token_lifetime_seconds)
     SELECT gen_random_uuid(), $1, gen_random_uuid(), 0, 0, 0, '{}', 'read', '', '', now(), now() - interval '2 hours', 3600 FROM generate_series(1, 3500)`,
    [client.client_id],
  );
  await api.sql(
    `INSERT INTO revoked_access_token (grant_id, generation, expires_at) SELECT gen_random_uuid(), 1, now() - interval '1 second' FROM generate_series(1, 2500)`,
  );
  await api.sql(
    `INSERT INTO consent (user_id, client_id, team_ids, scope, user_epoch, consent_epoch, given_at)
     SELECT gen_random_uuid(), $1, '{}', 'read', 0, 0, now() FROM generate_series(1, 2500)`,
    [client.client_id],
  );
  await api.sweep();
  expect(await grants()).toBe(1);
  expect(await api.sql('SELECT 1 FROM revoked_access_token')).toHaveLength(0);
  expect(await api.sql('SELECT 1 FROM consent')).toHaveLength(1);
  expect((await refresh(api, client, kept.refresh_token!)).status).toBe(200);
});
