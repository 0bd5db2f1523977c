import { endpointIn } from './discovery.js';
import { basicAuthorization } from './http.js';
import { activeToken } from './introspection.js';
import { protectedResource, wellKnownUrl } from './metadata.js';
import { isSecureUrl, readOptions, type ResourceServerOptions } from './options.js';
import { Refusals } from './refusals.js';

const ISSUER = 'https://auth.test';
const OPTIONS = { issuer: ISSUER, client_id: 'c', client_secret: 's' };

it.each([
  ['https://a.test', true],
  ['https://a.test/v1', true],
  ['http://localhost:3000', true],
  ['http://127.0.0.1', true],
  ['http://[::1]:3000', true],
  ['http://a.test', false],
  ['http://localhost.evil.test', false],
  ['http://127.0.0.1.evil.test', false],
  ['https://user:secret@a.test', false],
  ['https://a.test?x', false],
  ['https://a.test#x', false],
  ['ftp://a.test', false],
  ['a.test', false],
  ['', false],
])('whether secrets may travel to %j: %j', (url, secure) => {
  expect(isSecureUrl(url)).toBe(secure);
});

it.each([
  ['https://a.test', 'https://a.test/.well-known/x'],
  ['https://a.test/', 'https://a.test/.well-known/x'],
  ['https://a.test/v1', 'https://a.test/.well-known/x/v1'],
  ['https://a.test/v1/', 'https://a.test/.well-known/x/v1'],
  ['http://localhost:3000/a/b', 'http://localhost:3000/.well-known/x/a/b'],
])('the well-known address of %s is %s', (identifier, url) => {
  expect(wellKnownUrl(identifier, 'x')).toBe(url);
});

it.each<[object, RegExp | null]>([
  [{}, null],
  [{ cache_seconds: 0 }, null],
  [{ cache_seconds: 300 }, null],
  [{ cache_seconds: 301 }, /cache_seconds/],
  [{ cache_seconds: -1 }, /cache_seconds/],
  [{ cache_seconds: NaN }, /cache_seconds/],
  [{ timeout_seconds: 0.01 }, null],
  [{ timeout_seconds: 0 }, /timeout_seconds/],
  [{ client_secret: '' }, /client_secret/],
  [{ client_id: undefined }, /client_id/],
  [{ issuer: 'http://auth.test' }, /issuer/],
  [{ resource: 'http://api.test' }, /resource/],
  [{ max_open: 0 }, /max_open/],
  [{ connections: 1.5 }, /connections/],
  [{ dpop_nonce_secrets: ['x'.repeat(32)] }, null],
  [{ dpop_nonce_secrets: ['x'.repeat(31)] }, /dpop_nonce_secrets/],
  [{ dpop_nonce_secrets: ['x'.repeat(32), ''] }, /dpop_nonce_secrets/],
  [{ dpop_nonce_secrets: [] }, /dpop_nonce_secrets/],
  [{ dpop_nonce_secrets: 'x'.repeat(32) as never }, /dpop_nonce_secrets/],
])('options with %j', (changed, fault) => {
  const read = () => readOptions({ ...OPTIONS, ...changed });
  if (fault) expect(read).toThrow(fault);
  else expect(read).not.toThrow();
});

it.each<[Partial<ResourceServerOptions>, string | null]>([
  [{}, null],
  [{ resource: 'https://api.test/v1' }, 'https://api.test'],
  [{ resource: 'https://api.test/v1', public_url: 'https://api.test/v1/' }, 'https://api.test/v1'],
  [{ public_url: 'http://localhost:8080' }, 'http://localhost:8080'],
])('with the options %j proofs are made for addresses behind %s', (changed, public_url) => {
  expect(readOptions({ ...OPTIONS, ...changed }).public_url).toBe(public_url);
});

it('by default nothing is cached and nothing is reported', () => {
  expect(readOptions(OPTIONS)).toMatchObject({ cache_seconds: 0, report_calls: false });
});

it('a fault of the options names no secret', () => {
  expect(() => readOptions({ ...OPTIONS, client_secret: 'top-secret', issuer: 'x' })).toThrow(expect.not.stringContaining('top-secret'));
});

it.each<[unknown, string | null]>([
  [{ issuer: ISSUER, introspection_endpoint: 'https://auth.test/i' }, 'https://auth.test/i'],
  [{ issuer: 'https://auth.test/', introspection_endpoint: 'https://auth.test/i' }, null],
  [{ issuer: 'https://evil.test', introspection_endpoint: 'https://auth.test/i' }, null],
  [{ issuer: ISSUER, introspection_endpoint: 'http://auth.test/i' }, null],
  [{ issuer: ISSUER }, null],
  [undefined, null],
  [[], null],
])('metadata %j leads to %j', (body, endpoint) => {
  if (endpoint) expect(endpointIn(body, ISSUER)).toBe(endpoint);
  else expect(() => endpointIn(body, ISSUER)).toThrow('metadata names');
});

const JKT = 'k'.repeat(43);

const ACTIVE = {
  active: true,
  iss: ISSUER,
  aud: ISSUER,
  token_type: 'Bearer',
  sub: 'u',
  client_id: 'c',
  token_id: 't',
  scope: 'read',
  exp: 1,
  authorized_team_ids: [],
};

it.each<[string, unknown, 'active' | 'inactive' | 'no answer']>([
  ['an active access token', ACTIVE, 'active'],
  ['one for this API', { ...ACTIVE, aud: ['https://api.test'] }, 'active'],
  ['one for another API', { ...ACTIVE, aud: ['https://other.test'] }, 'inactive'],
  ['one of another issuer', { ...ACTIVE, iss: 'https://evil.test' }, 'inactive'],
  ['a refresh token', { ...ACTIVE, token_type: undefined }, 'inactive'],
  ['a bound one', { ...ACTIVE, token_type: 'DPoP', cnf: { jkt: JKT } }, 'active'],
  ['a bound one that does not say to what', { ...ACTIVE, token_type: 'DPoP' }, 'inactive'],
  ['a bound one that is called a bearer token', { ...ACTIVE, cnf: { jkt: JKT } }, 'inactive'],
  ['a key that is none', { ...ACTIVE, token_type: 'DPoP', cnf: { jkt: 'x' } }, 'inactive'],
  ['a binding to a certificate', { ...ACTIVE, token_type: 'DPoP', cnf: { 'x5t#S256': JKT } }, 'inactive'],
  ['a binding to both', { ...ACTIVE, token_type: 'DPoP', cnf: { jkt: JKT, 'x5t#S256': JKT } }, 'inactive'],
  ['an inactive one', { active: false }, 'inactive'],
  ['a word in place of true', { ...ACTIVE, active: 'true' }, 'no answer'],
  ['nothing', undefined, 'no answer'],
  ['a list', [], 'no answer'],
  ['no word on activity', { ...ACTIVE, active: undefined }, 'no answer'],
  ['no user', { ...ACTIVE, sub: undefined }, 'no answer'],
  ['no end', { ...ACTIVE, exp: undefined }, 'no answer'],
  ['no teams', { ...ACTIVE, authorized_team_ids: undefined }, 'no answer'],
])('an introspection answer with %s', (_, body, expected) => {
  const judge = () => activeToken(body, { issuer: ISSUER, resource: 'https://api.test' });
  if (expected === 'no answer') expect(judge).toThrow('introspection answer');
  else expect(judge()).toEqual(expected === 'active' ? body : null);
});

it('credentials travel form-url-encoded inside Basic', () => {
  expect(Buffer.from(basicAuthorization('a b', 's:e/c+ret').slice(6), 'base64').toString()).toBe('a+b:s%3Ae%2Fc%2Bret');
});

it('the metadata names this API, its authorization server and the header as the only way', () => {
  const settings = readOptions({ ...OPTIONS, resource: 'https://api.test/v1', resource_name: 'Orders', scopes_supported: ['read'] });
  expect(protectedResource(settings)).toEqual({
    url: 'https://api.test/.well-known/oauth-protected-resource/v1',
    path: '/.well-known/oauth-protected-resource/v1',
    document: {
      resource: 'https://api.test/v1',
      resource_name: 'Orders',
      authorization_servers: [ISSUER],
      scopes_supported: ['read'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256'],
    },
  });
  expect(protectedResource(readOptions(OPTIONS))).toBeNull();
});

it('each refusal carries its status and its challenge', () => {
  const refusals = new Refusals('api', 'https://api.test/m');
  const told = [
    refusals.missingToken('read'),
    refusals.invalidRequest('x'),
    refusals.invalidToken(),
    refusals.insufficientScope('read write'),
    refusals.foreignTeam(),
    refusals.unavailable(new Error('x'), '7'),
  ].map(({ status, headers }) => [status, headers['www-authenticate'] ?? headers['retry-after'] ?? null]);
  expect(told).toEqual([
    [401, 'Bearer realm="api", scope="read", resource_metadata="https://api.test/m"'],
    [400, 'Bearer realm="api", error="invalid_request", error_description="x", resource_metadata="https://api.test/m"'],
    [
      401,
      'Bearer realm="api", error="invalid_token", error_description="The access token is not active.", resource_metadata="https://api.test/m"',
    ],
    [
      403,
      'Bearer realm="api", error="insufficient_scope", error_description="The access token does not carry the scope that this needs.", scope="read write", resource_metadata="https://api.test/m"',
    ],
    [404, null],
    [503, '7'],
  ]);
});
