/** RFC 6750 §2.1: the scheme in any case, then one token. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The token of an Authorization header; null for a header that is not a usable Bearer one, undefined without a header. */
export function bearerToken(authorization: string | undefined): string | null | undefined {
  if (authorization === undefined) return undefined;
  return BEARER.exec(authorization.trim())?.[1] ?? null;
}

/** The token of an Authorization header, and by which scheme it came. */
export interface AuthorizationToken {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/** RFC 9449 §7.1, with the same grammar. */
const DPOP = /^dpop +([A-Za-z0-9\-._~+/]+=*)$/i;

/** The token of either scheme; null for a header that is usable in neither, undefined without a header. */
export function presentedToken(authorization: string | undefined): AuthorizationToken | null | undefined {
  const bearer = bearerToken(authorization);
  if (typeof bearer === 'string') return { scheme: 'bearer', token: bearer };
  const bound = authorization === undefined ? undefined : DPOP.exec(authorization.trim())?.[1];
  return bound === undefined ? bearer : { scheme: 'dpop', token: bound };
}

/** What a Bearer challenge may say (RFC 6750 §3, RFC 9728 §5.1), in the order in which it is written. */
export interface BearerChallenge {
  readonly realm: string;
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
  readonly scope?: string | undefined;
  readonly resource_metadata?: string | undefined;
}

/** The `WWW-Authenticate` of a refusal; without `error` for a request that brought no token at all (RFC 6750 §3.1). */
export function bearerChallenge({ realm, error, error_description, scope, resource_metadata }: BearerChallenge): string {
  return challenge('Bearer', { realm, error, error_description, scope, resource_metadata });
}

/** A challenge of a scheme, with those of its parameters that there are (RFC 9110 §11.6.1). */
export function challenge(scheme: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return `${scheme} ${given.map(([name, value]) => `${name}="${quotable(value)}"`).join(', ')}`;
}

/** RFC 9110 §5.6.4: what a quoted string holds only after a backslash, and what a header never holds. */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '').replace(/["\\]/g, '\\$&');
}
