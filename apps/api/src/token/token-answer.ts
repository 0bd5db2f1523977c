import { effectiveScope, formatScope, type TokenResponse } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import type { KeyBinding } from './dpop/key-binding.js';
import { IdTokens } from './id-token.js';
import type { RotatableGrant } from './live-row.js';
import type { Generation } from './rotation.js';
import { type Handle, scopeBits, TokenHandles } from './token-handle.js';

/** Derives the answer of the token endpoint from a generation of a grant: the first time and at each replay alike. */
@Injectable()
export class TokenAnswers {
  constructor(
    @Inject(TokenHandles) private readonly handles: TokenHandles,
    private readonly idTokens: IdTokens,
  ) {}

  /**
   * @param carried the words of the consent that the access token is to carry
   * @param nonce of the authorization request, at the code exchange only
   * @param now seconds since the epoch, for `expires_in` of a replay
   * @param keys that the tokens are bound to
   * @param resource_bits which of the grant's resources the access token is for; 0 for all of them
   */
  async build(
    locator: Handle['locator'],
    grant: RotatableGrant,
    { generation, rotated_at, access_token_lifetime_seconds: lifetime_seconds }: Generation,
    carried: readonly string[],
    nonce: string | null,
    now: number,
    { access_jkt, refresh_jkt }: KeyBinding,
    resource_bits = 0,
  ): Promise<TokenResponse> {
    const issued_at = Math.floor(rotated_at);
    const scope = effectiveScope(carried, grant.access_preset);
    // Each handle in one literal: an object spread into another is slower to make than the rest of the handle.
    const access_bits = scopeBits(grant.consented_scope, carried) | resource_bits;
    const access_token = {
      kind: 'at',
      locator,
      generation,
      scope_bits: access_bits,
      issued_at,
      lifetime_seconds,
      jkt: access_jkt,
    } as const;
    const answer: TokenResponse = {
      access_token: this.handles.encode(access_token),
      token_type: access_jkt === null ? 'Bearer' : 'DPoP',
      expires_in: Math.max(0, issued_at + lifetime_seconds - Math.floor(now)),
      scope: formatScope(scope),
    };
    if (grant.refresh_live && grant.refresh_token_lifetime_seconds !== null) {
      // The whole grant, whatever the access token was narrowed to (RFC 6749 §6).
      const scope_bits = scopeBits(grant.consented_scope, grant.consented_scope);
      const refresh_token = { kind: 'rt', locator, generation, scope_bits, issued_at, lifetime_seconds: 0, jkt: refresh_jkt } as const;
      answer.refresh_token = this.handles.encode(refresh_token);
    }
    if (scope.includes('openid')) answer.id_token = await this.idTokens.issue(grant, scope, nonce, issued_at, lifetime_seconds);
    return answer;
  }
}
