import type { Violation } from './errors.js';

export interface RedirectUriOptions {
  /** Also take `http://[::1]`; off, since only localhost and 127.0.0.1 are the product's exception. */
  readonly allow_ipv6_loopback?: boolean;
}

export const REDIRECT_URIS_MAX = 50;
export const REDIRECT_URI_MAX_LENGTH = 2048;

/** The formats that the drawer offers, with what each is for. */
export const REDIRECT_URI_EXAMPLES = [
  { label: 'Local development', uri: 'http://localhost:3000/callback' },
  { label: 'Production application', uri: 'https://myapp.company.com/oauth/callback' },
  { label: 'Desktop/CLI callback', uri: 'http://127.0.0.1/callback' },
  { label: 'Staging environment', uri: 'https://staging.myapp.company.com/oauth/callback' },
] as const;

/**
 * Loopback http, decided on the raw string: a URL parser turns 127.1, 2130706433 and 0x7f.1 into 127.0.0.1.
 * Groups: scheme and host, port, the rest (RFC 8252 §7.3).
 */
const LOOPBACK = /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::([1-9][0-9]{0,4}))?((?:[/?].*)?)$/s;
const HIGHEST_PORT = 65_535;

interface LoopbackParts {
  readonly host: string;
  readonly rest: string;
}

function loopbackParts(uri: string): LoopbackParts | null {
  const match = LOOPBACK.exec(uri);
  if (!match || Number(match[2] ?? 1) > HIGHEST_PORT) return null;
  return { host: match[1]!, rest: match[3]! };
}

/**
 * Whether a requested redirect URI is one of the registered ones: the same bytes, or, for loopback http, the same
 * but for the port (OAuth 2.1 §4.1.1, RFC 8252 §7.3). Nothing is normalised.
 */
export function matchRedirectUri(requested: string, registered: readonly string[]): boolean {
  if (registered.includes(requested)) return true;
  const asked = loopbackParts(requested);
  if (!asked) return false;
  return registered.some((uri) => {
    const known = loopbackParts(uri);
    return known !== null && known.host === asked.host && known.rest === asked.rest;
  });
}

/** Whether an answer sent to this address stays on the user's own device. */
export function isLoopbackRedirectUri(uri: string): boolean {
  return loopbackParts(uri) !== null;
}

/** The host that a user is sent back to, as the consent page names it. */
export function redirectHost(uri: string): string {
  return URL.canParse(uri) ? new URL(uri).hostname : uri;
}

/** Adds the parameters of an answer to a redirect URI, whose own query is kept byte for byte (OAuth 2.1 §2.3). */
export function withResponseParameters(uri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) query.append(name, value);
  const joint = !uri.includes('?') ? '?' : /[?&]$/.test(uri) ? '' : '&';
  return `${uri}${joint}${query.toString()}`;
}

type Rule = readonly [code: string, detail: string, broken: (uri: string, options: RedirectUriOptions) => boolean];

/** In order; the first broken one is told. */
const RULES: readonly Rule[] = [
  ['required', 'Enter a redirect URI.', (uri) => uri === ''],
  ['too-long', `Use at most ${REDIRECT_URI_MAX_LENGTH} characters.`, (uri) => uri.length > REDIRECT_URI_MAX_LENGTH],
  ['whitespace', 'Remove spaces and line breaks.', (uri) => /[\s\u0000-\u001f\u007f]/.test(uri)],
  ['not-ascii', 'Use ASCII characters only; write others percent-encoded or in punycode.', (uri) => /[^\x21-\x7e]/.test(uri)],
  ['backslash', 'Remove the backslash.', (uri) => uri.includes('\\')],
  ['wildcard', 'Wildcards are not allowed. Register each callback URL.', (uri) => uri.includes('*') || /%2a/i.test(uri)],
  ['fragment', 'Remove the # and what follows it.', (uri) => uri.includes('#')],
  ['not-absolute', 'Enter a whole URL, such as https://myapp.company.com/callback.', (uri) => !/^[a-z][a-z0-9+.-]*:/i.test(uri)],
  ['user-info', 'Remove the user name and password.', (uri) => /^[a-z]+:\/\/[^/?]*@/i.test(uri)],
  ['not-https', 'Use https. Plain http works only for localhost and 127.0.0.1.', (uri, options) => !isAllowedScheme(uri, options)],
  ['percent-encoding', 'Write each % as a percent-encoding of two hexadecimal digits.', (uri) => /%(?![0-9a-f]{2})/i.test(uri)],
  ['dot-segment', 'Remove the . and .. segments.', (uri) => /\/(\.|%2e){1,2}(?=[/?]|$)/i.test(uri)],
  ['not-normal', 'Write the URL in its normal form: lower-case host, no default port, no extra slashes.', (uri) => !isNormal(uri)],
];

/** The rule that a redirect URI breaks at registration, if any; `pointer` is left to the caller. */
export function checkRedirectUri(uri: string, options: RedirectUriOptions = {}): Violation | null {
  for (const [code, detail, broken] of RULES) if (broken(uri, options)) return { pointer: '', code, detail };
  return null;
}

/** Every rule that a list of redirect URIs breaks, at `/redirect_uris` or one of its places. */
export function checkRedirectUris(
  uris: readonly string[],
  options: RedirectUriOptions & { readonly may_be_empty?: boolean } = {},
): Violation[] {
  const pointer = '/redirect_uris';
  if (!uris.length) return options.may_be_empty ? [] : [{ pointer, code: 'required', detail: 'Add at least one redirect URI.' }];
  if (uris.length > REDIRECT_URIS_MAX) return [{ pointer, code: 'too-many', detail: `Add at most ${REDIRECT_URIS_MAX} redirect URIs.` }];
  return uris.flatMap((uri, index) => {
    const violation = checkRedirectUri(uri, options) ?? (uris.indexOf(uri) < index ? DUPLICATE : null);
    return violation ? [{ ...violation, pointer: `${pointer}/${index}` }] : [];
  });
}

const DUPLICATE: Violation = { pointer: '', code: 'duplicate', detail: 'This redirect URI is listed already.' };

function isAllowedScheme(uri: string, options: RedirectUriOptions): boolean {
  if (uri.startsWith('https://')) return true;
  if (/^https:/i.test(uri)) return true; // Another spelling of https: the rule about the normal form says it better.
  if (uri.startsWith('http://[::1]') && !options.allow_ipv6_loopback) return false;
  return loopbackParts(uri) !== null;
}

/** What a URL parser makes of it is what was typed, the bare origin apart, which it would give a slash. */
function isNormal(uri: string): boolean {
  if (loopbackParts(uri)) return URL.canParse(uri) && !/^http:\/\/[^/?]*:80(?=[/?]|$)/.test(uri) && isSameOrBare(uri);
  return /^https:\/\/[^/?]/.test(uri) && URL.canParse(uri) && isSameOrBare(uri);
}

function isSameOrBare(uri: string): boolean {
  const { href, origin } = new URL(uri);
  if (href === uri || (uri === origin && href === `${uri}/`)) return true;
  // A bare origin with a query: the parser puts the slash before the question mark.
  return uri.startsWith(`${origin}?`) && href === `${origin}/${uri.slice(origin.length)}`;
}
