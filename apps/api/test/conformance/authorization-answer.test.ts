import { type Api, startApi } from '../support/api.js';
import { type Answer, Browser, browserOf, consent, createClient, exchange, type TestClient } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { authorize, decide, expectRefusal, pending } from './authorization.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let metadataIssuer: string;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
  metadataIssuer = (await dev.get<{ issuer: string }>('/.well-known/oauth-authorization-server')).body.issuer;
});

afterAll(() => api.stop());

describe('the answer to the client', () => {
  const LONG = 'é%"'.repeat(1024);
  it.each([
    ['+ & = % # é 漢 \u{1F642} "<script>'],
    ['%0d%0aSet-Cookie:x=1'],
    ['\r\nSet-Cookie: x=1\r\n\r\n'],
    ['  '],
    ['a+b%2Bc'],
    ['../?a=b&iss=https://evil.test'],
    [LONG],
  ])('carries the state byte for byte: %j (AZ-05)', async (state) => {
    const refused = await authorize(dev, client, { state, scope: 'nope' });
    expectRefusal(api, refused, 'invalid_scope', state);
    expect(refused.headers.getSetCookie()).toEqual([]);
    const { redirect } = await consent(dev, client, { parameters: { state } });
    expect(redirect.searchParams.getAll('state')).toEqual([state]);
    expect(redirect.searchParams.getAll('iss')).toEqual([metadataIssuer]);
  });

  it('has no state where none was sent, and the issuer to the letter always (AZ-05, AZ-06)', async () => {
    const { redirect } = await consent(dev, client, { parameters: { state: undefined } });
    expect([...redirect.searchParams.keys()].toSorted()).toEqual(['code', 'iss']);
    const { request_id } = await pending(dev, client);
    const denied = (await decide(dev, request_id, [], 'deny')).body.redirect_to;
    const silent = await authorize(new Browser(api), client, { prompt: 'none' });
    for (const address of [redirect.href, denied, silent.headers.get('location')!]) {
      expect(new URL(address).searchParams.getAll('iss')).toEqual([metadataIssuer]);
    }
    expect(metadataIssuer).toBe(api.issuer);
  });

  it('is added to the query that the redirect URI has, which is kept (AZ-07)', async () => {
    for (const uri of ['https://a.test/cb?x=1&y=%20', 'https://a.test/cb?', 'https://a.test?x=1']) {
      const own = await createClient(admin, { redirect_uris: [uri] });
      const { redirect_to } = (await allowFirst(dev, own)).body;
      const joint = uri.endsWith('?') ? '' : '&';
      const refused = (await authorize(dev, own, { scope: 'nope' })).headers.get('location')!;
      for (const address of [redirect_to, refused]) expect(address.slice(0, uri.length + joint.length)).toBe(uri + joint);
      expect(redirect_to.slice(uri.length + joint.length)).toMatch(/^code=[^&]+&state=state-1&iss=[^&]+$/);
      expect(refused.slice(uri.length + joint.length)).toMatch(/^error=invalid_scope&/);
    }
  });

  async function allowFirst(browser: Browser, of: TestClient): Promise<Answer<{ redirect_to: string }>> {
    const { request_id, details } = await pending(browser, of);
    return decide(browser, request_id, [details.selectable_teams[0]!.id]);
  }
});

describe('scope', () => {
  it.each<['read_only' | 'full_access', string | undefined, string]>([
    ['read_only', undefined, 'read'],
    ['full_access', undefined, 'read write'],
    ['full_access', 'read', 'read'],
    ['full_access', 'write', 'read write'],
    ['full_access', 'write read read', 'read write'],
    ['read_only', 'read offline_access', 'read'],
    ['read_only', 'openid email read profile', 'openid profile email read'],
  ])('under %s, %j is granted as %j, and the token answer says so (AZ-09)', async (access_preset, scope, granted) => {
    const own = await createClient(admin, { access_preset, issue_refresh_token: false });
    const answer = await exchange(api, own, await consent(dev, own, { parameters: { scope } }));
    expect([answer.status, answer.body.scope]).toEqual([200, granted]);
    expect(answer.body).not.toHaveProperty('refresh_token');
  });
});
