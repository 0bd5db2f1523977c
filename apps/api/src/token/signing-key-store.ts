import { planSigningKey, type SigningKeyCause } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import { DataSource, type EntityManager, In } from 'typeorm';
import { AuditLog, SYSTEM } from '../audit/index.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { seal, unseal } from '../platform/crypto.js';
import { SigningKey } from './token.entities.js';

/** RS256: the one algorithm that every OpenID client knows (OIDC Core §15.1). */
export const SIGNING_ALGORITHM = 'RS256';
const MODULUS_BITS = 2048;

/** Signing keys as all processes share them. The private halves are sealed under SECRET_KEY, bound to their kid. */
@Injectable()
export class SigningKeyStore {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Pick<Config, 'secret_keys'>,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Every key there is, the newest first, and the time at which that was so. */
  async read(tx: EntityManager = this.dataSource.manager): Promise<{ keys: SigningKey[]; now: Date }> {
    const now = await this.clock.now(tx);
    return { keys: await tx.find(SigningKey, { order: { active_at: 'DESC' } }), now };
  }

  /**
   * Makes a key where one is needed, in one process while the others wait, and names the moment at which the one before
   * it ends. After a compromise all earlier keys are gone.
   *
   * @returns the new key, or null where none was needed
   */
  async add(cause: SigningKeyCause): Promise<SigningKey | null> {
    return this.dataSource.transaction(async (tx) => {
      await tx.query('LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE');
      const { keys, now } = await this.read(tx);
      const active_at = planSigningKey(keys, now, cause);
      if (!active_at) return null;
      if (cause === 'compromised') await this.#withdraw(tx, keys);
      else await tx.query('UPDATE signing_key SET retired_at = $1 WHERE retired_at IS NULL', [active_at]);
      const key = await tx.save(tx.create(SigningKey, { ...(await this.#newKey()), active_at, created_at: now, retired_at: null }));
      await this.audit.record(tx, { ...eventOf('signing_key.added', key), reason: cause, changes: { active_at: [null, active_at] } });
      return key;
    });
  }

  /** Removes keys that have nothing left to verify. */
  async remove(keys: readonly SigningKey[]): Promise<void> {
    await this.dataSource.getRepository(SigningKey).delete({ kid: In(keys.map(({ kid }) => kid)) });
  }

  /**
   * The private half as a JWK in JSON; sealed anew under the current SECRET_KEY when an older one had sealed it.
   *
   * @returns null where no key of SECRET_KEY fits
   */
  async open({ kid, sealed_private_key }: SigningKey): Promise<string | null> {
    const [current] = this.config.secret_keys;
    const opened = unseal(this.config.secret_keys, kid, sealed_private_key);
    if (!opened) return null;
    if (opened.key_index > 0) {
      const resealed = { sealed_private_key: seal(current!, kid, opened.plaintext) };
      await this.dataSource.getRepository(SigningKey).update({ kid, sealed_private_key }, resealed);
    }
    return opened.plaintext.toString();
  }

  async #newKey(): Promise<Pick<SigningKey, 'kid' | 'alg' | 'public_jwk' | 'sealed_private_key'>> {
    const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
    const { kty, n, e } = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint({ kty, n, e });
    const plaintext = Buffer.from(JSON.stringify(await exportJWK(privateKey)));
    return {
      kid,
      alg: SIGNING_ALGORITHM,
      public_jwk: { kty, n, e, kid, use: 'sig', alg: SIGNING_ALGORITHM },
      sealed_private_key: seal(this.config.secret_keys[0]!, kid, plaintext),
    };
  }

  async #withdraw(tx: EntityManager, keys: readonly SigningKey[]): Promise<void> {
    if (!keys.length) return;
    await tx.delete(SigningKey, { kid: In(keys.map(({ kid }) => kid)) });
    await this.audit.record(tx, ...keys.map((key) => ({ ...eventOf('signing_key.withdrawn', key), reason: 'compromised' })));
  }
}

/** Keys are the installation's: their rows stand in no organization's log. */
function eventOf<Action extends 'signing_key.added' | 'signing_key.withdrawn'>(action: Action, { kid }: SigningKey) {
  return { actor: SYSTEM, organization_id: null, action, target_type: 'signing_key', target_id: kid };
}
