import type { ClientSettings } from '@behalf/domain';
import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { type Api, startApi } from '../support/api.js';
import {
  Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  exchange,
  form,
  introspect,
  obtainTokens,
  refresh,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let confidential: TestClient;
let withoutRefresh: TestClient;
let loopback: TestClient;
let other: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  confidential = await createClient(admin, { client_name: 'CR' });
  withoutRefresh = await createClient(admin, { client_name: 'CN', issue_refresh_token: false });
  loopback = await createClient(admin, { client_name: 'PB', client_type: 'public', redirect_uris: ['http://127.0.0.1/callback'] });
  other = await createClient(admin, { client_name: 'X' });
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

describe('POST /oauth2/token', () => {
  it('answers exactly the members it promises, for each kind of client (TK-01, RF-01)', async () => {
    expect(Object.keys(await obtainTokens(api, dev, confidential)).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'scope',
      'token_type',
    ]);
    expect(Object.keys(await obtainTokens(api, dev, withoutRefresh)).toSorted()).toEqual([
      'access_token',
      'expires_in',
      'scope',
      'token_type',
    ]);
    const publicly = await obtainTokens(api, dev, loopback, { parameters: { redirect_uri: 'http://127.0.0.1:51004/callback' } });
    expect(Object.keys(publicly).toSorted()).toEqual(['access_token', 'expires_in', 'refresh_token', 'scope', 'token_type']);
  });

  it.each([
    ['', 'invalid_request'],
    ['client_credentials', 'unsupported_grant_type'],
    ['password', 'unsupported_grant_type'],
    ['implicit', 'unsupported_grant_type'],
    ['Authorization_Code', 'unsupported_grant_type'],
  ])('refuses grant_type %j with %s (TK-02)', async (grant_type, error) => {
    const answer = await form(api, '/oauth2/token', { grant_type, ...credentials(confidential) });
    expect([answer.status, answer.body['error']]).toEqual([400, error]);
  });

  it('lets a token live exactly as long as it said (TK-03)', async () => {
    const { access_token, expires_in } = await obtainTokens(api, dev, withoutRefresh);
    const { body } = await introspect(api, withoutRefresh, access_token);
    expect((body['exp'] as number) - (body['iat'] as number)).toBe(expires_in);
    const call = () => new Browser(api).get('/api/v1/teams', { authorization: `Bearer ${access_token}` });
    const statuses = async () => [(await userinfo(api, access_token)).status, (await call()).status];
    await api.advance(expires_in - 2);
    expect(await statuses()).toEqual([200, 200]);
    await api.advance(2);
    expect(await statuses()).toEqual([401, 401]);
    expect((await introspect(api, withoutRefresh, access_token)).body).toEqual({ active: false });
  });

  it('signs an ID token where openid was granted, and none elsewhere (TK-04)', async () => {
    const parameters = { scope: 'openid profile email read', nonce: 'n-1' };
    const tokens = await obtainTokens(api, dev, confidential, { parameters });
    const keys = createRemoteJWKSet(new URL(`${api.issuer}/oauth2/jwks`));
    const expected = { issuer: api.issuer, audience: confidential.client_id, algorithms: ['RS256'] };
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token!, keys, expected);
    expect(protectedHeader.kid).toEqual(expect.any(String));
    expect(payload).toMatchObject({
      nonce: 'n-1',
      email: DEV,
      email_verified: false,
      name: expect.any(String),
      auth_time: expect.any(Number),
    });
    const again = await refresh(api, confidential, tokens.refresh_token!);
    const renewed = await jwtVerify(again.body.id_token!, keys, expected);
    expect(renewed.payload).toMatchObject({ sub: payload.sub, auth_time: payload['auth_time'] });
    expect((await userinfo(api, tokens.id_token!)).status).toBe(401);
    expect((await introspect(api, confidential, tokens.id_token!)).body).toEqual({ active: false });
    expect((await obtainTokens(api, dev, confidential)).id_token).toBeUndefined();
  });

  it('knows a user by the same subject whatever the client, never by a client id (TK-05)', async () => {
    const subjects = await Promise.all(
      [confidential, other].map(async (client) => (await userinfo(api, (await obtainTokens(api, dev, client)).access_token)).body['sub']),
    );
    expect(subjects[0]).toBe(subjects[1]);
    expect(subjects[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(confidential.client_id).not.toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('grant_type=authorization_code', () => {
  it.each<[what: string, settings: Partial<ClientSettings>, changed: Record<string, string>]>([
    ['a confidential, read-only client', {}, {}],
    ['a confidential client with full access to several teams', { access_preset: 'full_access', team_selection: 'multiple' }, {}],
    [
      'a public client on loopback',
      { client_type: 'public', redirect_uris: ['http://127.0.0.1/callback'] },
      { redirect_uri: 'http://127.0.0.1:51004/callback' },
    ],
    ['a public client on https', { client_type: 'public' }, {}],
  ])('gives %s tokens for a code, once (CD-01)', async (_, settings, parameters) => {
    const client = await createClient(admin, settings);
    const consented = await consent(dev, client, { parameters });
    const answer = await exchange(api, client, consented);
    expect(answer.status).toBe(200);
    expect((await userinfo(api, answer.body.access_token)).status).toBe(200);
    expect((await exchange(api, client, consented)).body.error).toBe('invalid_grant');
  });

  it('takes a code for 59 seconds, not for 61 (CD-02)', async () => {
    const early = await consent(dev, confidential);
    await api.advance(58);
    expect((await exchange(api, confidential, early)).status).toBe(200);
    await api.resetClock();
    const late = await consent(dev, confidential);
    await api.advance(61);
    expect((await exchange(api, confidential, late)).body.error).toBe('invalid_grant');
  });

  it.each([0, 120])('revokes what the first use issued when all of it comes a second time, %i seconds later (CD-03)', async (seconds) => {
    const consented = await consent(dev, confidential);
    const first = (await exchange(api, confidential, consented)).body;
    await api.advance(seconds);
    expect((await exchange(api, confidential, consented)).body.error).toBe('invalid_grant');
    expect((await introspect(api, confidential, first.access_token)).body).toEqual({ active: false });
    expect((await refresh(api, confidential, first.refresh_token!)).body.error).toBe('invalid_grant');
    const [row] = await api.sql<{ action: string; changes: Record<string, unknown> }>(
      `SELECT action, changes FROM audit_event WHERE action = 'code.replayed' ORDER BY at DESC LIMIT 1`,
    );
    expect(Object.keys(row!.changes).toSorted()).toEqual(['at', 'ip_address', 'user_agent']);
  });

  it('revokes nothing for a second use that is broken (CD-04)', async () => {
    const consented = await consent(dev, confidential);
    const { access_token } = (await exchange(api, confidential, consented)).body;
    const verifier = randomBytes(32).toString('base64url');
    const broken = await Promise.all([
      exchange(api, confidential, consented, { code_verifier: verifier }),
      exchange(api, { ...confidential, client_secret: 'wrong' }, consented),
      exchange(api, other, consented),
      exchange(api, confidential, consented, { redirect_uri: 'https://app.test/other' }),
    ]);
    expect(broken.map(({ status }) => status)).toEqual([400, 401, 400, 400]);
    expect((await introspect(api, confidential, access_token)).body['active']).toBe(true);
  });

  it('binds a code to its client, which a stranger can neither use nor burn (CD-05)', async () => {
    const consented = await consent(dev, confidential);
    expect((await exchange(api, other, consented)).body.error).toBe('invalid_grant');
    expect((await exchange(api, loopback, consented)).body.error).toBe('invalid_grant');
    expect((await exchange(api, confidential, consented)).status).toBe(200);
  });

  it('takes the redirect URI of the request or none, and no other (CD-06, RU-11)', async () => {
    const redirect_uri = 'http://127.0.0.1:51004/callback';
    const consented = await consent(dev, loopback, { parameters: { redirect_uri } });
    expect(consented.redirect.port).toBe('51004');
    for (const wrong of ['http://127.0.0.1:51005/callback', 'http://127.0.0.1/callback', 'http://127.0.0.1:51004/%63allback']) {
      expect((await exchange(api, loopback, consented, { redirect_uri: wrong })).body.error).toBe('invalid_grant');
    }
    expect((await exchange(api, loopback, consented, { redirect_uri })).status).toBe(200);
    expect((await exchange(api, loopback, await consent(dev, loopback, { parameters: { redirect_uri } }))).status).toBe(200);
  });

  it.each(['x', 'bhf_ac_', `bhf_ac_${'A'.repeat(64)}`, 'a'.repeat(10_000), 'code\0', 'bhf_at_'.padEnd(71, 'A')])(
    'refuses the code %.20j (CD-08)',
    async (code) => {
      const answer = await form(api, '/oauth2/token', {
        grant_type: 'authorization_code',
        code,
        code_verifier: 'a'.repeat(43),
        ...credentials(confidential),
      });
      expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_grant']);
    },
  );

  it('wants a code (CD-08)', async () => {
    const answer = await form(api, '/oauth2/token', {
      grant_type: 'authorization_code',
      code_verifier: 'a'.repeat(43),
      ...credentials(confidential),
    });
    expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_request']);
  });

  it('lets one of 20 equal exchanges win, in 50 rounds, and ends what it won when the others were whole (CD-07)', async () => {
    for (let round = 0; round < 50; round += 1) {
      const consented = await consent(dev, confidential);
      const answers = await Promise.all(Array.from({ length: 20 }, () => exchange(api, confidential, consented)));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      expect(answers.every(({ status, body }) => status === 200 || body.error === 'invalid_grant')).toBe(true);
      expect((await introspect(api, confidential, winners[0]!.body.access_token)).body).toEqual({ active: false });
    }
    const [incidents] = await api.sql<{ most: number }>(
      `SELECT max(n)::integer AS most FROM (SELECT count(*) AS n FROM audit_event WHERE action = 'code.replayed' GROUP BY target_id) x`,
    );
    expect(incidents!.most).toBe(1);
  }, 120_000);

  it('stores no code, token, verifier or secret in any table (G-13)', async () => {
    const consented = await consent(dev, confidential);
    const tokens = (await exchange(api, confidential, consented)).body;
    const values = [
      consented.code,
      consented.pkce.code_verifier,
      tokens.access_token,
      tokens.refresh_token!,
      confidential.client_secret!,
      dev.cookies.get('bhf_session')!,
    ];
    const tables = await api.sql<{ table_name: string }>(
      `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(12);
    for (const { table_name } of tables) {
      const rows = await api.sql<{ text: string }>(`SELECT t::text AS text FROM "${table_name}" t`);
      const text = rows.map((row) => row.text).join('\n');
      for (const value of values) {
        expect(text.includes(value)).toBe(false);
        expect(text.includes(Buffer.from(value).toString('hex'))).toBe(false);
      }
    }
    expect(api.logs().length).toBeGreaterThan(1000);
    for (const value of values) expect(api.logs().includes(value)).toBe(false);
  });
});
