import { isLoopbackRedirectUri, matchRedirectUri, type OAuthErrorCode, OAUTH_ERRORS, withResponseParameters } from '@behalf/domain';
import type { LiveClient } from '../client/index.js';

declare const trusted: unique symbol;

/**
 * A redirect URI that was compared with the client's registered ones. Before one exists a fault can only be shown on a
 * page of ours, after that it can only be sent back to the client: the type decides, not a flag.
 */
export interface TrustedRedirect {
  readonly [trusted]: true;
  readonly uri: string;
  readonly state: string | null;
  readonly issuer: string;
}

/**
 * The redirect URI of a request, as the client is now.
 *
 * @param requested what the request says; where it says nothing, a single registered URI stands in (OAuth 2.1 §2.3.2)
 * @returns null when there is none that the client registered
 */
export function trustRedirect(
  client: LiveClient,
  requested: string | undefined,
  state: string | null,
  issuer: string,
): TrustedRedirect | null {
  const uri = requested ?? (client.redirect_uris.length === 1 ? client.redirect_uris[0] : undefined);
  if (uri === undefined || !matchRedirectUri(uri, client.redirect_uris)) return null;
  return { uri, state, issuer } as TrustedRedirect;
}

/** The address of a success; `iss` tells the client whose answer it is (RFC 9207 §2). */
export function successAddress(redirect: TrustedRedirect, code: string): string {
  return withResponseParameters(redirect.uri, { code, state: redirect.state ?? undefined, iss: redirect.issuer });
}

/** The address of a refusal (RFC 6749 §4.1.2.1), with `iss` as well. */
export function errorAddress(redirect: TrustedRedirect, error: OAuthErrorCode): string {
  return withResponseParameters(redirect.uri, {
    error,
    error_description: OAUTH_ERRORS[error].description,
    state: redirect.state ?? undefined,
    iss: redirect.issuer,
  });
}

/** Whether any program on the user's device could be asking: a public client on a loopback address proves nothing. */
export function isLoopback(redirect: Pick<TrustedRedirect, 'uri'>): boolean {
  return isLoopbackRedirectUri(redirect.uri);
}
