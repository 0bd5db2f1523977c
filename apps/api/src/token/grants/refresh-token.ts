import { type FailureReason, narrowScope, type TokenResponse } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import type { LiveClient } from '../../client/index.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { OAuthError } from '../../platform/oauth-error.js';
import { resourcesIn, type RotatingCall } from '../client-authentication.js';
import type { Prove } from '../dpop/dpop-proofs.js';
import { bindToKey } from '../dpop/key-binding.js';
import { GrantResources } from '../grant-resources.js';
import { LastUsed } from '../last-used.js';
import type { RotatableGrant } from '../live-row.js';
import { Revocations } from '../revocation.js';
import { type RotationOutcome, Rotations } from '../rotation.js';
import { TokenAnswers } from '../token-answer.js';

/** `grant_type=refresh_token`: generation g becomes g + 1; the immediate predecessor gets the same answer again for a while. */
@Injectable()
export class RefreshTokenGrant {
  constructor(
    private readonly rotations: Rotations,
    private readonly revocations: Revocations,
    private readonly answers: TokenAnswers,
    private readonly lastUsed: LastUsed,
    private readonly resources: GrantResources,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Refreshes.
   *
   * @param prove reads the proof of the client's key, where it sent one
   * @throws OAuthError `invalid_request`, `invalid_scope`, `invalid_target` and `invalid_dpop_proof` (nothing is consumed), `unauthorized_client`, `invalid_grant`
   */
  async refresh(call: RotatingCall, prove: Prove): Promise<TokenResponse> {
    const { client, form, origin, named: handle, grant: read } = call;
    if (!form['refresh_token']) throw new OAuthError('invalid_request', { reason: 'parameter_missing', received: 'refresh_token' });
    if (!handle) throw this.#notOurs(client, 'refresh_token_unknown');
    const carried = this.#narrowed(client, read, form['scope']);
    const keys = await bindToKey(client, handle, prove);
    const wanted = await this.resources.judge(client, read, resourcesIn(call));

    const replay_seconds = this.config.refresh_replay_seconds;
    const presented = { kind: 'refresh_token', client_id: client.client_id, replay_seconds } as const;
    const bind = (grant: RotatableGrant) => this.resources.binding(grant, wanted, origin);
    const outcome = await this.rotations.rotate(handle, presented, () => true, origin, { bind, read });
    switch (outcome.kind) {
      case 'rotated':
      case 'replayed': {
        const { grant, generation } = outcome;
        this.lastUsed.noteClient(client.client_id, generation.rotated_at);
        if (outcome.kind === 'replayed') await this.revocations.recordReplay(grant, origin);
        const now = outcome.kind === 'replayed' ? grant.now : generation.rotated_at;
        const bits = await this.resources.bitsOf(grant, wanted, origin);
        return this.answers.build(handle.locator, grant, generation, carried ?? grant.granted_scope, null, now, keys, bits);
      }
      case 'reused':
        // RFC 9700 §4.14.2: a rotated token that comes back is a copy; the whole grant ends, and is committed so, first.
        await this.revocations.revokeReused(handle, 'refresh_token_reused', origin);
        break;
      case 'history_lost':
        await this.revocations.revokeGrant(handle.grant_id, 'history_lost', origin);
        break;
      default:
    }
    if (outcome.kind === 'refused') throw this.#notOurs(client, outcome.grant ? 'refresh_token_foreign' : 'refresh_token_unknown');
    throw new OAuthError('invalid_grant', { detail: `the refresh token is ${outcome.kind}`, reason: reasonOf(outcome) });
  }

  /** The words to carry when the request narrows them (RFC 6749 §6); judged before anything is consumed. */
  #narrowed(client: LiveClient, grant: RotatableGrant | null, requested: string | undefined): readonly string[] | null {
    if (requested === undefined) return null;
    if (!grant || grant.client_id !== client.client_id)
      throw this.#notOurs(client, grant ? 'refresh_token_foreign' : 'refresh_token_unknown');
    const narrowed = narrowScope(grant.granted_scope, requested);
    if ('error' in narrowed) throw new OAuthError('invalid_scope', { reason: 'scope_too_wide', received: requested });
    return narrowed.scope;
  }

  /** A client without refresh tokens may not use this grant at all; its own earlier tokens are judged like any dead one. */
  #notOurs(client: LiveClient, reason: FailureReason): OAuthError {
    if (client.issue_refresh_token) return new OAuthError('invalid_grant', { reason });
    return new OAuthError('unauthorized_client', { reason: 'refresh_not_issued' });
  }
}

/** What the refusal may not tell the integration. */
function reasonOf({ kind }: RotationOutcome): FailureReason {
  return kind === 'reused' ? 'refresh_token_reused' : 'refresh_token_dead';
}
