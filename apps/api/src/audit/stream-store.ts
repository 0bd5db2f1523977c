import { STREAM_BATCH_EVENTS } from '@behalf/domain';
import type { EntityManager } from 'typeorm';
import { AUDIT_PLAN } from './audit-list.js';
import type { AuditDeadLetterRow, AuditStreamRow } from './audit-stream.entities.js';
import { type Database, readHead } from './chain-store.js';
import type { StreamedEvent } from './stream-sinks.js';

/** Any number that no other program of the database uses: whoever holds it hands the log on. */
const STREAM_LOCK = 4_827_131_905;

type Sink = AuditStreamRow['sink'];

/** A place in the order of the chain. */
export interface Place {
  readonly position: string;
  readonly event_id: string;
}

export type StoredStreamedEvent = Omit<StreamedEvent, 'verdict' | 'locations'> & { readonly position: string };

/** What the stream stands at, and whether its next attempt is due. */
export type StreamState = AuditStreamRow & { readonly due: boolean };

const STATE = `
SELECT sink, position::text AS position, event_id, batch_position::text AS batch_position, batch_event_id, failures, refusals, next_attempt_at, last_failure,
       next_attempt_at IS NULL OR next_attempt_at <= coalesce($2::timestamptz, clock_timestamp()) AS due
  FROM audit_stream WHERE sink = $1`;

/** Nothing can come between the rows up to a seal any more: what they are and how they follow each other is settled. */
const EVENTS = `
SELECT ${AUDIT_PLAN.columns}, a.organization_id, a.position::text AS position FROM audit_event a
 WHERE (a.position, a.id) > ($1::bigint, $2::uuid) AND (a.position, a.id) <= ($3::bigint, $4::uuid)
 ORDER BY a.position, a.id LIMIT ${STREAM_BATCH_EVENTS}`;

/**
 * The stream's state in a transaction that alone may hand the log on, until it ends. It holds no row and no snapshot, so that
 * neither sealing nor anybody else waits for a receiver.
 *
 * @param now what tests put in place of the database's clock
 * @returns null where another process is at it
 */
export async function holdStream(tx: EntityManager, sink: Sink, now: Date | null): Promise<StreamState | null> {
  const [{ held }] = await tx.query<[{ held: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS held', [STREAM_LOCK]);
  if (!held) return null;
  const [state] = await tx.query<StreamState[]>(STATE, [sink, now]);
  return state ?? (await beginStream(tx, sink));
}

/** A log that was kept before it was streamed is not streamed from its beginning: the export has what came before. */
async function beginStream(tx: EntityManager, sink: Sink): Promise<StreamState> {
  const { position, event_id } = await readHead(tx);
  await tx.query('INSERT INTO audit_stream (sink, position, event_id) VALUES ($1, $2, $3)', [sink, position, event_id]);
  const none = { batch_position: null, batch_event_id: null, next_attempt_at: null, last_failure: null };
  return { sink, position, event_id, failures: 0, refusals: 0, due: true, ...none };
}

/** How far the log was handed on by one way, and how many batches were set aside; no place where it was never used. */
export async function streamProgress(database: Database, sink: Sink | null): Promise<{ place: Place | null; dead_letters: number }> {
  const [place] = await database.query<Place[]>('SELECT position::text AS position, event_id FROM audit_stream WHERE sink = $1', [sink]);
  const [{ count }] = (await database.query<[{ count: number }]>('SELECT count(*)::integer AS count FROM audit_dead_letter')) as [
    { count: number },
  ];
  return { place: place ?? null, dead_letters: count };
}

/** The events behind a place, up to another one, in order; at most as many as make a batch. */
export function eventsBetween(database: Database, after: Place, to: Place): Promise<StoredStreamedEvent[]> {
  return database.query<StoredStreamedEvent[]>(EVENTS, [after.position, after.event_id, to.position, to.event_id]);
}

/** Fixes what the next attempts send. */
export async function fixBatch(tx: Database, sink: Sink, end: Place): Promise<void> {
  await tx.query('UPDATE audit_stream SET batch_position = $2, batch_event_id = $3 WHERE sink = $1', [sink, end.position, end.event_id]);
}

const ADVANCE = `
UPDATE audit_stream SET position = batch_position, event_id = batch_event_id, batch_position = NULL, batch_event_id = NULL,
       failures = 0, refusals = 0, next_attempt_at = NULL, last_failure = NULL WHERE sink = $1`;

/** The batch under way is done with. */
export async function advance(tx: Database, sink: Sink): Promise<void> {
  await tx.query(ADVANCE, [sink]);
}

const POSTPONE = `
UPDATE audit_stream SET failures = $2, refusals = $3, last_failure = $4,
       next_attempt_at = coalesce($6::timestamptz, clock_timestamp()) + make_interval(secs => $5) WHERE sink = $1`;

export interface Postponement {
  readonly failures: number;
  readonly refusals: number;
  readonly reason: string;
  readonly seconds: number;
}

export async function postpone(tx: Database, sink: Sink, postponement: Postponement, now: Date | null): Promise<void> {
  const { failures, refusals, reason, seconds } = postponement;
  await tx.query(POSTPONE, [sink, failures, refusals, reason, seconds, now]);
}

const SET_ASIDE = `
INSERT INTO audit_dead_letter (sink, position, event_id, batch_position, batch_event_id, reason, created_at)
SELECT sink, position, event_id, batch_position, batch_event_id, $2, coalesce($3::timestamptz, clock_timestamp()) FROM audit_stream WHERE sink = $1`;

/** Keeps the batch under way for later, and goes on behind it. */
export async function setAside(tx: Database, sink: Sink, reason: string, now: Date | null): Promise<void> {
  await tx.query(SET_ASIDE, [sink, reason, now]);
  await advance(tx, sink);
}

export type DeadLetter = Pick<AuditDeadLetterRow, 'id' | 'reason' | 'created_at'> & { readonly after: Place; readonly to: Place };

/** What was set aside, in the order of the log. */
export async function deadLetters(database: Database): Promise<DeadLetter[]> {
  const rows = await database.query<AuditDeadLetterRow[]>(
    `SELECT id, position::text AS position, event_id, batch_position::text AS batch_position, batch_event_id, reason, created_at
       FROM audit_dead_letter ORDER BY batch_position, batch_event_id`,
  );
  return rows.map(({ id, reason, created_at, position, event_id, batch_position, batch_event_id }) => {
    return { id, reason, created_at, after: { position, event_id }, to: { position: batch_position, event_id: batch_event_id } };
  });
}

export async function forgetDeadLetter(database: Database, id: string): Promise<void> {
  await database.query('DELETE FROM audit_dead_letter WHERE id = $1', [id]);
}
