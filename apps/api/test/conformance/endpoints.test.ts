import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  type Browser,
  browserOf,
  consent,
  createClient,
  form,
  newPkce,
  type TestClient,
  userinfo,
  authorizeQuery,
  credentials,
  obtainTokens,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { FORM, type RawAnswer, send, sendForm } from './raw.js';

const PRINTABLE = /^[\x20-\x21\x23-\x5B\x5D-\x7E]*$/;
const METADATA = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'];

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let spa: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
  spa = await createClient(admin, { client_type: 'public' });
});

afterAll(() => api.stop());

const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const errorOf = (answer: Pick<RawAnswer, 'text'>) => (JSON.parse(answer.text) as { error: string }).error;

/** The body of a good exchange, for a test to spoil. */
async function exchangeBody(of = client): Promise<string> {
  const { code, pkce } = await consent(dev, of);
  return encode({ grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, ...credentials(of) });
}

const postToken = (body: string | Buffer, headers: Record<string, string> = {}) => sendForm(api, '/oauth2/token', body, headers);

describe('where the server is', () => {
  it.each(['http://example.com', 'http://127.0.0.1.example.com', 'https://example.com/', 'https://example.com?x=1'])(
    'refuses to start as %s: https, or http on loopback, written in its normal form (G-01)',
    async (issuer) => {
      await expect(startApi({ ISSUER: issuer })).rejects.toThrow(/ended with code 1[^]*ISSUER/);
    },
  );

  it('names itself from its configuration, never from Host or X-Forwarded headers (G-01)', async () => {
    const headers = {
      host: 'evil.test',
      'x-forwarded-host': 'evil.test',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.test;proto=https',
    };
    for (const path of METADATA) {
      const answer = await send(api, 'GET', path, { headers });
      expect(JSON.parse(answer.text)).toMatchObject({ issuer: api.issuer, token_endpoint: `${api.issuer}/oauth2/token` });
      expect(answer.text).not.toContain('evil.test');
    }
    const refused = await send(api, 'GET', `/oauth2/authorize?${authorizeQuery(client, newPkce(), { scope: 'nope' })}`, { headers });
    expect(new URL(refused.headers['location']!).searchParams.get('iss')).toBe(api.issuer);
    const page = await send(api, 'GET', `/oauth2/authorize?${authorizeQuery(client, newPkce())}`, { headers });
    expect(page.headers['location']).toMatch(/^\/login\?request_id=/);
  });
});

describe('answers', () => {
  it('are 200 for every success, 4xx JSON for every refusal, and never stored by a cache (G-02, G-03)', async () => {
    const tokens = await obtainTokens(api, dev, client);
    const ours = credentials(client);
    const wrong = { ...ours, client_secret: 'wrong' };
    const { access_token } = tokens;
    const cases: [status: number, answer: Promise<RawAnswer>][] = [
      [200, postToken(await exchangeBody())],
      [200, sendForm(api, '/oauth2/introspect', encode({ token: access_token, ...ours }))],
      [200, sendForm(api, '/oauth2/revoke', encode({ token: 'never issued', ...ours }))],
      [200, send(api, 'GET', '/oauth2/userinfo', { headers: { authorization: `Bearer ${access_token}` } })],
      ...['token', 'introspect', 'revoke'].flatMap((name): [number, Promise<RawAnswer>][] => [
        [400, sendForm(api, `/oauth2/${name}`, encode(ours))],
        [401, sendForm(api, `/oauth2/${name}`, encode({ token: 'x', grant_type: 'refresh_token', ...wrong }))],
      ]),
      [401, send(api, 'GET', '/oauth2/userinfo', { headers: { authorization: 'Bearer wrong' } })],
      [400, sendForm(api, '/oauth2/userinfo', 'access_token=a&access_token=b')],
    ];
    for (const [status, promise] of cases) {
      const answer = await promise;
      expect(answer.status).toBe(status);
      expect(answer.headers['cache-control']).toBe('no-store');
      if (status === 200) continue;
      expect(answer.headers['content-type']).toMatch(/^application\/json/);
      expect(Object.keys(JSON.parse(answer.text) as object).toSorted()).toEqual(['error', 'error_description']);
    }
  });

  it('that show a secret or end a session are not stored either, in the management API (G-03)', async () => {
    const browser = await browserOf(api, ADMIN);
    const registered = await browser.post<{ client: { client_id: string } }>('/api/v1/oauth-clients', {
      client_name: 'shown once',
      redirect_uris: ['https://app.test/callback'],
    });
    const path = `/api/v1/oauth-clients/${registered.body.client.client_id}`;
    const answers: [status: number, answer: Answer][] = [
      [201, registered],
      [200, await browser.post(`${path}/rotate-secret`, { confirm_name: 'shown once' })],
      [422, await browser.post(`${path}/rotate-secret`, { confirm_name: 'another' })],
      [200, await browser.get('/api/v1/session')],
      [204, await browser.send('DELETE', '/api/v1/session')],
      [401, await browser.get('/api/v1/session')],
    ];
    for (const [status, answer] of answers) expect([answer.status, answer.headers.get('cache-control')]).toEqual([status, 'no-store']);
  });

  it('say nothing about a fault of our own but a request id, which finds the log line (G-02)', async () => {
    const body = await exchangeBody();
    await api.sql('ALTER TABLE authorization_grant RENAME TO hidden');
    const answer = await postToken(body);
    await api.sql('ALTER TABLE hidden RENAME TO authorization_grant');
    expect(answer.status).toBe(500);
    expect(Object.keys(JSON.parse(answer.text) as object).toSorted()).toEqual(['error', 'error_description']);
    expect(errorOf(answer)).toBe('server_error');
    expect(answer.headers['cache-control']).toBe('no-store');
    const find = () =>
      api
        .logs()
        .split('\n')
        .find((each) => each.includes(answer.headers['x-request-id']!) && each.includes('request failed'));
    // The log comes through a pipe of its own, and may come after the answer.
    for (let tries = 0; tries < 100 && !find(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(find()).toContain('authorization_grant');
    expect((await postToken(body)).status).toBe(200);
  });

  it.each([
    ['GET', '/oauth2/token', 'POST'],
    ['GET', '/oauth2/revoke', 'POST'],
    ['GET', '/oauth2/introspect', 'POST'],
    ['PUT', '/oauth2/authorize', 'GET, POST'],
    ['DELETE', '/oauth2/userinfo', 'GET, POST'],
    ['POST', '/oauth2/jwks', 'GET'],
    ['POST', METADATA[0]!, 'GET'],
    ['DELETE', '/api/v1/session', 'GET'],
    ['PUT', '/api/v1/oauth-clients', 'GET, POST'],
  ])('%s %s is told which methods there are (G-04)', async (method, path, some) => {
    const answer = await send(api, method, path);
    if (path === '/api/v1/session') return expect([204, 401]).toContain(answer.status);
    expect(answer.status).toBe(405);
    const allow = answer.headers['allow']!.split(', ');
    expect(allow).toEqual(expect.arrayContaining(some.split(', ')));
    expect(allow).not.toContain(method);
  });
});

describe('forms', () => {
  it('are taken as application/x-www-form-urlencoded alone (G-05)', async () => {
    const body = await exchangeBody();
    const json = JSON.stringify(Object.fromEntries(new URLSearchParams(body)));
    const multipart = [...new URLSearchParams(body)]
      .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
      .join('');
    const refused = [
      await send(api, 'POST', '/oauth2/token', { body: json, headers: { 'content-type': 'application/json' } }),
      await send(api, 'POST', '/oauth2/token', {
        body: `${multipart}--b--\r\n`,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
      await send(api, 'POST', '/oauth2/token', { body, headers: { 'content-type': 'text/plain' } }),
      await send(api, 'POST', '/oauth2/token', { body, headers: { 'content-type': 'nonsense' } }),
      await send(api, 'POST', '/oauth2/token', { body }),
      await send(api, 'POST', '/oauth2/token'),
    ];
    for (const answer of refused) expect([answer.status, errorOf(answer)]).toEqual([400, 'invalid_request']);
    expect((await postToken(body, { 'content-type': `${FORM}; charset=UTF-8` })).status).toBe(200);
  });

  it('hold a known parameter once; the code is still good after a refusal (G-06)', async () => {
    const body = await exchangeBody();
    for (const [name, value] of new URLSearchParams(body)) {
      const answer = await postToken(`${body}&${encode({ [name]: value })}`);
      expect([name, answer.status, errorOf(answer)]).toEqual([name, 400, 'invalid_request']);
    }
    expect((await postToken(`${body}&redirect_uri=&redirect_uri=`)).status).toBe(400);
    expect((await postToken(body)).status).toBe(200);
  });

  it('may hold anything that is not known, also repeated or oddly named (G-07)', async () => {
    const odd = 'foo=1&foo=2&a[b]=c&__proto__=x&constructor=x&__proto__=y&=z&&toString&%FF=1&grant_type[]=x&resource=https://a.test/';
    expect((await postToken(`${odd}&${await exchangeBody()}&${odd}`)).status).toBe(200);
    const query = authorizeQuery(client, newPkce());
    const [plain, decorated] = await Promise.all([dev.get(`/oauth2/authorize?${query}`), dev.get(`/oauth2/authorize?${odd}&${query}`)]);
    expect(plain.status).toBe(303);
    expect(new URL(decorated.headers.get('location')!, api.issuer).origin).toBe(new URL(plain.headers.get('location')!, api.issuer).origin);
    expect(decorated.headers.get('location')).not.toContain('error');
  });

  it('take an empty value for an absent one (G-08)', async () => {
    expect((await postToken(`${await exchangeBody(spa)}&client_secret=&redirect_uri=&scope`)).status).toBe(200);
    const refused = await dev.get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), { code_challenge: '', state: '' })}`);
    const { searchParams } = new URL(refused.headers.get('location')!);
    expect([searchParams.get('error'), searchParams.has('state')]).toEqual(['invalid_request', false]);
    const { redirect } = await consent(dev, client, { parameters: { state: '', nonce: '', scope: '', prompt: '', max_age: '' } });
    expect(redirect.searchParams.has('state')).toBe(false);
  });

  it('bring every parameter in the body: one in the URL is refused, wherever the rest stands (G-09)', async () => {
    const body = await exchangeBody();
    for (const [name, value] of new URLSearchParams(body)) {
      const rest = new URLSearchParams(body);
      rest.delete(name);
      for (const text of [rest.toString(), body]) {
        const answer = await sendForm(api, `/oauth2/token?${encode({ [name]: value })}`, text);
        expect([name, answer.status, errorOf(answer)]).toEqual([name, 400, 'invalid_request']);
      }
    }
    const { refresh_token, access_token } = await obtainTokens(api, dev, client);
    const ours = encode(credentials(client));
    expect((await sendForm(api, `/oauth2/token?refresh_token=${refresh_token}`, `${ours}&grant_type=refresh_token`)).status).toBe(400);
    expect((await sendForm(api, `/oauth2/introspect?token=${access_token}`, ours)).status).toBe(400);
    expect((await sendForm(api, `/oauth2/revoke?token=${access_token}`, ours)).status).toBe(400);
    expect((await userinfo(api, access_token)).status).toBe(200);
    expect((await sendForm(api, '/oauth2/token?foo=1', body)).status).toBe(200);
  });

  it.each([
    [{ grant_type: 'Authorization_Code' }, 'unsupported_grant_type'],
    [{ grant_type: 'authorization_code ' }, 'unsupported_grant_type'],
    [{ grant_type: '"><é\\\r\nX-Evil: 1' }, 'unsupported_grant_type'],
    [{ grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{ Grant_Type: 'authorization_code' }, 'invalid_request'],
    [{ grant_type: 'authorization_code', code: '<script>"\\é', code_verifier: 'a'.repeat(43) }, 'invalid_grant'],
    [{ grant_type: 'refresh_token', refresh_token: '<script>"\\é' }, 'invalid_grant'],
  ])('are case sensitive and never echoed: %j is %s (G-10)', async (fields, error) => {
    const answer = await form(api, '/oauth2/token', { ...fields, ...credentials(client) });
    expect([answer.status, answer.body['error']]).toEqual([400, error]);
    expect(answer.body['error_description']).toMatch(PRINTABLE);
    expect(answer.text).not.toMatch(/<script|Evil/);
    expect(answer.headers.has('x-evil')).toBe(false);
  });
});
