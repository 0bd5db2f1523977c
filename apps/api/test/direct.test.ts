import { request } from 'node:http';
import { BODY_LIMIT_BYTES } from '../src/platform/http/limits.js';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, consent, createClient, credentials, form, obtainTokens, type TestClient } from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';
import { newDpopKey } from './support/dpop.js';

// Plain calls of the hot endpoints are served ahead of the framework, all others through it: nobody may notice which.

let api: Api;
let client: TestClient;
let publicClient: TestClient;
let tokens: { access_token: string; refresh_token?: string };
/** Of a client that has proven a key, which it is bound to. */
let bound: string;

beforeAll(async () => {
  api = await startApi();
  const admin: Browser = await browserOf(api, ADMIN);
  client = await createClient(admin);
  publicClient = await createClient(admin, { client_type: 'public' });
  const dev = await browserOf(api, DEV);
  tokens = await obtainTokens(api, dev, client);
  const { code, pkce } = await consent(dev, client);
  const fields = { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, ...credentials(client) };
  const dpop = newDpopKey().proof('POST', `${api.issuer}/oauth2/token`);
  bound = (await form<{ access_token: string }>(api, '/oauth2/token', fields, { dpop })).body.access_token;
});

afterAll(() => api.stop());

interface Sent {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

const basic = (secret: string) => `Basic ${Buffer.from(`${client.client_id}:${secret}`).toString('base64')}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** What is seen of an answer, but for its instant and its own id. */
async function send({ method = 'POST', path, headers = {}, body = '' }: Sent, asItGoes: Record<string, string>) {
  return new Promise<object>((resolve, reject) => {
    const sent = request(`${api.issuer}${path}`, { method, headers: { ...(method === 'POST' && FORM), ...headers, ...asItGoes } });
    sent.on('error', reject).on('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const { date, 'x-request-id': id, ...others } = answer.headers;
        resolve({
          status: answer.statusCode,
          headers: others,
          stamped: [typeof date, /^[0-9a-f-]{36}$/.test(String(id))],
          body: Buffer.concat(chunks).toString(),
        });
      });
    });
    sent.end(body);
  });
}

const authorized = () => ({ authorization: basic(client.client_secret!) });

const CALLS: [string, () => Sent][] = [
  ['an introspection', () => ({ path: '/oauth2/introspect', headers: authorized(), body: `token=${tokens.access_token}` })],
  ['one of a refresh token', () => ({ path: '/oauth2/introspect', headers: authorized(), body: `token=${tokens.refresh_token}` })],
  ['one of a bound token', () => ({ path: '/oauth2/introspect', headers: authorized(), body: `token=${bound}` })],
  ['one of nonsense', () => ({ path: '/oauth2/introspect', headers: authorized(), body: 'token=nonsense' })],
  ['one without a token', () => ({ path: '/oauth2/introspect', headers: authorized(), body: 'x=y' })],
  ['one whose parameter is repeated', () => ({ path: '/oauth2/introspect', headers: authorized(), body: 'token=a&token=b' })],
  ['one that is no UTF-8', () => ({ path: '/oauth2/introspect', headers: authorized(), body: Buffer.from('token=\xff', 'latin1') })],
  ['one by a public client', () => ({ path: '/oauth2/introspect', body: `token=x&client_id=${publicClient.client_id}` })],
  ['a wrong secret', () => ({ path: '/oauth2/introspect', headers: { authorization: basic('wrong') }, body: 'token=x' })],
  ['two ways of authentication', () => ({ path: '/oauth2/token', headers: authorized(), body: 'client_secret=x&grant_type=refresh_token' })],
  ['no client at all', () => ({ path: '/oauth2/token', body: 'grant_type=refresh_token' })],
  ['an unknown grant type', () => ({ path: '/oauth2/token', headers: authorized(), body: 'grant_type=password' })],
  ['a code that is none', () => ({ path: '/oauth2/token', headers: authorized(), body: `grant_type=authorization_code&code=x&code_verifier=${'v'.repeat(43)}` })],
  ['the largest body', () => ({ path: '/oauth2/token', headers: authorized(), body: `x=${'y'.repeat(BODY_LIMIT_BYTES - 2)}` })],
  ['a larger one', () => ({ path: '/oauth2/token', headers: authorized(), body: `x=${'y'.repeat(BODY_LIMIT_BYTES)}` })],
  ['user info', () => ({ method: 'GET', path: '/oauth2/userinfo', headers: { authorization: `Bearer ${tokens.access_token}` } })],
  ['user info by nonsense', () => ({ method: 'GET', path: '/oauth2/userinfo', headers: { authorization: 'Bearer nonsense' } })],
  ['user info by a bound token as a bearer one', () => ({ method: 'GET', path: '/oauth2/userinfo', headers: { authorization: `Bearer ${bound}` } })],
  ['user info by a bound token without a proof', () => ({ method: 'GET', path: '/oauth2/userinfo', headers: { authorization: `DPoP ${bound}` } })],
  ['user info by an unbound token as a bound one', () => ({ method: 'GET', path: '/oauth2/userinfo', headers: { authorization: `DPoP ${tokens.access_token}` } })],
  ['user info by nobody', () => ({ method: 'GET', path: '/oauth2/userinfo' })],
]; // prettier-ignore

it.each(CALLS)('%s is answered alike on either way, to the last header', async (_, call) => {
  const sent = call();
  const length = String(Buffer.byteLength(sent.body ?? ''));
  const plain: Record<string, string> = sent.method === 'GET' ? {} : { 'content-length': length };
  const unusual: Record<string, string> = sent.method === 'GET' ? { 'content-length': '0' } : { 'transfer-encoding': 'chunked' };
  const direct = await send(sent, plain);
  expect(direct).toEqual(await send(sent, unusual));
  expect(direct).toMatchObject({
    stamped: ['string', true],
    headers: { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' },
  });
});
