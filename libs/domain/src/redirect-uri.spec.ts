import fc from 'fast-check';
import { REDIRECT_MATCH_CASES, REDIRECT_URI_CASES } from './redirect-uri.cases.js';
import {
  checkRedirectUri,
  checkRedirectUris,
  isLoopbackRedirectUri,
  matchRedirectUri,
  redirectHost,
  REDIRECT_URI_EXAMPLES,
  withResponseParameters,
} from './redirect-uri.js';

describe('a redirect URI at registration', () => {
  it.each(REDIRECT_URI_CASES)('%j breaks %j', (uri, code) => {
    expect(checkRedirectUri(uri)?.code ?? null).toBe(code);
  });

  it('takes http://[::1] only where the server allows it (RU-07)', () => {
    expect(checkRedirectUri('http://[::1]:3000/cb')).toMatchObject({ code: 'not-https' });
    expect(checkRedirectUri('http://[::1]:3000/cb', { allow_ipv6_loopback: true })).toBeNull();
  });

  it('may be 2048 characters long, not 2049', () => {
    const ofLength = (length: number) => `https://a.test/${'a'.repeat(length - 'https://a.test/'.length)}`;
    expect(checkRedirectUri(ofLength(2048))).toBeNull();
    expect(checkRedirectUri(ofLength(2049))).toMatchObject({ code: 'too-long' });
  });

  it('is one of 1 to 50, each once, told at its place', () => {
    const uris = (count: number) => Array.from({ length: count }, (_, index) => `https://a.test/${index}`);
    expect(checkRedirectUris([])).toMatchObject([{ pointer: '/redirect_uris', code: 'required' }]);
    expect(checkRedirectUris([], { may_be_empty: true })).toEqual([]);
    expect(checkRedirectUris(uris(50))).toEqual([]);
    expect(checkRedirectUris(uris(51))).toMatchObject([{ pointer: '/redirect_uris', code: 'too-many' }]);
    expect(checkRedirectUris(['https://a.test', 'ftp://b.test', 'https://a.test'])).toMatchObject([
      { pointer: '/redirect_uris/1', code: 'not-https' },
      { pointer: '/redirect_uris/2', code: 'duplicate' },
    ]);
  });

  it('is good in every example that is offered', () => {
    expect(checkRedirectUris(REDIRECT_URI_EXAMPLES.map(({ uri }) => uri))).toEqual([]);
  });
});

describe('a redirect URI at request', () => {
  it.each(REDIRECT_MATCH_CASES)('registered %j, asked %j: %j', (registered, requested, matches) => {
    expect(matchRedirectUri(requested, [registered])).toBe(matches);
  });

  it('is always the registered one, or loopback and the registered one but for the port (RU-12)', () => {
    const known = [...new Set(REDIRECT_MATCH_CASES.flatMap(([registered, requested]) => [registered, requested]))];
    const mutated = fc
      .tuple(fc.constantFrom(...known), fc.nat(40), fc.string({ maxLength: 6 }), fc.nat(3))
      .map(([uri, at, text, cut]) => uri.slice(0, at) + text + uri.slice(at + cut));
    const any = fc.oneof(fc.constantFrom(...known), mutated, fc.webUrl(), fc.string());
    const withoutPort = (uri: string) =>
      /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::[0-9]{1,5})?(?=[/?]|$)(.*)$/s.exec(uri)?.slice(1).join('|');
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 5 }), any, (registered, requested) => {
        if (!matchRedirectUri(requested, registered)) return !registered.includes(requested);
        const loopback = withoutPort(requested);
        return registered.includes(requested) || (loopback !== undefined && registered.some((uri) => withoutPort(uri) === loopback));
      }),
      { numRuns: 10_000 },
    );
  });
});

it('tells loopback from the raw string', () => {
  expect(isLoopbackRedirectUri('http://127.0.0.1:5000/cb')).toBe(true);
  expect(isLoopbackRedirectUri('https://localhost/cb')).toBe(false);
  expect(isLoopbackRedirectUri('http://127.1/cb')).toBe(false);
});

it('names the host that a user is sent back to', () => {
  expect(redirectHost('https://myapp.company.com:8443/cb?x')).toBe('myapp.company.com');
});

it.each([
  ['https://a.test/cb', 'https://a.test/cb?code=c&state=s+1'],
  ['https://a.test/cb?x=1&y=%20', 'https://a.test/cb?x=1&y=%20&code=c&state=s+1'],
  ['https://a.test/cb?', 'https://a.test/cb?code=c&state=s+1'],
])('keeps the query of %j byte for byte (AZ-07)', (uri, answer) => {
  expect(withResponseParameters(uri, { code: 'c', state: 's 1', iss: undefined })).toBe(answer);
});
