import { bearerChallenge as challengeOf } from '@behalf/domain';
import { Problem } from '../problem.js';

export const REALM = 'behalf';

/** The Bearer challenge of RFC 6750 §3; without an error code for a request that brought no token at all (§3.1). */
export function bearerChallenge(error?: string, scope?: string): string {
  return challengeOf({ realm: REALM, error, scope });
}

/** 401: the access token is unknown, expired, revoked or malformed. */
export function invalidToken(): Problem {
  return new Problem('invalid-token', { headers: { 'www-authenticate': bearerChallenge('invalid_token') } });
}

/**
 * 403: the token is good, its scope is not enough; the challenge names the scope to ask for (RFC 6750 §3.1).
 *
 * @param organization_id where it was not enough
 */
export function insufficientScope(scope: string, organization_id: string): Problem {
  return new Problem('insufficient-scope', {
    headers: { 'www-authenticate': bearerChallenge('insufficient_scope', scope) },
    organization_id,
  });
}

/** 401 for a client that has not proven who it is, with the challenge of RFC 7617 §2. */
export function invalidClient(): Problem {
  return new Problem('invalid-client', { headers: { 'www-authenticate': `Basic realm="${REALM}", error="invalid_client"` } });
}
