import { checkBinding, presentedToken } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../platform/config.js';
import { pathOf } from '../../platform/http/form.js';
import type { Call } from '../../platform/http/request.js';
import { DpopProofs, type Proof, type Prove, type Refuse } from './dpop-proofs.js';

/** An access token at one of our own resources, as it came. */
export interface PresentedToken {
  readonly token: string;
  readonly scheme: 'bearer' | 'dpop';
  readonly prove: Prove;
  readonly refuse: Refuse;
}

/** Access tokens at our own resources: by either scheme (RFC 6750 §2.1, RFC 9449 §7.1). */
@Injectable()
export class PresentedTokens {
  constructor(
    private readonly proofs: DpopProofs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The token of the Authorization header; null for a header that is not usable, undefined without one. */
  read(call: Call, method: string, refuse: Refuse): PresentedToken | null | undefined {
    const found = presentedToken(call.headers.authorization);
    if (!found) return found;
    if (found.scheme === 'bearer') return bearer(found.token, refuse);
    if (!this.config.dpop) return null;
    const { token: access_token } = found;
    return { ...found, refuse, prove: () => this.proofs.read(call, { method, path: pathOf(call.url), access_token, refuse }) };
  }
}

/** A bearer token, wherever it stood. */
export function bearer(token: string, refuse: Refuse): PresentedToken {
  return { token, scheme: 'bearer', prove: NOTHING, refuse };
}

const NOTHING: Prove = () => Promise.resolve(null);

/**
 * Holds a token to how it came.
 *
 * @param jkt the key that it is bound to
 * @returns the proof that came with it, to be taken before anything is done
 * @throws what the token is refused with that does not come as it has to, or whose proof is not good
 */
export async function demandBinding(jkt: string | null, { scheme, prove, refuse }: PresentedToken): Promise<Proof | null> {
  if (jkt === null && scheme === 'bearer') return null;
  const proof = await prove();
  const fault = checkBinding(jkt, { scheme, proven_jkt: proof?.jkt ?? null });
  if (fault) throw refuse(fault, {});
  return proof;
}
