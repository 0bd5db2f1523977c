import { BATCH_BOUNDS, clientClass, LATENCY_BOUNDS_SECONDS, OBSERVED_ERRORS, observedEndpoint } from './observability.js';

it.each([
  ['/oauth2/authorize', 'authorize'],
  ['/oauth2/authorize/resume', 'authorize'],
  ['/oauth2/token', 'token'],
  ['/oauth2/introspect', 'introspect'],
  ['/oauth2/revoke', 'revoke'],
  ['/oauth2/userinfo', 'userinfo'],
  ['/oauth2/jwks', 'jwks'],
  ['/oauth2/anything-new', 'oauth'],
  ['/.well-known/openid-configuration', 'metadata'],
  ['/api/v1/session', 'sign_in'],
  ['/api/v1/session/organization', 'sign_in'],
  ['/api/v1/authorization-requests/:id', 'consent'],
  ['/api/v1/oauth-clients/:client_id', 'management'],
  ['/health/ready', 'health'],
  ['/assets/index.js', 'page'],
  [undefined, 'page'],
] as const)('a request for %s counts as %s', (pattern, endpoint) => {
  expect(observedEndpoint(pattern)).toBe(endpoint);
});

it.each([
  [undefined, 'none'],
  [{ client_type: 'public', resource_server: false }, 'public'],
  [{ client_type: 'confidential', resource_server: false }, 'confidential'],
  [{ client_type: 'confidential', resource_server: true }, 'resource_server'],
] as const)('a caller %j counts as %s', (client, expected) => {
  expect(clientClass(client)).toBe(expected);
});

it('bounds of histograms grow, and every error has a name once', () => {
  for (const bounds of [LATENCY_BOUNDS_SECONDS, BATCH_BOUNDS]) {
    expect([...bounds].toSorted((one, other) => one - other)).toEqual(bounds);
  }
  expect(new Set(OBSERVED_ERRORS).size).toBe(OBSERVED_ERRORS.length);
  expect(OBSERVED_ERRORS).toContain('invalid_grant');
});
