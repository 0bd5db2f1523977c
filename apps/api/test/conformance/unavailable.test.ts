import pg from 'pg';
import { type Api, startApi } from '../support/api.js';
import { type Browser, browserOf, consent, createClient, exchange, introspect, obtainTokens, type TestClient } from '../support/browser.js';
import { ADMIN, DEV, POSTGRES_URL } from '../support/constants.js';
import { authorize, pageOf } from './authorization.js';
import { send } from './raw.js';

let api: Api;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  client = await createClient(await browserOf(api, ADMIN));
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

/** Runs something while the database takes no connection and has lost those it had. */
async function withoutDatabase<T>(run: () => Promise<T>): Promise<T> {
  const [{ name }] = (await api.sql<{ name: string }>('SELECT current_database() AS name')) as [{ name: string }];
  const server = new pg.Client({ connectionString: process.env[POSTGRES_URL]! });
  await server.connect();
  try {
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    return await run();
  } finally {
    await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await server.end();
  }
}

it('without a database nothing is guessed, and the same requests work afterwards (AZ-22)', async () => {
  const tokens = await obtainTokens(api, dev, client);
  const consented = await consent(dev, client);
  await withoutDatabase(async () => {
    const page = await authorize(dev, client);
    expect([page.status, page.headers.get('location')]).toEqual([503, null]);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    for (const answer of [await exchange(api, client, consented), await introspect(api, client, tokens.access_token)]) {
      expect([answer.status, (answer.body as { error: string }).error]).toEqual([503, 'temporarily_unavailable']);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    }
    const problem = await dev.get('/api/v1/session');
    expect([problem.status, problem.body['type']]).toEqual([503, expect.stringMatching(/#unavailable$/)]);
    expect((await send(api, 'GET', '/health/ready')).status).toBe(503);
    expect((await send(api, 'GET', '/health/live')).status).toBe(200);
    expect((await send(api, 'GET', '/oauth2/jwks')).status).toBe(200);
  });
  expect((await exchange(api, client, consented)).status).toBe(200);
  expect((await introspect(api, client, tokens.access_token)).body['active']).toBe(true);
  expect(pageOf(await authorize(dev, client)).searchParams.get('code')).toBeTruthy();
});
