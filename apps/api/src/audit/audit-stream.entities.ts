import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** How far the log was handed on; see `audit-stream.ts`. There is one row for each way that was ever used. */
@Entity('audit_stream')
@Check('audit_stream_sink_check', `sink IN ('stdout', 'webhook')`)
@Check('audit_stream_batch_check', `(batch_position IS NULL) = (batch_event_id IS NULL)`)
export class AuditStreamRow {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'audit_stream_pkey' })
  sink: 'stdout' | 'webhook';

  /** The last event that was delivered or set aside, by its place in the order of the chain. */
  @Column({ type: 'bigint' })
  position: string;

  @Column({ type: 'uuid' })
  event_id: string;

  /** The last event of the batch under way: fixed before it is sent for the first time, so that each attempt sends the same. */
  @Column({ type: 'bigint', nullable: true })
  batch_position: string | null;

  @Column({ type: 'uuid', nullable: true })
  batch_event_id: string | null;

  /** Attempts at the batch under way that failed for whatever reason. */
  @Column({ type: 'integer', default: 0 })
  failures: number;

  /** Those among them that the receiver refused. */
  @Column({ type: 'integer', default: 0 })
  refusals: number;

  @Column({ type: 'timestamptz', nullable: true })
  next_attempt_at: Date | null;

  @Column({ type: 'text', nullable: true })
  last_failure: string | null;
}

/** A batch that the receiver would not take: the events behind `position` up to `batch_position`, which stay in the log. */
@Entity('audit_dead_letter')
@Index('audit_dead_letter_batch_position_idx', ['batch_position', 'batch_event_id'])
export class AuditDeadLetterRow {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'audit_dead_letter_pkey' })
  id: string;

  @Column({ type: 'text' })
  sink: string;

  @Column({ type: 'bigint' })
  position: string;

  @Column({ type: 'uuid' })
  event_id: string;

  @Column({ type: 'bigint' })
  batch_position: string;

  @Column({ type: 'uuid' })
  batch_event_id: string;

  @Column({ type: 'text' })
  reason: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  created_at: Date;
}
