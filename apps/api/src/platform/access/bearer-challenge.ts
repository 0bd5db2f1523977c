import { bearerChallenge as challengeOf, dpopChallenge, type DpopFault, OAUTH_ENDPOINTS } from '@behalf/domain';
import type { Config } from '../config.js';
import { Problem } from '../problem.js';

export const REALM = 'behalf';

/** What a challenge depends on. */
type Place = Pick<Config, 'issuer' | 'resource_indicators'>;

/**
 * The Bearer challenge of RFC 6750 §3, with where to learn about our API (RFC 9728 §5.1); without an error code for a request
 * that brought no token at all (RFC 6750 §3.1).
 */
export function bearerChallenge({ issuer, resource_indicators }: Place, error?: string): string {
  const resource_metadata = resource_indicators ? issuer + OAUTH_ENDPOINTS.protected_resource : undefined;
  return challengeOf({ realm: REALM, error, resource_metadata });
}

/** 401: the access token is unknown, expired, revoked or malformed. */
export function invalidToken(place: Place): Problem {
  return new Problem('invalid-token', { headers: { 'www-authenticate': bearerChallenge(place, 'invalid_token') } });
}

/** The same for a token that does not come as it has to, or whose proof is not good (RFC 9449 §7.1). */
export function unfitToken(fault: DpopFault, headers: Readonly<Record<string, string>>): Problem {
  return new Problem('invalid-token', { headers: { 'www-authenticate': dpopChallenge(REALM, fault), ...headers } });
}

/**
 * 403: the token is good, its scope is not enough; the challenge names the scope to ask for (RFC 6750 §3.1).
 *
 * @param organization_id where it was not enough
 */
export function insufficientScope(scope: string, organization_id: string): Problem {
  return new Problem('insufficient-scope', {
    headers: { 'www-authenticate': challengeOf({ realm: REALM, error: 'insufficient_scope', scope }) },
    organization_id,
  });
}

/** 401 for a client that has not proven who it is, with the challenge of RFC 7617 §2. */
export function invalidClient(): Problem {
  return new Problem('invalid-client', { headers: { 'www-authenticate': `Basic realm="${REALM}", error="invalid_client"` } });
}
