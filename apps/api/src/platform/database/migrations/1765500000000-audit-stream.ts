import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far the audit log was handed on, in the order of its chain, and what a receiver would not take. */
const UP = `
CREATE TABLE audit_stream (
  sink text NOT NULL,
  position bigint NOT NULL,
  event_id uuid NOT NULL,
  batch_position bigint,
  batch_event_id uuid,
  failures integer NOT NULL DEFAULT 0,
  refusals integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  last_failure text,
  CONSTRAINT audit_stream_pkey PRIMARY KEY (sink),
  CONSTRAINT audit_stream_sink_check CHECK (sink IN ('stdout', 'webhook')),
  CONSTRAINT audit_stream_batch_check CHECK ((batch_position IS NULL) = (batch_event_id IS NULL))
);
CREATE TABLE audit_dead_letter (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  sink text NOT NULL,
  position bigint NOT NULL,
  event_id uuid NOT NULL,
  batch_position bigint NOT NULL,
  batch_event_id uuid NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_dead_letter_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_dead_letter_batch_position_idx ON audit_dead_letter (batch_position, batch_event_id);
GRANT SELECT, INSERT, UPDATE ON audit_stream TO behalf_app;
GRANT SELECT, INSERT, DELETE ON audit_dead_letter TO behalf_app;
`;

const DOWN = 'DROP TABLE audit_dead_letter, audit_stream;';

/** Streaming of the audit log to a receiver. */
export class AuditStream1765500000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
