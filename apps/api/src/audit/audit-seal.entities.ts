import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One link of the chain that makes changes of the audit log evident; see `chain.ts`. The API can insert and read these rows, nothing else. */
@Entity('audit_seal')
@Check('audit_seal_retention_check', `(kept_from IS NULL) = (anchor IS NULL)`)
@Index('audit_seal_kept_from_idx', ['number'], { where: 'kept_from IS NOT NULL' })
export class AuditSealRow {
  @PrimaryColumn({ type: 'bigint', primaryKeyConstraintName: 'audit_seal_pkey' })
  number: string;

  @Column({ type: 'bytea' })
  previous: Buffer;

  @Column({ type: 'timestamptz' })
  sealed_at: Date;

  @Column({ type: 'bigint' })
  position: string;

  @Column({ type: 'uuid' })
  event_id: string;

  @Column({ type: 'text', array: true })
  actions: string[];

  @Column({ type: 'bytea' })
  leaves: Buffer;

  @Column({ type: 'timestamptz', nullable: true })
  kept_from: Date | null;

  @Column({ type: 'bigint', nullable: true })
  anchor: string | null;

  @Column({ type: 'bytea' })
  mac: Buffer;
}

/** The chain's random key, sealed under SECRET_KEY; there is one. */
@Entity('audit_key')
export class AuditKeyRow {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'audit_key_pkey' })
  id: string;

  @Column({ type: 'bytea' })
  sealed_key: Buffer;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  created_at: Date;
}
