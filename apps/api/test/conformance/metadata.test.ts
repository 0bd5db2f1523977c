import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  authorizeQuery,
  type Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  exchange,
  form,
  newPkce,
  obtainTokens,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { basic, send } from './raw.js';

const OAUTH = '/.well-known/oauth-authorization-server';
const OPENID = '/.well-known/openid-configuration';
const JWKS = '/oauth2/jwks';
const LONGEST_AGE_SECONDS = 3600;
const SMALLEST_MODULUS_BITS = 2048;

interface Jwk extends JsonWebKey {
  readonly kid: string;
  readonly use: string;
  readonly alg: string;
}

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let spa: TestClient;
let metadata: Record<string, unknown>;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin, { access_preset: 'full_access' });
  spa = await createClient(admin, { client_type: 'public' });
  metadata = (await dev.get(OAUTH)).body;
});

afterAll(() => api.stop());

const keysOf = async (of: Pick<Api, 'issuer'>) => (JSON.parse((await send(of, 'GET', JWKS)).text) as { keys: Jwk[] }).keys;
const listed = (name: string) => metadata[name] as string[];

describe('the metadata documents', () => {
  it.each([OAUTH, OPENID])('%s name the issuer to the letter and may be cached for an hour at most (MD-01)', async (path) => {
    const answer = await send(api, 'GET', path, { headers: { 'mcp-protocol-version': '2026-07-28' } });
    expect([answer.status, answer.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect((JSON.parse(answer.text) as { issuer: string }).issuer).toBe(api.issuer);
    const age = /^public, max-age=(\d+)$/.exec(answer.headers['cache-control']!);
    expect(Number(age?.[1])).toBeLessThanOrEqual(LONGEST_AGE_SECONDS);
    const head = await send(api, 'HEAD', path);
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(Buffer.byteLength(answer.text))]);
  });

  it('list everything, since a list left out means a default (MD-02, MD-03, MD-05)', () => {
    expect(metadata).toMatchObject({
      issuer: api.issuer,
      authorization_endpoint: `${api.issuer}/oauth2/authorize`,
      token_endpoint: `${api.issuer}/oauth2/token`,
      revocation_endpoint: `${api.issuer}/oauth2/revoke`,
      introspection_endpoint: `${api.issuer}/oauth2/introspect`,
      userinfo_endpoint: `${api.issuer}/oauth2/userinfo`,
      jwks_uri: `${api.issuer}/oauth2/jwks`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    });
    expect(listed('scopes_supported').toSorted()).toEqual(['email', 'openid', 'profile', 'read', 'write']);
    expect(metadata).not.toHaveProperty('registration_endpoint');
  });

  it('agree on every member they share, and the OpenID one says what else there is (MD-04)', async () => {
    const { body } = await dev.get(OPENID);
    expect(body).toMatchObject(metadata);
    expect(body).toMatchObject({
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      request_uri_parameter_supported: false,
      request_parameter_supported: false,
      code_challenge_methods_supported: ['S256'],
    });
    const { id_token } = await obtainTokens(api, dev, client, { parameters: { scope: 'openid profile email', nonce: 'n' } });
    expect(body['claims_supported']).toEqual(expect.arrayContaining(Object.keys(claimsOf(id_token!))));
  });

  it('promise only ways of client authentication that work, and all of them (MD-03)', async () => {
    const ways: Record<string, (path: string, fields: Record<string, string>) => Promise<Answer>> = {
      client_secret_basic: (path, fields) => form(api, path, fields, { authorization: basic(client.client_id, client.client_secret!) }),
      client_secret_post: (path, fields) => form(api, path, { ...fields, ...credentials(client) }),
      none: (path, fields) => form(api, path, { ...fields, client_id: spa.client_id }),
    };
    for (const [name, path] of [
      ['token_endpoint', '/oauth2/token'],
      ['revocation_endpoint', '/oauth2/revoke'],
      ['introspection_endpoint', '/oauth2/introspect'],
    ] as const) {
      for (const [way, call] of Object.entries(ways)) {
        const of = way === 'none' ? spa : client;
        const { code, pkce } = await consent(dev, of);
        const fields: Record<string, string> =
          name === 'token_endpoint' ? { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier } : { token: 'x' };
        const promised = listed(`${name}_auth_methods_supported`).includes(way);
        expect([name, way, (await call(path, fields)).status]).toEqual([name, way, promised ? 200 : 401]);
      }
    }
  });

  it('promise only scopes, grant types and challenges that work (MD-02)', async () => {
    for (const scope of listed('scopes_supported')) {
      const tokens = await obtainTokens(api, dev, client, { parameters: { scope } });
      expect(tokens.scope.split(' ')).toContain(scope);
    }
    const { refresh_token } = await obtainTokens(api, dev, client);
    const unsupported = (answer: Answer) => answer.body['error'] === 'unsupported_grant_type';
    const grant = (grant_type: string) =>
      form(api, '/oauth2/token', { grant_type, refresh_token: refresh_token!, code: 'x', ...credentials(client) });
    for (const grant_type of listed('grant_types_supported')) expect(unsupported(await grant(grant_type))).toBe(false);
    for (const grant_type of ['implicit', 'client_credentials', 'password', 'urn:ietf:params:oauth:grant-type:jwt-bearer']) {
      expect(unsupported(await grant(grant_type))).toBe(true);
    }
    const refused = await dev.get(
      `/oauth2/authorize?${authorizeQuery(client, newPkce(), { scope: 'offline_access', response_mode: 'query' })}`,
    );
    expect(refused.headers.get('location')).not.toContain('error=');
  });

  it('know no registration: clients are made by administrators alone (MD-05)', async () => {
    const body = JSON.stringify({ redirect_uris: ['https://app.test/callback'] });
    const answer = await send(api, 'POST', '/oauth2/register', { body, headers: { 'content-type': 'application/json' } });
    expect([answer.status, answer.headers['content-type']]).toEqual([404, expect.stringMatching(/^application\/json/)]);
  });
});

describe('the signing keys', () => {
  it('are published by their public halves alone, each under the thumbprint of its own (JW-01)', async () => {
    const keys = await keysOf(api);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
      expect(key).toMatchObject({ kty: 'RSA', use: 'sig', alg: 'RS256' });
      expect(createPublicKey({ key, format: 'jwk' }).asymmetricKeyDetails!.modulusLength).toBeGreaterThanOrEqual(SMALLEST_MODULUS_BITS);
      // RFC 7638 §3: the required members in lexicographic order, without white space.
      expect(key.kid).toBe(
        createHash('sha256')
          .update(JSON.stringify({ e: key.e, kty: key.kty, n: key.n }))
          .digest('base64url'),
      );
    }
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
  });

  it('verify an ID token of any process, also one started later, and stand nowhere in the clear (JW-01)', async () => {
    const before = await keysOf(api);
    const restarted = await api.replica();
    expect(await keysOf(restarted)).toEqual(before);
    for (const process of [api, restarted]) {
      const consented = await consent(dev, client, { parameters: { scope: 'openid' } });
      const { id_token } = (await exchange(process, client, consented)).body;
      const [header, payload, signature] = id_token!.split('.') as [string, string, string];
      const { kid, alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Jwk;
      const key = before.find((each) => each.kid === kid)!;
      expect(alg).toBe('RS256');
      const verified = verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        createPublicKey({ key, format: 'jwk' }),
        Buffer.from(signature, 'base64url'),
      );
      expect(verified).toBe(true);
    }
    const rows = await api.sql<{ row: string }>('SELECT t::text AS row FROM signing_key t');
    expect(rows).toHaveLength(before.length);
    const told = rows.map(({ row }) => row).join('\n') + api.logs();
    // How a private key begins, as JSON in clear text and as the hexadecimal digits of it, and as PEM.
    for (const clear of ['"d":', '"dp":', Buffer.from('"d":').toString('hex'), 'PRIVATE KEY']) expect(told).not.toContain(clear);
  });
});

function claimsOf(id_token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(id_token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
}
