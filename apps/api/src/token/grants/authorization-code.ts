import type { FailureReason, TokenResponse } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import type { LiveClient } from '../../client/index.js';
import { constantTimeEqual, sha256 } from '../../platform/crypto.js';
import { Failures } from '../../platform/failures/failures.js';
import { OAuthError } from '../../platform/oauth-error.js';
import { demandPatience, resourcesIn, type RotatingCall } from '../client-authentication.js';
import type { Prove } from '../dpop/dpop-proofs.js';
import { bindToKey } from '../dpop/key-binding.js';
import { GrantResources } from '../grant-resources.js';
import { LastUsed } from '../last-used.js';
import type { RotatableGrant } from '../live-row.js';
import { Revocations } from '../revocation.js';
import { type RotationOutcome, Rotations } from '../rotation.js';
import { TokenAnswers } from '../token-answer.js';

/** RFC 7636 §4.1, with OAuth 2.1's limits. */
const CODE_VERIFIER = /^[A-Za-z0-9._~-]{43,128}$/;

/** `grant_type=authorization_code`: generation 0 becomes 1, once. */
@Injectable()
export class AuthorizationCodeGrant {
  constructor(
    private readonly rotations: Rotations,
    private readonly revocations: Revocations,
    private readonly answers: TokenAnswers,
    private readonly lastUsed: LastUsed,
    private readonly failures: Failures,
    private readonly resources: GrantResources,
  ) {}

  /**
   * Exchanges a code.
   *
   * @param prove reads the proof of the client's key, where it sent one
   * @throws OAuthError `invalid_request` for missing or malformed parameters, `invalid_target`, `invalid_dpop_proof`, `invalid_grant` for everything about the code
   */
  async exchange(call: RotatingCall, prove: Prove): Promise<TokenResponse> {
    const { client, form, origin, named: handle } = call;
    const { code, code_verifier, redirect_uri } = form;
    if (!code) throw new OAuthError('invalid_request', { reason: 'parameter_missing', received: 'code' });
    if (!code_verifier) throw new OAuthError('invalid_request', { reason: 'pkce_verifier_missing' });
    if (!CODE_VERIFIER.test(code_verifier)) throw new OAuthError('invalid_request', { reason: 'pkce_verifier_malformed' });
    if (!handle) {
      // A guess, unlike the replay of a code that exists.
      demandPatience(await this.failures.attempt('client', client.client_id, origin.ip_address));
      throw new OAuthError('invalid_grant', { reason: 'code_unknown' });
    }

    const keys = await bindToKey(client, handle, prove);
    const wanted = await this.resources.judge(client, call.grant, resourcesIn(call));
    const presented = { kind: 'code', client_id: client.client_id, replay_seconds: 0 } as const;
    const proven = (grant: RotatableGrant) => isProven(grant, code_verifier, redirect_uri);
    const bind = (grant: RotatableGrant) => this.resources.binding(grant, wanted, origin);
    const outcome = await this.rotations.rotate(handle, presented, proven, origin, { bind, read: call.grant, jkt: keys.access_jkt });
    switch (outcome.kind) {
      case 'rotated': {
        const { grant, generation } = outcome;
        this.lastUsed.noteClient(client.client_id, generation.rotated_at);
        const bits = await this.resources.bitsOf(grant, wanted, origin);
        return this.answers.build(handle.locator, grant, generation, grant.granted_scope, grant.nonce, generation.rotated_at, keys, bits);
      }
      case 'reused':
        // OAuth 2.1 §4.1.3: a valid second use revokes what the first one issued; committed before the refusal is thrown.
        await this.revocations.revokeReused(handle, 'code_replayed', origin);
        break;
      case 'history_lost':
        await this.revocations.revokeGrant(handle.grant_id, 'history_lost', origin);
        break;
      default:
    }
    throw new OAuthError('invalid_grant', { detail: `the code is ${outcome.kind}`, reason: reasonOf(client, outcome) });
  }
}

/** What the refusal may not tell the integration. */
function reasonOf(client: LiveClient, { kind, grant }: RotationOutcome): FailureReason {
  if (kind === 'reused') return 'code_used';
  if (kind !== 'refused') return 'code_dead';
  if (!grant) return 'code_unknown';
  return grant.client_id === client.client_id ? 'code_not_proven' : 'code_foreign';
}

/** OAuth 2.1 clients send no redirect_uri here; where it is sent it must be the one of the request (RFC 6749 §4.1.3). */
function isProven(grant: RotatableGrant, code_verifier: string, redirect_uri: string | undefined): boolean {
  const challenge = sha256(code_verifier).toString('base64url');
  return constantTimeEqual(challenge, grant.code_challenge) && (redirect_uri === undefined || redirect_uri === grant.redirect_uri);
}
