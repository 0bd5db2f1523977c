import { type Api, startApi } from '../support/api.js';
import { type Browser, browserOf, consent, createClient, credentials, obtainTokens, type TestClient } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { type RawAnswer, send, sendForm } from './raw.js';

const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const JWKS = '/oauth2/jwks';
const ORIGIN = 'https://app.test';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
});

afterAll(() => api.stop());

const crossOriginHeaders = ({ headers }: RawAnswer) => Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('calls of browser apps at other origins', () => {
  it('may read what token, revoke, userinfo, metadata and keys answer, refusals too, never with cookies (CO-01)', async () => {
    const { access_token } = await obtainTokens(api, dev, client);
    const ours = new URLSearchParams(credentials(client)).toString();
    const headers = { origin: ORIGIN };
    const { code, pkce } = await consent(dev, client);
    const bearer = (token: string) => ({ headers: { ...headers, authorization: `Bearer ${token}` } });
    const answers: [status: number, answer: RawAnswer][] = [
      [
        200,
        await sendForm(
          api,
          '/oauth2/token',
          `grant_type=authorization_code&code=${code}&code_verifier=${pkce.code_verifier}&${ours}`,
          headers,
        ),
      ],
      [400, await sendForm(api, '/oauth2/token', `grant_type=x&${ours}`, headers)],
      [401, await sendForm(api, '/oauth2/token', 'grant_type=x&client_id=x', headers)],
      [413, await sendForm(api, '/oauth2/token', 'a'.repeat(100_000), headers)],
      [405, await send(api, 'GET', '/oauth2/token', { headers })],
      [400, await sendForm(api, '/oauth2/revoke', ours, headers)],
      [401, await sendForm(api, '/oauth2/revoke', 'token=x', headers)],
      [200, await send(api, 'GET', '/oauth2/userinfo', bearer(access_token))],
      [401, await send(api, 'GET', '/oauth2/userinfo', bearer('x'))],
      [200, await sendForm(api, '/oauth2/revoke', `token=${access_token}&${ours}`, headers)],
      [200, await send(api, 'GET', OAUTH, { headers })],
      [200, await send(api, 'GET', OPENID, { headers })],
      [200, await send(api, 'GET', JWKS, { headers })],
    ];
    for (const [status, answer] of answers) {
      expect(answer.status).toBe(status);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      expect(answer.headers['access-control-expose-headers']!.split(', ')).toEqual(
        expect.arrayContaining(['WWW-Authenticate', 'DPoP-Nonce', 'Retry-After']),
      );
    }
  });

  it.each([
    ['/oauth2/token', 'POST'],
    ['/oauth2/revoke', 'POST'],
    ['/oauth2/userinfo', 'GET'],
    ['/oauth2/userinfo', 'POST'],
    [OAUTH, 'GET'],
    [OPENID, 'GET'],
    [JWKS, 'GET'],
  ])('ask first at %s for %s, and hear which headers they may send (CO-01, CO-02)', async (path, method) => {
    const asked = {
      origin: ORIGIN,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,mcp-protocol-version',
    };
    const answer = await send(api, 'OPTIONS', path, { headers: asked });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-methods']!.split(', ')).toContain(method);
    const allowed = answer.headers['access-control-allow-headers']!.toLowerCase().split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'dpop', 'mcp-protocol-version']));
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it('read nothing of the management API and the session (CO-03)', async () => {
    const headers = {
      origin: ORIGIN,
      'access-control-request-method': 'POST',
      cookie: [...dev.cookies].map((pair) => pair.join('=')).join('; '),
    };
    for (const path of [
      '/api/v1/session',
      '/api/v1/oauth-clients',
      '/api/v1/connected-apps',
      '/api/v1/nope',
      '/oauth2/introspect',
      '/login',
    ]) {
      for (const method of ['GET', 'OPTIONS', 'POST', 'DELETE']) {
        if (method === 'DELETE' && path !== '/api/v1/nope') continue;
        expect([path, method, crossOriginHeaders(await send(api, method, path, { headers }))]).toEqual([path, method, []]);
      }
    }
  });
});
