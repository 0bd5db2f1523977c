import { DPOP_PROOF_KEPT_SECONDS, dpopErrorOf, type DpopFault, isFreshProof } from '@behalf/domain';
import { DpopNonces, type ReadProof, readProof } from '@behalf/dpop';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { createBatcher, HotConnections, type Statement } from '../../platform/database/batcher.js';
import type { Call } from '../../platform/http/request.js';
import { OAuthError } from '../../platform/oauth-error.js';

/** A proof of a key that came with a request, good in all its parts. */
export interface Proof {
  /** The key's thumbprint. */
  readonly jkt: string;
  /** Takes it, once in all replicas, and while it is fresh. Before anything is done on the strength of it. @throws what `refuse` makes */
  readonly spend: () => Promise<void>;
}

/** Reads the proof of a request once something else of it was found good: a signature costs more to check than to send. */
export type Prove = () => Promise<Proof | null>;

/** A refusal in the dialect of the place that it happens at, with `DPoP-Nonce` where there is one to be used. */
export type Refuse = (fault: DpopFault, headers: Readonly<Record<string, string>>) => Error;

/** What a proof has to be made for, and how it is refused. */
export interface ProofPlace {
  readonly method: string;
  /** Below the issuer; whatever `Host` says, that alone is the address. */
  readonly path: string;
  readonly access_token?: string;
  readonly refuse: Refuse;
}

interface SpentRow {
  readonly n: number;
  readonly is_new: boolean;
  readonly now: number;
}

/** Sorted, so that batches of several replicas wait for each other one way alone. */
const SPEND: Statement = {
  name: 'spend_dpop_proofs',
  text: `
WITH t AS (SELECT coalesce($2::timestamptz, clock_timestamp()) AS now),
k AS (SELECT k.proof_hash, k.n FROM unnest($1::bytea[]) WITH ORDINALITY k(proof_hash, n)),
made AS (
  INSERT INTO dpop_proof (proof_hash, expires_at)
  SELECT k.proof_hash, t.now + $3::integer * interval '1 second' FROM k, t ORDER BY k.proof_hash
  ON CONFLICT (proof_hash) DO NOTHING RETURNING proof_hash)
SELECT k.n::integer AS n, made.proof_hash IS NOT NULL AS is_new, extract(epoch FROM t.now)::float8 AS now
  FROM k CROSS JOIN t LEFT JOIN made ON made.proof_hash = k.proof_hash`,
};

/** DPoP proofs (RFC 9449): read from their header, and each one taken once. */
@Injectable()
export class DpopProofs {
  readonly #spend: (id: Buffer) => Promise<SpentRow>;

  constructor(
    connections: HotConnections,
    clock: Clock,
    private readonly nonces: DpopNonces,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.#spend = createBatcher<Buffer, SpentRow>(connections, async (ids) => {
      const rows = await connections.run<SpentRow & Record<string, unknown>>(SPEND, [ids, clock.bind(), DPOP_PROOF_KEPT_SECONDS]);
      return firstOfEach(ids, rows);
    });
  }

  /**
   * The proof that a call brings; null where it brings none, or DPoP is switched off.
   *
   * @throws what `refuse` makes of a proof that is not good
   */
  async read({ headers }: Pick<Call, 'headers'>, { method, path, access_token, refuse }: ProofPlace): Promise<Proof | null> {
    const header = headers['dpop'];
    if (header === undefined || !this.config.dpop) return null;
    const url = this.config.issuer + path;
    const proof = typeof header === 'string' ? await readProof(header, { method, url, access_token }) : 'malformed';
    if (typeof proof === 'string') throw this.#refused(proof, refuse);
    if (this.config.dpop_nonce && (proof.nonce === null || !this.nonces.accepts(proof.nonce))) throw this.#refused('nonce', refuse);
    return { jkt: proof.jkt, spend: () => this.#take(proof, refuse) };
  }

  /** The same at an endpoint that clients call, for RFC 6749 §5.2. @throws OAuthError `invalid_dpop_proof`, `use_dpop_nonce` */
  ofClient(call: Pick<Call, 'headers'>, path: string): Promise<Proof | null> {
    return this.read(call, { method: 'POST', path, refuse: clientRefusal });
  }

  async #take(proof: ReadProof, refuse: Refuse): Promise<void> {
    const { is_new, now } = await this.#spend(proof.id);
    if (!isFreshProof(proof.iat, now)) throw this.#refused('iat', refuse);
    if (!is_new) throw this.#refused('replayed', refuse);
  }

  #refused(fault: DpopFault, refuse: Refuse): Error {
    return refuse(fault, fault === 'nonce' ? { 'dpop-nonce': this.nonces.current() } : {});
  }
}

/** Of equal proofs in one batch the first one is new. */
function firstOfEach(ids: readonly Buffer[], rows: readonly SpentRow[]): SpentRow[] {
  const byPlace = new Map(rows.map((row) => [row.n, row]));
  const seen = new Set<string>();
  return ids.map((id, index) => {
    const row = byPlace.get(index + 1)!;
    const key = id.toString('base64');
    const is_new = row.is_new && !seen.has(key);
    seen.add(key);
    return { ...row, is_new };
  });
}

/** At the endpoints of clients; the part at fault is told to those who manage the client. */
const clientRefusal: Refuse = (fault, headers) => {
  const error = dpopErrorOf(fault) === 'use_dpop_nonce' ? 'use_dpop_nonce' : 'invalid_dpop_proof';
  return new OAuthError(error, { reason: 'dpop_proof_invalid', received: fault, headers });
};
