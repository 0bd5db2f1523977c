import type { LiveClient } from '../../client/index.js';
import { OAuthError } from '../../platform/oauth-error.js';
import type { Handle } from '../token-handle.js';
import type { Proof, Prove } from './dpop-proofs.js';

/** The keys that what a client is about to get will be bound to; null to none. */
export interface KeyBinding {
  readonly access_jkt: string | null;
  readonly refresh_jkt: string | null;
}

/**
 * Judges a code, device code or refresh token against the key of the proof beside it (RFC 9449 §5, §5.2, §10), and takes the proof: nothing
 * of the handle was touched until then. A public client's refresh token is bound to the key, since nothing else proves who uses it; a
 * confidential client proves itself, and may change its key.
 *
 * @throws OAuthError `invalid_dpop_proof` for none, a stale one or one that was used, `invalid_grant` for one of another key
 */
export async function bindToKey(client: LiveClient, handle: Handle, prove: Prove): Promise<KeyBinding> {
  const proof = await prove();
  if (!proof) {
    if (handle.jkt === null && !client.dpop_bound_access_tokens) return UNBOUND;
    throw new OAuthError('invalid_dpop_proof', { reason: 'dpop_proof_missing' });
  }
  if (handle.jkt !== null && handle.jkt !== proof.jkt) throw new OAuthError('invalid_grant', { reason: 'dpop_key_mismatch' });
  await proof.spend();
  const staysBound = handle.kind === 'rt' && handle.jkt !== null;
  return { access_jkt: proof.jkt, refresh_jkt: staysBound || client.client_type === 'public' ? proof.jkt : null };
}

const UNBOUND: KeyBinding = { access_jkt: null, refresh_jkt: null };

/**
 * The key that a flow begins with: that of a proof, or the one that `dpop_jkt` names (RFC 9449 §10.1). The proof is taken.
 *
 * @throws OAuthError `invalid_dpop_proof` where they differ
 */
export async function keyOfRequest(named_jkt: string | null, proof: Proof | null): Promise<string | null> {
  if (!proof) return named_jkt;
  if (named_jkt !== null && named_jkt !== proof.jkt) throw new OAuthError('invalid_dpop_proof', { reason: 'dpop_key_mismatch' });
  await proof.spend();
  return proof.jkt;
}
