import {
  type ActiveToken,
  type AuthorizationToken,
  checkBinding,
  DPOP_PROOF_KEPT_SECONDS,
  type DpopFault,
  isFreshProof,
} from '@behalf/domain';
import { DpopNonces, type ReadProof, readProof } from '@behalf/dpop';
import type { Settings } from './options.js';
import { MemoryReplayStore, type ReplayStore } from './replay-store.js';

const MILLISECONDS = 1000;

/** A request, as its proof has to name it. */
export interface ProvenRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Its `DPoP` header. */
  readonly dpop?: string | readonly string[] | undefined;
}

/** Proofs of the keys that tokens are bound to (RFC 9449 §7), for an API that is called. */
export class Proofs {
  readonly #store: ReplayStore;
  /** Null where none are demanded. */
  readonly #nonces: DpopNonces | null;

  constructor(
    private readonly settings: Pick<Settings, 'public_url' | 'replay_store' | 'max_fresh_proofs' | 'dpop_nonce_secrets' | 'on_fault'>,
  ) {
    const { replay_store, max_fresh_proofs, dpop_nonce_secrets } = settings;
    this.#store = replay_store ?? new MemoryReplayStore(max_fresh_proofs);
    this.#nonces = dpop_nonce_secrets && new DpopNonces(dpop_nonce_secrets);
  }

  /** The proof that comes with a token of the scheme DPoP, good in all its parts; null for a bearer token, which needs none. */
  async read({ scheme, token }: AuthorizationToken, { method, url, dpop }: ProvenRequest): Promise<ReadProof | DpopFault | null> {
    if (scheme === 'bearer') return null;
    if (dpop === undefined) return 'missing';
    const { public_url } = this.settings;
    if (public_url === null || method === undefined || url === undefined) {
      // Never by Host, which the caller writes: a proof for another server could be used here.
      this.settings.on_fault(
        new Error('a DPoP proof cannot be judged without the option public_url, and the method and url of the request'),
      );
      return 'htu';
    }
    if (typeof dpop !== 'string') return 'malformed';
    const proof = await readProof(dpop, { method, url: public_url + pathOf(url), access_token: token });
    if (typeof proof === 'string') return proof;
    return this.#nonces && !this.#nonces.accepts(proof.nonce ?? '') ? 'nonce' : proof;
  }

  /** The nonce that a refused proof lacks; null where none are demanded. */
  currentNonce(): string | null {
    return this.#nonces?.current() ?? null;
  }

  /** The nonce to sign the next proof with, where that of this one ages (RFC 9449 §8.2). */
  nextNonce({ nonce }: ReadProof): string | null {
    return this.#nonces?.successor(nonce ?? '') ?? null;
  }

  /**
   * Holds a token, as introspection tells it now, to how it came, and takes the proof.
   *
   * @returns what is wrong
   * @throws Error where the store of used proofs cannot tell
   */
  async hold(token: ActiveToken, { scheme }: AuthorizationToken, proof: ReadProof | null): Promise<DpopFault | null> {
    const fault = checkBinding(token.cnf?.jkt ?? null, { scheme, proven_jkt: proof?.jkt ?? null });
    if (fault || !proof) return fault;
    if (!isFreshProof(proof.iat, Date.now() / MILLISECONDS)) return 'iat';
    const isNew = await this.#store.take(proof.id.toString('base64url'), DPOP_PROOF_KEPT_SECONDS);
    return isNew ? null : 'replayed';
  }
}

/** A request's address below its origin; some clients write it whole (RFC 9112 §3.2.2). */
function pathOf(url: string): string {
  return !url.startsWith('/') && URL.canParse(url) ? new URL(url).pathname : url;
}
