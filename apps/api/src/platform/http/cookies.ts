import type { CookieSerializeOptions } from '@fastify/cookie';

/** `__Host-` (RFC 6265bis §4.1.3.2) binds a cookie to this host and to https; browsers refuse it over plain http. */
const hostPrefix = (issuer: string) => (issuer.startsWith('https:') ? '__Host-' : '');

/** Name of the browser session's cookie. */
export function sessionCookieName(issuer: string): string {
  return `${hostPrefix(issuer)}bhf_session`;
}

/** Name of the cookie that binds one pending authorization request to the browser it came from. */
export function requestCookieName(issuer: string, request_id: string): string {
  return `${hostPrefix(issuer)}bhf_request_${request_id}`;
}

/** Attributes of every cookie of ours; without a lifetime it ends with the browser. Lax, so that a client may send its user here. */
export function cookieOptions(issuer: string, maxAge?: number): CookieSerializeOptions {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: issuer.startsWith('https:'), ...(maxAge === undefined ? {} : { maxAge }) };
}
