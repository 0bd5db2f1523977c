import { bearerChallenge, dpopChallenge, dpopErrorOf, type DpopFault } from '@behalf/domain';

/** What a caller is answered in place of what it asked for; adapters turn it into their framework's answer. */
export class Refusal extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 503,
    readonly headers: Readonly<Record<string, string>>,
    readonly body: { readonly error: string; readonly error_description: string },
    options: { readonly cause?: unknown } = {},
  ) {
    super(body.error_description, options);
    this.name = 'Refusal';
  }
}

/** The refusals of RFC 6750 §3.1, each with the challenge that leads to this API's metadata (RFC 9728 §5.1). */
export class Refusals {
  constructor(
    private readonly realm: string,
    private readonly resource_metadata: string | undefined,
  ) {}

  /** No token came: the challenge names no error, since nothing was tried. */
  missingToken(scope?: string): Refusal {
    const challenge = { realm: this.realm, scope, resource_metadata: this.resource_metadata };
    const body = { error: 'missing_token', error_description: 'An access token is needed, in the Authorization header.' };
    return new Refusal(401, { 'www-authenticate': bearerChallenge(challenge) }, body);
  }

  invalidRequest(error_description: string): Refusal {
    return this.#challenged(400, 'invalid_request', error_description);
  }

  /** Unknown, expired, revoked, of a paused client: all alike. */
  invalidToken(scope?: string): Refusal {
    return this.#challenged(401, 'invalid_token', 'The access token is not active.', scope);
  }

  /**
   * A token that does not come as it has to, or whose proof is not good: the challenge says how to sign (RFC 9449 §7.1).
   *
   * @param nonce to sign with, where that is what the proof lacks (§9)
   */
  unfitToken(fault: DpopFault, nonce: string | null = null): Refusal {
    const body = { error: dpopErrorOf(fault), error_description: 'The access token needs a good proof of the key that it is bound to.' };
    const challenge = { 'www-authenticate': dpopChallenge(this.realm, fault, this.resource_metadata) };
    return new Refusal(401, nonce === null ? challenge : { ...challenge, 'dpop-nonce': nonce }, body);
  }

  insufficientScope(scope: string): Refusal {
    return this.#challenged(403, 'insufficient_scope', 'The access token does not carry the scope that this needs.', scope);
  }

  /** A team out of the token's reach answers as one that does not exist. */
  foreignTeam(): Refusal {
    return new Refusal(404, {}, { error: 'not_found', error_description: 'There is no such thing, or none that you may know of.' });
  }

  /** The authorization server did not say, so nothing is guessed. */
  unavailable(cause: unknown, retry_after = '1'): Refusal {
    const body = { error: 'temporarily_unavailable', error_description: 'The access token cannot be judged right now.' };
    return new Refusal(503, { 'retry-after': retry_after }, body, { cause });
  }

  #challenged(status: 400 | 401 | 403, error: string, error_description: string, scope?: string): Refusal {
    const challenge = { realm: this.realm, error, error_description, scope, resource_metadata: this.resource_metadata };
    return new Refusal(status, { 'www-authenticate': bearerChallenge(challenge) }, { error, error_description });
  }
}
