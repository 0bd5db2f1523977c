import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A DPoP proof that was taken, for as long as it would be taken for fresh (RFC 9449 §11.1). */
@Entity('dpop_proof')
export class DpopProof {
  /** SHA-256 of the key's thumbprint and the proof's `jti`. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'dpop_proof_pkey' })
  proof_hash: Buffer;

  @Column({ type: 'timestamptz' })
  @Index('dpop_proof_expires_at_idx')
  expires_at: Date;
}
