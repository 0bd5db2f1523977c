import type { DataSource } from 'typeorm';
import type { StreamTarget } from '../platform/config.js';
import type { AuditLog } from './audit-log.js';
import { type Attempt, sinkOf } from './stream-sinks.js';
import { type DeadLetter, deadLetters, eventsBetween, forgetDeadLetter } from './stream-store.js';

/** What came of one that was tried again. */
export interface Replayed {
  readonly id: string;
  readonly events: number;
  /** Why it was not taken; null where it was, and is forgotten. */
  readonly reason: string | null;
}

/**
 * Sends what was set aside again, in the order of the log, once each. What is not taken stays.
 *
 * @param to where it goes: to whatever the log is streamed to now
 */
export async function* replayDeadLetters(dataSource: DataSource, audit: AuditLog, to: StreamTarget): AsyncGenerator<Replayed> {
  const deliver = sinkOf(to);
  for (const letter of await deadLetters(dataSource.manager)) yield await replay(letter);

  async function replay({ id, after, to: end }: DeadLetter): Promise<Replayed> {
    const events = (await eventsBetween(dataSource.manager, after, end)).map((stored) => audit.toStreamed(stored));
    const attempt: Attempt = events.length ? await deliver({ id: `msg_${end.event_id}`, events }) : { outcome: 'delivered' };
    const taken = attempt.outcome === 'delivered';
    if (taken) await forgetDeadLetter(dataSource.manager, id);
    return { id, events: events.length, reason: taken ? null : (attempt.reason ?? 'unknown') };
  }
}
