import type { AuthorizationRequestDetails, Client, SessionInfo } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  allow,
  type Answer,
  authorizeQuery,
  Browser,
  browserOf,
  consent,
  createClient,
  newPkce,
  REDIRECT_URI,
} from '../support/browser.js';
import { ADMIN, DEV, PASSWORD, SECURITY, VIEWER } from '../support/constants.js';
import { send } from './raw.js';
import { authorize, requestIdOf } from './authorization.js';

const OUR_PAGES = ['/login?request_id=x', '/consent?request_id=x', '/', '/clients', '/settings/anything'];
/** Every part of this page is ours to send, also where the admin app has not been built. */
const FAULT_PAGE = '/oauth2/authorize?client_id=unknown';
const FOREIGN: Record<string, string>[] = [
  { origin: 'https://evil.test' },
  { origin: 'null' },
  { origin: 'http://localhost' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
];

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

/** A policy as its directives. */
function policyOf(headers: Readonly<Record<string, string>>): Map<string, string> {
  const directives = headers['content-security-policy']!.split(';').map((each) => each.trim());
  return new Map(directives.map((each) => [each.split(' ', 1)[0]!, each.slice(each.indexOf(' ') + 1)]));
}

describe('a page of ours', () => {
  it.each([...OUR_PAGES, FAULT_PAGE])('%s cannot be framed, leaks no address and runs no foreign script (UX-01, UX-02)', async (path) => {
    const { headers } = await send(api, 'GET', path);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const policy = policyOf(headers);
    expect(policy.get('frame-ancestors')).toBe(`'none'`);
    expect(policy.get('base-uri')).toBe(`'none'`);
    expect(policy.get('object-src') ?? policy.get('default-src')).toBe(`'none'`);
    expect([`'self'`, `'none'`]).toContain(policy.get('default-src'));
    expect(policy.get('script-src') ?? policy.get('default-src')).not.toMatch(/unsafe|http|\*|data:/);
    expect(headers).not.toHaveProperty('strict-transport-security');
  });

  it.each([
    ['/login', `'self'`],
    ['/login?return_to=%2Fconsent%3Frequest_id%3Dx', `'self'`],
    ['/login?request_id=x', undefined],
    ['/login?return_to=%2F&request_id=x', undefined],
    ['/consent?request_id=x', undefined],
    ['/consented', `'self'`],
    ['/', `'self'`],
    ['/settings/oauth-clients?request_id=x', `'self'`],
  ])('%s lets forms go to %s: to ourselves alone, but where the way leads back to a client (UX-03)', async (path, target) => {
    const page = policyOf((await send(api, 'GET', path)).headers);
    // The admin app need not be built here; its fault page has no form at all.
    expect([`'none'`, target]).toContain(page.get('form-action'));
  });

  it('asks for TLS and marks its cookies for this host alone where the issuer is https (UX-02, UX-04)', async () => {
    const production = await startApi({ ISSUER: 'https://auth.example.test' });
    try {
      for (const path of [...OUR_PAGES, FAULT_PAGE]) {
        expect((await send(production, 'GET', path)).headers['strict-transport-security']).toMatch(/^max-age=\d{8,}/);
      }
      const browser = new Browser(production);
      const answer = await browser.post('/api/v1/session', { email: ADMIN, password: PASSWORD });
      expectCookie(answer, '__Host-bhf_session', true);
      const client = await createClient(browser);
      expectCookie(await browser.get(`/oauth2/authorize?${authorizeQuery(client, newPkce())}`), '__Host-bhf_request_', true);
    } finally {
      await production.stop();
    }
  });

  it('shows nothing of what was sent to it (UX-09)', async () => {
    for (const name of ['client_id', 'redirect_uri', 'state', 'scope']) {
      const { text } = await send(api, 'GET', `/oauth2/authorize?${name}=%3Cimg%20onerror%3Dalert(1)%3E&client_id=x`);
      expect(text).not.toMatch(/<img|onerror/);
    }
  });
});

function expectCookie(answer: Answer, name: string, secure: boolean): void {
  const lines = answer.headers.getSetCookie();
  expect(lines).toHaveLength(1);
  const [pair, ...attributes] = lines[0]!.split('; ');
  expect(pair!.startsWith(name)).toBe(true);
  expect(pair!.split('=')[1]).toMatch(/^bhf_(ss|rq)_[A-Za-z0-9_-]{43}$/);
  expect(attributes).toEqual(expect.arrayContaining(['HttpOnly', 'SameSite=Lax', 'Path=/']));
  expect(attributes.includes('Secure')).toBe(secure);
  expect(lines[0]).not.toMatch(/domain=/i);
}

describe('the browser session', () => {
  it('is a random reference in a cookie for this path and top-level visits, plain where the issuer is (UX-04)', async () => {
    const browser = new Browser(api);
    expectCookie(await browser.post('/api/v1/session', { email: DEV, password: PASSWORD }), 'bhf_session', false);
    const client = await createClient(admin);
    expectCookie(await browser.get(`/oauth2/authorize?${authorizeQuery(client, newPkce())}`), 'bhf_request_', false);
  });

  it('is never one that somebody else planted, who gains nothing by the sign-in (UX-05)', async () => {
    const attacker = await browserOf(api, VIEWER);
    const planted = attacker.cookies.get('bhf_session')!;
    const victim = new Browser(api);
    for (const value of [planted, 'chosen', `bhf_ss_${'a'.repeat(43)}`]) {
      victim.cookies.set('bhf_session', value);
      await victim.signIn(DEV);
      expect(victim.cookies.get('bhf_session')).not.toBe(value);
      expect((await victim.get<SessionInfo>('/api/v1/session')).body.user.email).toBe(DEV);
    }
    const { body } = await attacker.get<SessionInfo>('/api/v1/session');
    expect([undefined, VIEWER]).toContain(body.user?.email);
  });

  it('is new at every sign-in and over on the server at sign-out (UX-05)', async () => {
    const browser = await browserOf(api, DEV);
    const earlier = browser.cookies.get('bhf_session')!;
    expect((await browser.send('DELETE', '/api/v1/session')).status).toBe(204);
    const kept = new Browser(api);
    kept.cookies.set('bhf_session', earlier);
    expect((await kept.get('/api/v1/session')).status).toBe(401);
    await kept.signIn(DEV);
    expect(kept.cookies.get('bhf_session')).not.toBe(earlier);
  });
});

describe('a write from another site', () => {
  it.each(FOREIGN)('under %j is refused and changes nothing: sign-in, decision, sign-out, client settings (UX-06)', async (headers) => {
    const client = await createClient(admin);
    const request_id = requestIdOf(await authorize(dev, client, { prompt: 'consent' }));
    const details = await dev.get<AuthorizationRequestDetails>(`/api/v1/authorization-requests/${request_id}`);
    const team_ids = [details.body.selectable_teams[0]!.id];
    const stranger = new Browser(api);
    const path = `/api/v1/oauth-clients/${client.client_id}`;
    const answers = [
      await stranger.post('/api/v1/session', { email: DEV, password: PASSWORD }, headers),
      await dev.post(`/api/v1/authorization-requests/${request_id}/decision`, { decision: 'allow', team_ids }, headers),
      await dev.send('DELETE', '/api/v1/session', undefined, headers),
      await admin.post('/api/v1/oauth-clients', { client_name: 'forged', redirect_uris: [REDIRECT_URI] }, headers),
      await admin.send('PATCH', path, { client_name: 'forged', version: client.version }, headers),
      await admin.send('PUT', `${path}/status`, { status: 'disabled' }, headers),
      await admin.post(`${path}/rotate-secret`, { confirm_name: client.client_name }, headers),
      await admin.post(`${path}/delete`, { confirm_name: client.client_name }, headers),
      await admin.send('DELETE', `/api/v1/connected-apps/${client.client_id}/tokens`, undefined, headers),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.body['type']]).toEqual([403, expect.stringMatching(/#cross-site-request$/)]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(stranger.cookies.size).toBe(0);
    expect((await dev.get('/api/v1/session')).status).toBe(200);
    expect((await admin.get<Client>(path)).body).toMatchObject({
      client_name: client.client_name,
      status: 'enabled',
      version: client.version,
    });
    expect((await api.sql(`SELECT 1 FROM oauth_client WHERE client_name = 'forged'`)).length).toBe(0);
    expect((await allow(dev, request_id)).searchParams.get('code')).toBeTruthy();
  });

  it.each<Record<string, string>>([
    {},
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'OWN' },
    { origin: 'OWN', 'sec-fetch-site': 'same-origin' },
  ])('is not one that comes with %j (UX-06)', async (named) => {
    const headers = named['origin'] ? { ...named, origin: api.issuer } : named;
    const answer = await admin.post('/api/v1/oauth-clients', { client_name: 'own', redirect_uris: [REDIRECT_URI] }, headers);
    expect(answer.status).toBe(201);
  });

  it('may be a form on no account: nothing but JSON is read (UX-06)', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=b']) {
      const browser = new Browser(api);
      const answer = await browser.post('/api/v1/session', JSON.stringify({ email: DEV, password: PASSWORD }), { 'content-type': type });
      expect([answer.status, browser.cookies.size]).toEqual([415, 0]);
    }
  });
});

describe('whoever may not manage clients', () => {
  it('still authorizes them and sees what is their own (UX-12)', async () => {
    const client = await createClient(admin);
    const viewer = await browserOf(api, VIEWER);
    expect((await consent(viewer, client)).code).toBeTruthy();
    for (const path of ['/api/v1/session', '/api/v1/connected-apps', '/api/v1/consents', '/api/v1/ui-sessions']) {
      expect([path, (await viewer.get(path)).status]).toEqual([path, 200]);
    }
    const reads: [Browser, number][] = [
      [viewer, 403],
      [dev, 403],
      [await browserOf(api, SECURITY), 200],
    ];
    for (const [browser, status] of reads) {
      expect((await browser.get('/api/v1/oauth-clients')).status).toBe(status);
      expect((await browser.post('/api/v1/oauth-clients', { client_name: 'x', redirect_uris: [REDIRECT_URI] })).status).toBe(403);
    }
  });
});
