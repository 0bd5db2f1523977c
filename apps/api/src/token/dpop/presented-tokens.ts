import { checkBinding, type DpopFault, presentedToken } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config.js';
import { pathOf } from '../../platform/http/form.js';
import type { Call } from '../../platform/http/request.js';
import { DpopProofs, type Proof, type Refuse } from './dpop-proofs.js';

/** An access token at one of our own resources, as it came. */
export interface PresentedToken {
  readonly token: string;
  readonly scheme: 'bearer' | 'dpop';
  readonly proof: Proof | null;
  readonly refuse: Refuse;
}

/** Access tokens at our own resources: by either scheme (RFC 6750 §2.1, RFC 9449 §7.1). */
@Injectable()
export class PresentedTokens {
  constructor(
    private readonly proofs: DpopProofs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The token of the Authorization header, with the proof beside it; null for a header that is not usable, undefined without one.
   *
   * @throws what `refuse` makes of a proof that is not good
   */
  async read(call: Call, method: string, refuse: Refuse): Promise<PresentedToken | null | undefined> {
    const found = presentedToken(call.headers.authorization);
    if (!found) return found;
    if (found.scheme === 'bearer') return { ...found, proof: null, refuse };
    if (!this.config.dpop) return null;
    const { token: access_token } = found;
    return { ...found, proof: await this.proofs.read(call, { method, path: pathOf(call.url), access_token, refuse }), refuse };
  }
}

/** @throws what `refuse` makes of a token that does not come as it has to; nothing is taken yet */
export function demandBinding(jkt: string | null, { scheme, proof, refuse }: PresentedToken): void {
  const fault: DpopFault | null = checkBinding(jkt, { scheme, proven_jkt: proof?.jkt ?? null });
  if (fault) throw refuse(fault, {});
}
