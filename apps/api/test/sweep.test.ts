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
