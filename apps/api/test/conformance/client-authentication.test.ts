import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  type Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  exchange,
  form,
  obtainTokens,
  refresh,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { basic } from './raw.js';

const CHALLENGE = /^Basic realm="[^"]+", error="invalid_client"$/;
const ENDPOINTS = ['/oauth2/token', '/oauth2/revoke', '/oauth2/introspect'];

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let spa: TestClient;
let id: string;
let secret: string;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
  spa = await createClient(admin, { client_type: 'public' });
  id = client.client_id;
  secret = client.client_secret!;
});

afterAll(() => api.stop());

/** The fields of a good exchange, without the client. */
async function grantFields(of: TestClient = client): Promise<Record<string, string>> {
  const { code, pkce } = await consent(dev, of);
  return { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier };
}

const post = (fields: Record<string, string>, headers: Record<string, string> = {}, path = '/oauth2/token') =>
  form(api, path, fields, headers);
const byHeader = (authorization: string) => ({ authorization });

function expectRefused(answer: Answer): void {
  expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client']);
  expect(answer.headers.get('www-authenticate')).toMatch(CHALLENGE);
}

const percentEncoded = (text: string) => text.replaceAll('-', '%2D').replaceAll('_', '%5F');
const everyByteEncoded = (text: string) => Buffer.from(text).toString('hex').replace(/../g, '%$&');

describe('a confidential client', () => {
  it('sends its secret in the body (CA-01)', async () => {
    expect((await post({ ...(await grantFields()), client_id: id, client_secret: secret })).status).toBe(200);
  });

  it.each(['Basic', 'basic', 'BASIC', 'bAsIc '])('sends it under the scheme "%s" (CA-02)', async (scheme) => {
    const authorization = basic(id, secret).replace('Basic', scheme);
    expect((await post(await grantFields(), byHeader(authorization))).status).toBe(200);
  });

  it('sends it raw, form-encoded, or encoded beyond need (CA-03)', async () => {
    for (const encode of [(text: string) => text, encodeURIComponent, percentEncoded, everyByteEncoded]) {
      expect((await post(await grantFields(), byHeader(basic(encode(id), encode(secret))))).status).toBe(200);
    }
    // The first colon divides: what follows it belongs to the secret.
    expectRefused(await post(await grantFields(), byHeader(basic(id, `${secret}:x`))));
    expectRefused(await post(await grantFields(), byHeader(basic(id, `:${secret}`))));
  });

  it('has an id and a secret that look alike encoded and raw (CA-04)', async () => {
    const made = await Promise.all(Array.from({ length: 100 }, () => createClient(admin)));
    for (const { client_id, client_secret } of made) {
      expect(client_id).toMatch(/^[A-Za-z0-9_-]+$/);
      expect(client_secret).toMatch(/^[A-Za-z0-9_-]{43,}$/);
    }
    expect(new Set(made.flatMap(({ client_id, client_secret }) => [client_id, client_secret])).size).toBe(200);
  });

  it('proves itself in one way; sending both refuses the request and leaves the code (CA-05)', async () => {
    const fields = await grantFields();
    const both = await post({ ...fields, client_secret: secret }, byHeader(basic(id, secret)));
    expect([both.status, both.body['error']]).toEqual([400, 'invalid_request']);
    expect((await post(fields, byHeader(basic(id, secret)))).status).toBe(200);
  });

  it('may name itself in the body beside the header, but nobody else (CA-06)', async () => {
    const fields = await grantFields();
    const other = await post({ ...fields, client_id: spa.client_id }, byHeader(basic(id, secret)));
    expect([other.status, other.body['error']]).toEqual([400, 'invalid_request']);
    expect((await post({ ...fields, client_id: id }, byHeader(basic(id, secret)))).status).toBe(200);
  });

  it.each(ENDPOINTS)('is refused at %s for a wrong secret, with a challenge, by header and by body (CA-07, CA-08)', async (path) => {
    const fields = { token: 'x', grant_type: 'refresh_token', refresh_token: 'x' };
    expectRefused(await post(fields, byHeader(basic(id, 'wrong')), path));
    expectRefused(await post({ ...fields, client_id: id, client_secret: 'wrong' }, {}, path));
  });

  it('needs its secret even with the right verifier, and a request needs a client (CA-10)', async () => {
    const fields = await grantFields();
    expectRefused(await post({ ...fields, client_id: id }));
    expectRefused(await post({ ...fields, client_id: id, client_secret: '' }));
    expectRefused(await post(fields, byHeader(basic(id, ''))));
    expectRefused(await post(fields));
    expectRefused(await post({ ...fields, client_secret: secret }));
    expect((await post({ ...fields, ...credentials(client) })).status).toBe(200);
  });

  it('cannot pass with a secret that is longer, shorter, or holds a NUL (CA-14)', async () => {
    const spoilt = [
      `${secret}x`,
      secret.slice(0, -1),
      `${secret}\0x`,
      `${secret}\0`,
      `${secret} `,
      ` ${secret}`,
      `${secret}${'x'.repeat(72)}`,
      secret.toUpperCase(),
    ];
    for (const wrong of spoilt) {
      expectRefused(await post({ token: 'x', client_id: id, client_secret: wrong }, {}, '/oauth2/introspect'));
      expectRefused(await post({ token: 'x' }, byHeader(basic(encodeURIComponent(id), encodeURIComponent(wrong))), '/oauth2/introspect'));
    }
    expect((await post({ token: 'x' }, byHeader(basic(id, secret)), '/oauth2/introspect')).status).toBe(200);
  });
});

describe('a public client', () => {
  it('names itself and proves nothing; a secret or a Basic header is refused (CA-11)', async () => {
    const fields = await grantFields(spa);
    expectRefused(await post({ ...fields, client_id: spa.client_id, client_secret: 'x' }));
    expectRefused(await post(fields, byHeader(basic(spa.client_id, ''))));
    expectRefused(await post(fields, byHeader(basic(spa.client_id, 'x'))));
    expectRefused(await post({ ...fields, client_id: spa.client_id }, byHeader(basic(spa.client_id, ''))));
    expect((await post({ ...fields, client_id: spa.client_id })).status).toBe(200);
  });
});

describe('whoever cannot be told apart', () => {
  it('answers unknown, deleted, paused and wrong alike, in the whole answer and in time (CA-09)', async () => {
    const paused = await createClient(admin);
    const deleted = await createClient(admin, { client_name: 'to delete' });
    expect((await admin.send('PUT', `/api/v1/oauth-clients/${paused.client_id}/status`, { status: 'disabled' })).status).toBe(200);
    expect((await admin.post(`/api/v1/oauth-clients/${deleted.client_id}/delete`, { confirm_name: 'to delete' })).status).toBe(204);
    const attempts: [string, string][] = [
      ['bhf_unknown', secret],
      [deleted.client_id, deleted.client_secret!],
      [paused.client_id, paused.client_secret!],
      [id, 'wrong'],
    ];
    const times: number[][] = attempts.map(() => []);
    const bodies = new Set<string>();
    // Taken in turns, so that whatever else the machine does falls on all of them.
    for (let round = 0; round < 200; round++) {
      for (const [index, [client_id, client_secret]] of attempts.entries()) {
        const began = performance.now();
        const answer = await post({ token: 'x' }, byHeader(basic(client_id, client_secret)), '/oauth2/introspect');
        times[index]!.push(performance.now() - began);
        expectRefused(answer);
        bodies.add(answer.text);
      }
    }
    expect(bodies.size).toBe(1);
    const medians = times.map((each) => each.toSorted((one, other) => one - other)[each.length / 2]!);
    expect(Math.max(...medians) / Math.min(...medians)).toBeLessThan(1.5);
  });

  const encoded = (text: string | Buffer) => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each<[string, () => string]>([
    ['base64 with junk in it', () => basic(id, secret).replace(/(.{20})/, '$1*')],
    ['base64 cut short', () => encoded(`${id}:${secret}x`).slice(0, -3)],
    ['base64 with spaces', () => basic(id, secret).replace(/(.{20})/, '$1 ')],
    [
      'the URL alphabet of base64',
      () =>
        encoded(Buffer.from([0xfb, 0xff, 0x3a, 0xfe]))
          .replaceAll('+', '-')
          .replaceAll('/', '_'),
    ],
    ['nothing', () => 'Basic'],
    ['an empty value', () => 'Basic '],
    ['no colon', () => encoded(id)],
    ['a colon alone', () => encoded(':')],
    ['a broken percent-encoding of the id', () => basic(`${id}%ZZ`, secret)],
    ['a broken percent-encoding of the secret', () => basic(id, `${secret}%`)],
    ['bytes that are no UTF-8', () => encoded(Buffer.from([0xff, 0xfe, 0x3a, 0xff]))],
    ['an id with a NUL', () => basic(`${id}%00`, secret)],
    ['a raw NUL', () => basic(`\0`, `\0`)],
    ['an id of great length', () => basic('a'.repeat(8000), secret)],
    ['the scheme Bearer', () => `Bearer ${secret}`],
    ['the scheme Digest', () => `Digest username="${id}"`],
    ['no scheme', () => basic(id, secret).slice('Basic '.length)],
  ])('refuses a header with %s (CA-12)', async (_, header) => {
    for (const path of ENDPOINTS)
      expectRefused(await post({ token: 'x', grant_type: 'refresh_token', refresh_token: 'x' }, byHeader(header()), path));
  });

  it('refuses assertions, which are not supported (CA-12)', async () => {
    const assertion = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: 'e30.e30.' };
    const fields = await grantFields();
    expectRefused(await post({ ...fields, ...assertion }));
    expectRefused(await post({ ...fields, client_id: id, ...assertion }));
    expectRefused(await post({ ...fields, client_id: spa.client_id, ...assertion }));
  });

  it('never uses up a code or a refresh token, nor takes it for stolen (CA-13)', async () => {
    const consented = await consent(dev, client);
    for (const client_secret of ['wrong', ''])
      expectRefused((await exchange(api, { ...client, client_secret }, consented)) as unknown as Answer);
    const tokens = await exchange(api, client, consented);
    expect(tokens.status).toBe(200);
    for (const client_secret of ['wrong', '']) {
      expectRefused((await refresh(api, { ...client, client_secret }, tokens.body.refresh_token!)) as unknown as Answer);
    }
    const next = await refresh(api, client, tokens.body.refresh_token!);
    expect(next.status).toBe(200);
    // Used up by now: a thief without the secret must not end the grant by showing it.
    expectRefused((await exchange(api, { ...client, client_secret: 'wrong' }, consented)) as unknown as Answer);
    expectRefused((await refresh(api, { ...client, client_secret: 'wrong' }, tokens.body.refresh_token!)) as unknown as Answer);
    expect((await refresh(api, client, next.body.refresh_token!)).status).toBe(200);
    expect((await obtainTokens(api, dev, client)).access_token).toBeDefined();
  });
});
