import { type Api, startApi } from './support/api.js';
import { browserOf, createClient, credentials, form, type TestClient } from './support/browser.js';
import { ADMIN } from './support/constants.js';

let api: Api;
let client: TestClient;

beforeAll(async () => {
  api = await startApi({ CLIENT_FAILURES: '5', TRUSTED_PROXIES: '127.0.0.1' });
  client = await createClient(await browserOf(api, ADMIN));
});

afterAll(() => api.stop());

const from = (address: string, fields: Record<string, string>) =>
  form(api, '/oauth2/introspect', { token: 'x', ...fields }, { 'x-forwarded-for': address });
const wrong = (address: string) => from(address, { client_id: client.client_id, client_secret: 'wrong' });

it('stops guessing at a client from one address, and lets the real client in from another (CA-15)', async () => {
  const answers: number[] = [];
  for (let guess = 0; guess < 8; guess += 1) answers.push((await wrong('10.0.0.1')).status);
  expect(answers).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  const refused = await wrong('10.0.0.1');
  expect(refused.body).toMatchObject({ error: 'temporarily_unavailable' });
  expect(refused.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  expect((await from('10.0.0.2', credentials(client))).status).toBe(200);
});

it('holds parallel guesses to the same limit', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => wrong('10.0.0.3')));
  expect(answers.filter(({ status }) => status === 401).length).toBeLessThanOrEqual(5);
});

it('counts a code that was never issued as a guess', async () => {
  const guess = () =>
    form(
      api,
      '/oauth2/token',
      { grant_type: 'authorization_code', code: 'x', code_verifier: 'a'.repeat(43), ...credentials(client) },
      { 'x-forwarded-for': '10.0.0.4' },
    );
  const answers: number[] = [];
  for (let count = 0; count < 7; count += 1) answers.push((await guess()).status);
  expect(answers).toEqual([400, 400, 400, 400, 400, 429, 429]);
});

it('costs a good caller nothing, however often it calls', async () => {
  for (let call = 0; call < 20; call += 1) expect((await from('10.0.0.5', credentials(client))).status).toBe(200);
  expect(await api.sql('SELECT 1 FROM authentication_failure WHERE count = 0')).toHaveLength(0);
});

it('tells whoever manages the client why its requests were refused', async () => {
  const admin = await browserOf(api, ADMIN);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const { body } = await admin.get<{ items: { endpoint: string; reason: string; ip_address: string }[] }>(
    `/api/v1/oauth-clients/${client.client_id}/failures`,
  );
  expect(body.items).toEqual(
    expect.arrayContaining([expect.objectContaining({ endpoint: 'introspect', reason: 'wrong_secret', ip_address: '10.0.0.1' })]),
  );
});
