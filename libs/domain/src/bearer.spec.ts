import { bearerChallenge, bearerToken } from './bearer.js';

it.each([
  [undefined, undefined],
  ['Bearer bhf_at_abc', 'bhf_at_abc'],
  ['bearer   bhf_at_abc ', 'bhf_at_abc'],
  ['BEARER a-._~+/9==', 'a-._~+/9=='],
  ['', null],
  ['Bearer', null],
  ['Bearer ', null],
  ['Bearer a b', null],
  ['Bearer a,b', null],
  ['Bearer =a', null],
  ['Bearerabc', null],
  ['Basic YTpi', null],
  ['Bearer\tabc', null],
])('the token of %j is %j', (authorization, token) => {
  expect(bearerToken(authorization)).toBe(token);
});

it.each([
  [{ realm: 'x' }, 'Bearer realm="x"'],
  [{ realm: 'x', error: 'invalid_token' }, 'Bearer realm="x", error="invalid_token"'],
  [{ realm: 'x', scope: 'read write', error: 'insufficient_scope' }, 'Bearer realm="x", error="insufficient_scope", scope="read write"'],
  [{ realm: 'x', resource_metadata: 'https://a.test/m' }, 'Bearer realm="x", resource_metadata="https://a.test/m"'],
  [{ realm: 'a "b" \\c' }, 'Bearer realm="a \\"b\\" \\\\c"'],
  [{ realm: 'a\r\nb: c' }, 'Bearer realm="ab: c"'],
])('the challenge of %j', (challenge, text) => {
  expect(bearerChallenge(challenge)).toBe(text);
});
