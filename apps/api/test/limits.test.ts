import { DEVICE_CODE_GRANT_TYPE, PENDING_REQUESTS_MAX } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { type Answer, authorizeQuery, browserOf, createClient, credentials, form, newPkce, type TestClient } from './support/browser.js';
import { ADMIN, DEV, VIEWER } from './support/constants.js';

let api: Api;
let client: TestClient;

beforeAll(async () => {
  const limits = { PENDING_REQUESTS: '5', DEVICE_POLL_FAILURES: '5', DEVICE_CODE_FAILURES: '2' };
  api = await startApi({ CLIENT_FAILURES: '5', TRUSTED_PROXIES: '127.0.0.1', ...limits });
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

describe('what waits for a user', () => {
  const at = (address: string) => ({ 'x-forwarded-for': address });
  const begin = (of: TestClient, address: string) =>
    form<{ device_code: string }>(api, '/oauth2/device_authorization', credentials(of), at(address));
  const push = (of: TestClient, address: string) =>
    form(
      api,
      '/oauth2/par',
      { ...Object.fromEntries(new URLSearchParams(authorizeQuery(of, newPkce()))), ...credentials(of) },
      at(address),
    );
  const expectPatience = ({ status, body, headers }: Answer<object>) => {
    expect([status, body]).toEqual([429, expect.objectContaining({ error: 'temporarily_unavailable' })]);
    expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  };
  let display: TestClient;
  let server: TestClient;

  beforeAll(async () => {
    const admin = await browserOf(api, ADMIN);
    display = await createClient(admin, { client_type: 'public', device_authorization: true });
    server = await createClient(admin, { device_authorization: true });
  });

  it('is begun so often for a public client from one address, and no oftener; a client that proves itself is not counted (RL-03)', async () => {
    for (let n = 0; n < 3; n += 1) expect((await begin(display, '10.1.0.1')).status).toBe(200);
    for (let n = 0; n < 2; n += 1) expect((await push(display, '10.1.0.1')).status).toBe(201);
    for (const refused of [await begin(display, '10.1.0.1'), await push(display, '10.1.0.1')]) expectPatience(refused);
    const many = await Promise.all(Array.from({ length: 20 }, () => push(display, '10.1.0.2')));
    expect(many.filter(({ status }) => status === 201)).toHaveLength(5);
    for (let n = 0; n < 8; n += 1)
      expect([(await push(server, '10.1.0.1')).status, (await begin(server, '10.1.0.1')).status]).toEqual([201, 200]);
    expect((await begin(display, '10.1.0.3')).status).toBe(200);
  });

  it('is no more than so much for one client, however it proves itself, and stands in no other client’s way (RL-03)', async () => {
    const admin = await browserOf(api, ADMIN);
    const full = await createClient(admin, { device_authorization: true });
    await api.sql(
      `INSERT INTO pushed_authorization_request (request_hash, client_id, parameters, expires_at)
       SELECT sha256(n::text::bytea), $1, '', now() + interval '1 minute' FROM generate_series(2, $2::integer) n`,
      [full.client_id, PENDING_REQUESTS_MAX],
    );
    await api.sql(
      `INSERT INTO device_authorization (grant_id, user_code_hash, client_id, client_epoch, multi_team_epoch, scope, interval_seconds, created_at, expires_at)
       SELECT gen_random_uuid(), sha256(n::text::bytea), $1, 0, 0, 'read', 5, now(), now() + interval '1 minute' FROM generate_series(2, $2::integer) n`,
      [full.client_id, PENDING_REQUESTS_MAX],
    );
    expect([(await push(full, '10.1.1.1')).status, (await begin(full, '10.1.1.1')).status]).toEqual([201, 200]);
    for (const refused of [await push(full, '10.1.1.1'), await begin(full, '10.1.1.1')]) expectPatience(refused);
    expect([(await push(server, '10.1.1.1')).status, (await begin(server, '10.1.1.1')).status]).toEqual([201, 200]);
  });

  it('is polled at its interval for ever, and too early only so often (RL-03)', async () => {
    const poll = async (device_code: string, address: string) => {
      const asked = { grant_type: DEVICE_CODE_GRANT_TYPE, device_code, ...credentials(display) };
      const answer = await form(api, '/oauth2/token', asked, at(address));
      return answer.status === 429 ? answer : answer.body['error'];
    };
    const [good, hasty] = [await begin(display, '10.1.2.1'), await begin(display, '10.1.2.1')];
    for (let n = 0; n < 15; n += 1) {
      expect(await poll(good.body.device_code, '10.1.2.1')).toBe('authorization_pending');
      await api.advance(5);
    }
    expect(await poll(hasty.body.device_code, '10.1.2.1')).toBe('authorization_pending');
    for (let n = 0; n < 5; n += 1) expect(await poll(hasty.body.device_code, '10.1.2.1')).toBe('slow_down');
    expectPatience((await poll(hasty.body.device_code, '10.1.2.1')) as Answer<object>);
    expect(await poll(good.body.device_code, '10.1.2.2')).toBe('authorization_pending');
    await api.resetClock();
  });

  it('is guessed at by one user from all addresses together only so often, and others still may (DV-02)', async () => {
    const [dev, viewer] = [await browserOf(api, DEV), await browserOf(api, VIEWER)];
    const guess = async (browser: typeof dev, address: string) =>
      (await browser.post('/api/v1/device-authorizations', { user_code: 'BBBB-BBBB' }, at(address))).status;
    for (let n = 0; n < 6; n += 1) expect([n, await guess(dev, `10.1.3.${n}`)]).toEqual([n, 422]);
    expect([await guess(dev, '10.1.3.7'), await guess(viewer, '10.1.3.7')]).toEqual([429, 422]);
  });
});
