import { type Api, startApi } from '../support/api.js';
import { Browser, browserOf, createClient, form, type TestClient } from '../support/browser.js';
import { ADMIN, DEV, VIEWER } from '../support/constants.js';

const LIMIT = 4;
const ORIGIN = 'https://app.test';

/** Two processes that count together, behind no proxy. */
let here: Api;
let there: Api;
let client: TestClient;

beforeAll(async () => {
  here = await startApi({ CLIENT_FAILURES: String(LIMIT), SIGN_IN_FAILURES: String(LIMIT) });
  there = await here.replica();
  client = await createClient(await browserOf(here, ADMIN));
});

afterAll(() => here.stop());

const guess = (on: Api, path: string, headers: Record<string, string> = {}) =>
  form(on, path, { token: 'x', grant_type: 'refresh_token', client_id: client.client_id, client_secret: 'wrong' }, headers);
const signIn = (on: Api, email: string, headers: Record<string, string> = {}) =>
  new Browser(on).post('/api/v1/session', { email, password: 'wrong' }, headers);

it('over the limit every machine endpoint of every process answers 429 with seconds to wait, as others may read it (RL-01)', async () => {
  for (let time = 0; time < LIMIT; time += 1) expect((await guess(time % 2 ? here : there, '/oauth2/token')).status).toBe(401);
  for (const on of [here, there]) {
    for (const path of ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect']) {
      const { status, body, headers } = await guess(on, path, { origin: ORIGIN });
      expect([status, Object.keys(body).toSorted(), body['error']]).toEqual([
        429,
        ['error', 'error_description'],
        'temporarily_unavailable',
      ]);
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBe(path === '/oauth2/introspect' ? null : '*');
    }
  }
});

it('over the limit sign-in answers 429 with seconds to wait, on every process (RL-01)', async () => {
  for (let time = 0; time < LIMIT; time += 1) expect((await signIn(time % 2 ? here : there, DEV)).status).toBe(401);
  for (const on of [here, there]) {
    const { status, body, headers } = await signIn(on, DEV);
    expect([status, body['type']]).toEqual([429, expect.stringMatching(/#too-many-requests$/)]);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

it('a caller cannot choose its address: no header escapes a limit, or puts one on somebody else (RL-02)', async () => {
  const other = await createClient(await browserOf(here, ADMIN));
  const from = (n: number): Record<string, string> => ({
    'x-forwarded-for': `10.9.0.${n}`,
    'x-real-ip': `10.9.0.${n}`,
    forwarded: `for=10.9.0.${n}`,
    'x-client-ip': `10.9.0.${n}`,
  });
  const statuses: number[] = [];
  for (let n = 0; n <= LIMIT; n += 1) {
    const wrong = { token: 'x', client_id: other.client_id, client_secret: 'wrong' };
    statuses.push((await form(here, '/oauth2/introspect', wrong, from(n))).status);
  }
  expect(statuses).toEqual([...new Array<number>(LIMIT).fill(401), 429]);
  const signIns: number[] = [];
  for (let n = 0; n <= LIMIT; n += 1) signIns.push((await signIn(here, VIEWER, from(n))).status);
  expect(signIns).toEqual([...new Array<number>(LIMIT).fill(401), 429]);
  const addresses = await here.sql<{ ip_address: string }>(
    'SELECT DISTINCT host(ip_address) AS ip_address FROM audit_event WHERE ip_address IS NOT NULL',
  );
  expect(addresses.every(({ ip_address }) => !ip_address.startsWith('10.9.'))).toBe(true);
});
