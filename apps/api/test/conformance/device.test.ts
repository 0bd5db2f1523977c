import type { DeviceAuthorizationResponse, Page, TokenResponse, TokenRow } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  allow,
  type Answer,
  type Browser,
  browserOf,
  createClient,
  credentials,
  form,
  introspect,
  obtainTokens,
  refresh,
  revoke,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV, VIEWER } from '../support/constants.js';
import { decide, pageOf, setStatus, show } from './authorization.js';

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
const LIFETIME_SECONDS = 600;
const INTERVAL_SECONDS = 5;
const RACERS = 20;
const LIMIT = 10;

let api: Api;
let there: Api;
let admin: Browser;
let dev: Browser;
let tv: TestClient;
let server: TestClient;

beforeAll(async () => {
  api = await startApi();
  there = await api.replica();
  [admin, dev] = [await browserOf(api, ADMIN), await browserOf(api, DEV)];
  tv = await createClient(admin, { client_name: 'Wall display', client_type: 'public', device_authorization: true, redirect_uris: [] });
  server = await createClient(admin, { access_preset: 'full_access', device_authorization: true });
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

type Begun = Answer<DeviceAuthorizationResponse & { error?: string }>;

const begin = (of: TestClient, changed: Record<string, string> = {}): Promise<Begun> =>
  form(api, '/oauth2/device_authorization', { ...credentials(of), ...changed });

const poll = (of: TestClient, device_code: string, { on = api, changed = {} }: { on?: Api; changed?: Record<string, string> } = {}) =>
  form<TokenResponse & { error?: string }>(on, '/oauth2/token', { grant_type: GRANT_TYPE, device_code, ...credentials(of), ...changed });

const enter = (browser: Browser, user_code: string) => browser.post<{ request_id: string }>('/api/v1/device-authorizations', { user_code });

const told = ({ status, body }: Answer<{ error?: string }>) => [status, body.error];

/** A device whose user looks at the consent page. */
async function shown(of = tv, browser = dev, changed: Record<string, string> = {}) {
  const { body } = await begin(of, changed);
  const entered = await enter(browser, body.user_code);
  expect(entered.status).toBe(200);
  const { request_id } = entered.body;
  return { ...body, request_id, details: (await show(browser, request_id)).body };
}

async function allowed(of = tv, browser = dev, changed: Record<string, string> = {}) {
  const device = await shown(of, browser, changed);
  return { ...device, redirect: await allow(browser, device.request_id) };
}

describe('a device begins', () => {
  it('with what to show, where, and how often to ask (DV-01)', async () => {
    const { status, body, headers } = await begin(tv);
    const verification_uri = `${api.issuer}/device`;
    expect([status, headers.get('cache-control'), body]).toEqual([
      200,
      'no-store',
      {
        device_code: expect.stringMatching(/^bhf_dc_[\w-]{64}$/),
        user_code: expect.stringMatching(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/),
        verification_uri,
        verification_uri_complete: `${verification_uri}?user_code=${body.user_code}`,
        expires_in: LIFETIME_SECONDS,
        interval: INTERVAL_SECONDS,
      },
    ]);
  });

  it('only where its client may, as itself, and within what the client has (DV-01)', async () => {
    const plain = await createClient(admin);
    expect(told(await begin(plain))).toEqual([400, 'unauthorized_client']);
    expect(told(await poll(plain, (await begin(tv)).body.device_code))).toEqual([400, 'unauthorized_client']);
    expect(told(await begin({ ...server, client_secret: 'wrong' }))).toEqual([401, 'invalid_client']);
    expect(told(await begin(tv, { scope: 'read write' }))).toEqual([400, 'invalid_scope']);
    expect(told(await begin(tv, { scope: 'everything' }))).toEqual([400, 'invalid_scope']);
    expect((await begin(server, { scope: 'read write' })).status).toBe(200);
    const get = await dev.get('/oauth2/device_authorization');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('and neither of its codes rests anywhere (DV-01)', async () => {
    const { body } = await begin(tv);
    const [row] = await api.sql<Record<string, unknown>>('SELECT * FROM device_authorization ORDER BY created_at DESC LIMIT 1');
    const stored = JSON.stringify(row, (_, value: unknown) => (Buffer.isBuffer(value) ? value.toString('latin1') : value));
    expect(stored).not.toContain(body.user_code.replace('-', ''));
    expect(stored).not.toContain(body.device_code.slice(7));
  });
});

describe('a device asks', () => {
  it('and hears that nobody has decided; too fast, that it has to wait longer, for good, on every process (DV-01)', async () => {
    const { device_code } = (await begin(tv)).body;
    expect(told(await poll(tv, device_code))).toEqual([400, 'authorization_pending']);
    expect(told(await poll(tv, device_code, { on: there }))).toEqual([400, 'slow_down']);
    await api.advance(INTERVAL_SECONDS + 1);
    expect(told(await poll(tv, device_code))).toEqual([400, 'slow_down']);
    await api.advance(3 * INTERVAL_SECONDS);
    expect(told(await poll(tv, device_code))).toEqual([400, 'authorization_pending']);
    await api.advance(3 * INTERVAL_SECONDS);
    expect(told(await poll(tv, device_code))).toEqual([400, 'authorization_pending']);
  });

  it('many times at once, and one of them at most was in time (DV-01)', async () => {
    const { device_code } = (await begin(tv)).body;
    const answers = await Promise.all(Array.from({ length: RACERS }, (_, index) => poll(tv, device_code, { on: index % 2 ? there : api })));
    expect(answers.filter(({ body }) => body.error === 'authorization_pending')).toHaveLength(1);
    expect(answers.filter(({ body }) => body.error === 'slow_down')).toHaveLength(RACERS - 1);
  });

  it('after its time, and hears that it is over (DV-01)', async () => {
    const [waiting, late] = [(await begin(tv)).body, await allowed()];
    await api.advance(LIFETIME_SECONDS);
    expect(told(await poll(tv, waiting.device_code))).toEqual([400, 'expired_token']);
    expect(told(await poll(tv, late.device_code))).toEqual([400, 'expired_token']);
    expect((await enter(dev, waiting.user_code)).status).toBe(422);
  });

  it('with a code that is not its own, and hears no more than that (DV-01)', async () => {
    const { device_code } = await allowed();
    const { access_token } = await obtainTokens(api, dev, server);
    for (const code of [
      'nonsense',
      device_code.slice(0, -1) + (device_code.endsWith('A') ? 'B' : 'A'),
      access_token,
      'bhf_dc_'.padEnd(71, 'A'),
    ]) {
      expect(told(await poll(tv, code))).toEqual([400, 'invalid_grant']);
    }
    expect(told(await poll(server, device_code))).toEqual([400, 'invalid_grant']);
    expect(told(await poll(tv, ''))).toEqual([400, 'invalid_request']);
    expect((await poll(tv, device_code)).status).toBe(200);
  });

  it('and waiting is none of the failures that its managers are shown, all else is (DV-01)', async () => {
    const own = await createClient(admin, { device_authorization: true });
    const { device_code } = (await begin(own)).body;
    for (let time = 0; time < 3; time += 1) await poll(own, device_code);
    await poll(own, 'nonsense');
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const { items } = (await admin.get<Page<{ reason: string }>>(`/api/v1/oauth-clients/${own.client_id}/failures`)).body;
    expect(items.map(({ reason }) => reason)).toEqual(['device_code_unknown']);
  }, 20_000);
});

describe('the user', () => {
  it('allows, and the device gets tokens once, for what was shown (DV-01, DV-02)', async () => {
    const { details, redirect, device_code } = await allowed(server, dev, { scope: 'openid read' });
    expect(details).toMatchObject({
      client_name: 'test client',
      scope: 'openid read',
      redirect_host: '',
      loopback: false,
      device: { requested_at: expect.any(String), ip_address: '127.0.0.1', location: 'Local network' },
    });
    expect(redirect.href).toBe(`${api.issuer}/device?outcome=allowed`);
    const { status, body } = await poll(server, device_code);
    expect([status, body.scope, Object.keys(body).toSorted()]).toEqual([
      200,
      'openid read',
      ['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'],
    ]);
    expect((await userinfo(api, body.access_token)).body['email']).toBe(DEV);
    expect(told(await poll(server, device_code))).toEqual([400, 'invalid_grant']);
    expect((await userinfo(api, body.access_token)).status).toBe(200);
  });

  it('allows, and of many polls at once on two processes one gets the tokens, which stay good (DV-01)', async () => {
    const { device_code } = await allowed();
    const answers = await Promise.all(Array.from({ length: RACERS }, (_, index) => poll(tv, device_code, { on: index % 2 ? there : api })));
    const won = answers.filter(({ status }) => status === 200);
    expect([won.length, answers.filter(({ body }) => body.error === 'invalid_grant').length]).toEqual([1, RACERS - 1]);
    expect((await userinfo(api, won[0]!.body.access_token)).status).toBe(200);
    expect((await refresh(api, tv, won[0]!.body.refresh_token!)).status).toBe(200);
  });

  it('denies, and the device hears it, for good (DV-01)', async () => {
    const { request_id, device_code } = await shown();
    const { body } = await decide(dev, request_id, [], 'deny');
    expect(body.redirect_to).toBe(`${api.issuer}/device?outcome=denied`);
    for (let time = 0; time < 2; time += 1) expect(told(await poll(tv, device_code))).toEqual([400, 'access_denied']);
  });

  it('is one: of two who decide at once the first one counts (DV-01)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { user_code, device_code, request_id, details } = await shown();
      const other = (await enter(admin, user_code)).body.request_id;
      const { selectable_teams } = (await show(admin, other)).body;
      const decisions = await Promise.all([
        decide(dev, request_id, [details.selectable_teams[0]!.id]),
        decide(admin, other, [selectable_teams[0]!.id], round % 2 ? 'allow' : 'deny'),
      ]);
      expect(decisions.map(({ status }) => status).toSorted()).toEqual([200, 410]);
      const byDev = decisions[0].status === 200;
      const answer = await poll(tv, device_code);
      if (!byDev && round % 2 === 0) expect(told(answer)).toEqual([400, 'access_denied']);
      else expect((await userinfo(api, answer.body.access_token)).body['email']).toBe(byDev ? DEV : ADMIN);
    }
  });

  it('is always asked, whatever they have allowed this client before (DV-02)', async () => {
    await obtainTokens(api, dev, server, { parameters: { scope: 'read' } });
    const { device_code, request_id } = await shown(server, dev, { scope: 'read' });
    const resumed = await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`);
    expect([pageOf(resumed).pathname, told(await poll(server, device_code))]).toEqual(['/consent', [400, 'authorization_pending']]);
  });

  it('types the code as people do, and is told who asks; the same code in another browser is another page (DV-02)', async () => {
    const { user_code } = (await begin(tv)).body;
    for (const typed of [user_code.toLowerCase(), user_code.replace('-', ''), ` ${user_code.replace('-', ' ')} `]) {
      const { status, body } = await enter(dev, typed);
      expect([status, (await show(dev, body.request_id)).body.client_name]).toEqual([200, 'Wall display']);
      expect((await show(admin, body.request_id)).status).toBe(404);
    }
  });

  it('has to be signed in, in a browser of their own (DV-02)', async () => {
    const { user_code } = (await begin(tv)).body;
    const { access_token } = await obtainTokens(api, dev, server, { parameters: { scope: 'read write' } });
    const nobody = await form(api, '/api/v1/device-authorizations', '', {});
    expect(nobody.status).toBe(415);
    const anonymous = await dev.post('/api/v1/device-authorizations', { user_code }, { cookie: '' });
    const byToken = await dev.post('/api/v1/device-authorizations', { user_code }, { authorization: `Bearer ${access_token}` });
    const foreign = await dev.post('/api/v1/device-authorizations', { user_code }, { 'sec-fetch-site': 'cross-site' });
    expect([anonymous.status, byToken.status, foreign.status]).toEqual([401, 401, 403]);
  });

  it('guesses within limits: ten wrong codes, and that user waits, on every process; a right one costs nothing (DV-02)', async () => {
    const viewer = await browserOf(api, VIEWER);
    const { user_code } = (await begin(tv)).body;
    expect((await enter(viewer, user_code)).status).toBe(200);
    for (let time = 0; time < LIMIT; time += 1) {
      const wrong = await enter(time % 2 ? viewer : viewer.at(there), time % 3 ? 'BBBB-BBBB' : 'no code at all');
      expect([wrong.status, wrong.body]).toEqual([
        422,
        expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/user_code' })] }),
      ]);
    }
    for (const browser of [viewer, viewer.at(there)]) {
      const refused = await enter(browser, user_code);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^[1-9]\d*$/)]);
    }
    expect((await enter(dev, user_code)).status).toBe(200);
    const [row] = await api.sql<{ count: number }>("SELECT count(*)::int4 AS count FROM audit_event WHERE reason = 'unknown_user_code'");
    expect(row!.count).toBeGreaterThanOrEqual(LIMIT);
  });

  it('sees a page that no other site can frame, and that tells none where it was (DV-02)', async () => {
    const { status, headers } = await dev.get('/device?user_code=BCDF-GHJK');
    expect([status, headers.get('x-frame-options'), headers.get('referrer-policy'), headers.get('cache-control')]).toEqual([
      200,
      'DENY',
      'no-referrer',
      'no-store',
    ]);
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });
});

describe('what a device got', () => {
  it('is an authorization like any other: listed, in the log, revoked, paused (DV-01)', async () => {
    const first = (await poll(tv, (await allowed()).device_code)).body;
    const { token_id } = (
      await api.sql<{ token_id: string }>('SELECT id AS token_id FROM authorization_grant ORDER BY created_at DESC LIMIT 1')
    )[0]!;
    const listed = (await dev.get<Page<TokenRow>>(`/api/v1/connected-apps/${tv.client_id}/tokens`)).body.items;
    expect(listed.map((row) => row.token_id)).toContain(token_id);
    const rows = await api.sql<{ action: string; reason: string | null }>(
      `SELECT action, reason FROM audit_event WHERE (target_id = $1 AND action = 'consent.given') OR token_id = $2 ORDER BY at DESC LIMIT 2`,
      [tv.client_id, token_id],
    );
    expect(rows).toEqual([
      { action: 'token.issued', reason: null },
      { action: 'consent.given', reason: 'device' },
    ]);
    expect((await dev.send('DELETE', `/api/v1/tokens/${token_id}`)).status).toBe(204);
    expect((await userinfo(api, first.access_token)).status).toBe(401);

    const second = await allowed(server);
    const tokens = (await poll(server, second.device_code)).body;
    expect((await revoke(api, server, tokens.refresh_token!)).status).toBe(200);
    expect((await introspect(api, server, tokens.access_token)).body).toEqual({ active: false });
  });

  it('is nothing after a pause, at whatever stage, and a resumed client begins anew (DV-01)', async () => {
    const own = await createClient(admin, { client_type: 'public', device_authorization: true });
    const [begun, looked, decided] = [(await begin(own)).body, await shown(own), await allowed(own)];
    await setStatus(admin, own, 'disabled');
    expect(told(await poll(own, begun.device_code))).toEqual([401, 'invalid_client']);
    await setStatus(admin, own, 'enabled');
    for (const { device_code } of [begun, looked, decided]) expect(told(await poll(own, device_code))).toEqual([400, 'expired_token']);
    expect((await enter(dev, begun.user_code)).status).toBe(422);
    expect((await decide(dev, looked.request_id, [looked.details.selectable_teams[0]!.id])).status).toBe(410);
    expect((await poll(own, (await allowed(own)).device_code)).status).toBe(200);
  });

  it('ends where the client may not any more, before it was fetched (DV-01)', async () => {
    const own = await createClient(admin, { device_authorization: true });
    const [looked, decided] = [await shown(own), await allowed(own)];
    const path = `/api/v1/oauth-clients/${own.client_id}`;
    expect((await admin.send('PATCH', path, { version: own.version, device_authorization: false })).status).toBe(200);
    expect((await decide(dev, looked.request_id, [looked.details.selectable_teams[0]!.id])).status).toBe(410);
    expect(told(await poll(own, decided.device_code))).toEqual([400, 'unauthorized_client']);
  });

  it('is swept away when its time is long over (DV-01)', async () => {
    await begin(tv);
    await api.advance(LIFETIME_SECONDS + 3600 + 1);
    await api.sweep();
    expect(await api.sql('SELECT 1 FROM device_authorization')).toEqual([]);
  });
});

describe('with resource indicators', () => {
  it('a device names what its token is for, and the page shows it (RI-01, DV-01)', async () => {
    await createClient(admin, { resource_server: true, redirect_uris: [], resources: ['https://board.test'] });
    expect(told(await begin(tv, { resource: 'https://other.test' }))).toEqual([400, 'invalid_target']);
    const { details, device_code } = await allowed(server, dev, { resource: 'https://board.test/' });
    expect(details.resources).toEqual(['https://board.test']);
    expect(told(await poll(server, device_code, { changed: { resource: 'https://other.test' } }))).toEqual([400, 'invalid_target']);
    const { body } = await poll(server, device_code);
    expect((await introspect(api, server, body.access_token)).body['aud']).toBe('https://board.test');
  });
});

describe('the switch', () => {
  it('takes both ends, the grant type and the metadata away (DV-01)', async () => {
    const on = (await dev.get('/.well-known/oauth-authorization-server')).body;
    expect(on['device_authorization_endpoint']).toBe(`${api.issuer}/oauth2/device_authorization`);
    expect(on['grant_types_supported']).toEqual(['authorization_code', 'refresh_token', GRANT_TYPE]);
    const { device_code, user_code } = (await begin(tv)).body;
    const off = await api.replica({ DEVICE_AUTHORIZATION: '0' });
    const metadata = (await dev.at(off).get('/.well-known/openid-configuration')).body;
    expect([metadata['device_authorization_endpoint'], metadata['grant_types_supported']]).toEqual([
      undefined,
      ['authorization_code', 'refresh_token'],
    ]);
    expect((await form(off, '/oauth2/device_authorization', credentials(tv))).status).toBe(404);
    expect((await enter(dev.at(off), user_code)).status).toBe(404);
    expect(told(await poll(tv, device_code, { on: off }))).toEqual([400, 'unsupported_grant_type']);
    const document = (await dev.at(off).get<{ paths: object }>('/api/v1/openapi.json')).body;
    expect(Object.keys(document.paths).filter((path) => path.includes('device'))).toEqual([]);
  });
});
