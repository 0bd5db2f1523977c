import { type Api, startApi } from '../support/api.js';
import {
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  newPkce,
  type TestClient,
  authorizeQuery,
  credentials,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { FORM, type RawAnswer, send, sendBytes, sendForm } from './raw.js';

const MEBIBYTE = 1024 * 1024;

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

const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const errorOf = (answer: Pick<RawAnswer, 'text'>) => (JSON.parse(answer.text) as { error: string }).error;

/** The body of a good exchange, for a test to spoil. */
async function exchangeBody(of = client): Promise<string> {
  const { code, pkce } = await consent(dev, of);
  return encode({ grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, ...credentials(of) });
}

const postToken = (body: string | Buffer, headers: Record<string, string> = {}) => sendForm(api, '/oauth2/token', body, headers);

describe('garbage', () => {
  const GARBAGE = [
    '%00',
    'a%00b',
    '%FF',
    '%C0%80',
    '%ZZ',
    '%',
    '%ED%A0%80',
    '%F0%9F%99%82',
    '%E2%80%AE',
    'a'.repeat(MEBIBYTE),
    '\u{1F642}',
    '%0d%0aX-Evil:1',
  ];
  const FORM_NAMES =
    'grant_type code code_verifier redirect_uri refresh_token scope token token_type_hint client_id client_secret client_assertion client_assertion_type dpop_jkt access_token'.split(
      ' ',
    );
  const QUERY_NAMES =
    'client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method prompt max_age login_hint request request_uri registration dpop_jkt'.split(
      ' ',
    );
  const good: Record<string, () => Record<string, string>> = {
    '/oauth2/token': () => ({ grant_type: 'authorization_code', code: 'x', code_verifier: 'a'.repeat(43), ...credentials(client) }),
    '/oauth2/revoke': () => ({ token: 'x', ...credentials(client) }),
    '/oauth2/introspect': () => ({ token: 'x', ...credentials(client) }),
    '/oauth2/userinfo': () => ({}),
  };

  it.each(Object.keys(good))('in any parameter of %s is the caller’s fault, never ours (G-11)', async (path) => {
    for (const name of FORM_NAMES) {
      for (const value of GARBAGE) {
        const rest = good[path]!();
        delete rest[name];
        for (const spoilt of value.length < MEBIBYTE
          ? [`${name}=${value}`, `${name}[]=${value}`, `${value}=${name}`]
          : [`${name}=${value}`]) {
          const answer = await sendForm(api, path, `${encode(rest)}&${spoilt}`);
          expect([200, 400, 401, 413]).toContain(answer.status);
          if (answer.status !== 200) expect(typeof errorOf(answer)).toBe('string');
          expect(answer.headers).not.toHaveProperty('x-evil');
        }
      }
    }
    const bytes = Buffer.concat([Buffer.from(`${encode(good[path]!())}&scope=`), Buffer.from([0xff, 0xc0, 0x80, 0])]);
    expect([400, 401]).toContain((await sendForm(api, path, bytes)).status);
  });

  it('in any parameter of the authorization endpoint is a page of ours or an error to the client (G-11)', async () => {
    for (const name of QUERY_NAMES) {
      for (const value of GARBAGE) {
        const spoilt = `${authorizeQuery(client, newPkce(), { [name]: undefined })}&${name}=${value}`;
        const answers = [await sendForm(api, '/oauth2/authorize', spoilt)];
        // A request line holds ASCII alone; the parser below answers anything else.
        if (value !== '\u{1F642}') answers.push(await send(api, 'GET', `/oauth2/authorize?${spoilt}`));
        for (const answer of answers) {
          expect(value.length < MEBIBYTE ? [303, 400] : [413, 431]).toContain(answer.status);
          expect(answer.headers).not.toHaveProperty('x-evil');
          if (answer.status === 400) expect(answer.headers['content-type']).toMatch(/^text\/html/);
          if (answer.status === 303) {
            expect(answer.headers['location']).toMatch(/^(\/login\?|\/oauth2\/authorize\/resume\?|https:\/\/app\.test\/callback\?error=)/);
          }
        }
      }
    }
  });

  it.each([
    '/oauth2/token%',
    '/oauth2/%ZZ',
    '/.well-known/%FF',
    '/api/v1/oauth-clients/%00',
    '/api/v1/oauth-clients/%ED%A0%80',
    '/api/v1/%',
    '/login%ZZ',
  ])('in the path %s is no fault of ours (G-11)', async (path) => {
    expect((await send(api, 'GET', path)).status).toBeLessThan(500);
  });

  it.each([
    ['a NUL in a header', 'GET /oauth2/userinfo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \0\r\n\r\n'],
    ['no HTTP at all', '\x16\x03\x01\0\xa5\r\n\r\n'],
    [
      'two lengths',
      `POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\na=b&c`,
    ],
    [
      'a length and chunks',
      `POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['a NUL in the path', 'GET /oauth2/authorize?client_id=\0 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('below HTTP, %s is 400 and the server lives on (G-11)', async (_, text) => {
    expect(await sendBytes(api, Buffer.from(text, 'latin1'))).toMatch(/^HTTP\/1\.1 400 /);
    expect((await send(api, 'GET', '/health/ready')).status).toBe(200);
  });
});

describe('limits', () => {
  it('refuse a body over 64 KB with 413, and take long values that a client may send (G-12)', async () => {
    const large = await postToken(`${await exchangeBody()}&foo=${'a'.repeat(70 * 1024)}`);
    expect([large.status, errorOf(large)]).toEqual([413, 'invalid_request']);
    const long = 'é%"'.repeat(1024);
    expect(Buffer.byteLength(long)).toBe(4096);
    const scope = Array.from({ length: 819 }, () => 'read').join(' ');
    const answer = await consent(dev, client, { parameters: { state: long, nonce: long, login_hint: long, scope } });
    expect(answer.redirect.searchParams.get('state')).toBe(long);
    expect((await exchange(api, client, answer)).body.scope).toBe('read');
  });

  it.each(['/.well-known/nope', '/oauth2/nope', '/oauth2/token/', '/api/v1/nope', '/api/nope', '/api', '/oauth2', '/.well-known'])(
    'give JSON, not the admin app, for the unknown path %s (G-12)',
    async (path) => {
      for (const method of ['GET', 'POST']) {
        const answer = await send(api, method, path);
        expect(answer.status).toBe(404);
        expect(answer.headers['content-type']).toMatch(/^application\/(problem\+)?json/);
      }
    },
  );
});
