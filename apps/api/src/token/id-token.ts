import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { CONFIG, type Config } from '../platform/config.js';
import type { RotatableGrant } from './live-row.js';
import { SIGNING_ALGORITHM } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';

/** ID tokens (OIDC Core §2): who signed in, when, for which client. Never accepted back as an access token. */
@Injectable()
export class IdTokens {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * @param scope the words granted now; `profile` and `email` add their claims (OIDC Core §5.4)
   * @param nonce only at the code exchange; OIDC Core §12.2 leaves it out after a refresh
   * @param issued_at seconds since the epoch
   */
  async issue(
    grant: RotatableGrant,
    scope: readonly string[],
    nonce: string | null,
    issued_at: number,
    lifetime_seconds: number,
  ): Promise<string> {
    const { kid, key } = this.keys.at(issued_at);
    const claims = {
      auth_time: Math.floor(grant.authenticated_at),
      ...(nonce === null ? {} : { nonce }),
      ...(scope.includes('profile') ? { name: grant.user_name } : {}),
      ...(scope.includes('email') ? { email: grant.email, email_verified: grant.email_verified } : {}),
    };
    return new SignJWT(claims)
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: 'JWT' })
      .setIssuer(this.config.issuer)
      .setSubject(grant.user_id)
      .setAudience(grant.client_id)
      .setIssuedAt(issued_at)
      .setExpirationTime(issued_at + lifetime_seconds)
      .sign(key);
  }
}
