import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, type CryptoKey } from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../platform/config.js';
import { seal, unseal } from '../platform/crypto.js';
import { SigningKey } from './token.entities.js';

/** RS256: the one algorithm that every OpenID client knows (OIDC Core §15.1). */
export const SIGNING_ALGORITHM = 'RS256';
const MODULUS_BITS = 2048;

/** The keys that sign ID tokens. The private halves are sealed under SECRET_KEY, bound to their kid. */
@Injectable()
export class SigningKeys implements OnModuleInit {
  #current: { kid: string; key: CryptoKey };
  #published: JWK[] = [];

  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Loads the keys; the first replica of a new database makes the first one, while the others wait. */
  async onModuleInit(): Promise<void> {
    const rows = await this.dataSource.transaction(async (tx) => {
      await tx.query('LOCK TABLE signing_key IN SHARE ROW EXCLUSIVE MODE');
      const keys = await tx.find(SigningKey, { order: { created_at: 'DESC' } });
      return keys.length ? keys : [await this.#create(tx)];
    });
    const newest = rows[0]!;
    this.#current = { kid: newest.kid, key: await this.#open(newest) };
    this.#published = rows.map((row) => row.public_jwk as JWK);
  }

  /** The key that signs now. */
  get current(): { kid: string; key: CryptoKey } {
    return this.#current;
  }

  /** The JWK set (RFC 7517 §5): public members only. */
  get jwks(): { keys: JWK[] } {
    return { keys: this.#published };
  }

  async #create(tx: EntityManager): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { modulusLength: MODULUS_BITS, extractable: true });
    const { kty, n, e } = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint({ kty, n, e });
    const plaintext = Buffer.from(JSON.stringify(await exportJWK(privateKey)));
    return tx.save(
      tx.create(SigningKey, {
        kid,
        alg: SIGNING_ALGORITHM,
        public_jwk: { kty, n, e, kid, use: 'sig', alg: SIGNING_ALGORITHM },
        sealed_private_key: seal(this.config.secret_keys[0]!, kid, plaintext),
      }),
    );
  }

  /** Opens a key, and seals it again under the current SECRET_KEY when an older one had sealed it. */
  async #open(row: SigningKey): Promise<CryptoKey> {
    const opened = unseal(this.config.secret_keys, row.kid, row.sealed_private_key);
    if (!opened) throw new Error(`The signing key ${row.kid} was sealed under a SECRET_KEY that is not in the list.`);
    if (opened.key_index > 0) {
      await this.dataSource.getRepository(SigningKey).update(row.kid, {
        sealed_private_key: seal(this.config.secret_keys[0]!, row.kid, opened.plaintext),
      });
    }
    return (await importJWK(JSON.parse(opened.plaintext.toString()) as JWK, SIGNING_ALGORITHM)) as CryptoKey;
  }
}
