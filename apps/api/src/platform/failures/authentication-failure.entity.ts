import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Failed attempts of one kind within one window, counted for all replicas. Rows are gone soon after their window. */
@Entity('authentication_failure')
export class AuthenticationFailure {
  /** A hash of what is counted: an account or client, and an address. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'authentication_failure_pkey' })
  key: Buffer;

  @Column({ type: 'integer' })
  count: number;

  /** The count from which on attempts are refused. */
  @Column({ type: 'integer' })
  limit: number;

  @Column({ type: 'timestamptz' })
  @Index('authentication_failure_ends_at_idx')
  ends_at: Date;
}
