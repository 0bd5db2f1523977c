import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, createClient, introspect, obtainTokens, type TestClient } from './support/browser.js';
import { ADMIN, DEV, PASSWORD } from './support/constants.js';

/** More than are hashed and wait together, from addresses enough that no limit on guessing helps. */
const STORM = 80;
const HASHED_OR_WAITING = 34;

let api: Api;
let client: TestClient;

beforeAll(async () => {
  // Hashing as it ships: what costs nothing starves nobody.
  api = await startApi({ BCRYPT_COST: '11', SIGN_IN_FAILURES: '10', TRUSTED_PROXIES: '127.0.0.1' });
  client = await createClient(await browserOf(api, ADMIN));
});

afterAll(() => api.stop());

const signIn = (email: string, password: string, address: string) =>
  new Browser(api).post('/api/v1/session', { email, password }, { 'x-forwarded-for': address });

it('a storm of sign-ins is turned away past what two hashes at a time can serve, and introspection goes on beneath it', async () => {
  const { access_token } = await obtainTokens(api, await browserOf(api, DEV), client);
  let served = 0;
  const storm = Array.from({ length: STORM }, async (_, n) => {
    const { status, headers } = await signIn(`user${n}@nowhere.example`, 'wrong', `10.1.0.${n}`);
    if (status === 401) served += 1;
    return [status, headers.get('retry-after')] as const;
  });
  let calls = 0;
  for (; calls < 15; calls += 1) {
    const { status, body } = await introspect(api, client, access_token);
    expect([status, body['active']]).toEqual([200, true]);
  }
  // Order, not time: fifteen calls one after the other were over before the accepted hashes were.
  expect(served).toBeLessThan(HASHED_OR_WAITING);
  const answers = await Promise.all(storm);
  const turned = answers.filter(([status]) => status === 429);
  expect(answers.every(([status]) => status === 401 || status === 429)).toBe(true);
  expect(turned.length).toBeGreaterThanOrEqual(STORM - HASHED_OR_WAITING * 2);
  expect(turned.every(([, wait]) => /^[1-9]\d*$/.test(wait ?? ''))).toBe(true);
  expect((await signIn(DEV, PASSWORD, '10.1.1.1')).status).toBe(201);
});

it('who was turned away by the storm has not used up a guess', async () => {
  const [row] = await api.sql<{ most: number }>('SELECT max(count) AS most FROM authentication_failure');
  expect(row!.most).toBeLessThanOrEqual(1);
});

it('whoever guesses at a user’s password cannot lock the user out elsewhere, nor other users of that address before its own limit', async () => {
  for (let guess = 0; guess < 10; guess += 1) expect((await signIn(DEV, 'wrong', '10.2.0.1')).status).toBe(401);
  expect((await signIn(DEV, PASSWORD, '10.2.0.1')).status).toBe(429);
  expect((await signIn(DEV, PASSWORD, '10.2.0.2')).status).toBe(201);
  expect((await signIn(ADMIN, PASSWORD, '10.2.0.1')).status).toBe(201);
});
