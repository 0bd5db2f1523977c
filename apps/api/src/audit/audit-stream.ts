import { STREAM_REFUSALS, STREAM_ROUND_SECONDS, streamBatchLength, streamDelaySeconds } from '@behalf/domain';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config, type StreamTarget } from '../platform/config.js';
import { Round } from '../platform/round.js';
import { AuditLog } from './audit-log.js';
import { readHead } from './chain-store.js';
import { type Attempt, type Deliver, sinkOf } from './stream-sinks.js';
import { advance, eventsBetween, fixBatch, holdStream, type Place, postpone, setAside, type StreamState } from './stream-store.js';

const MILLISECONDS = 1000;

/**
 * Hands the audit log on, event by event in the order of its chain, at least once. Only what is sealed is handed on: behind a seal
 * nothing can come any more, so a place in that order is all that has to be remembered. One process at a time is at it, and what
 * it has delivered counts when the database says so.
 */
@Injectable()
export class AuditStream implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #round = new Round('streaming of the audit log', STREAM_ROUND_SECONDS * MILLISECONDS, () => this.run());
  readonly #logger = new Logger(AuditStream.name);
  readonly #target: StreamTarget | null;
  readonly #deliver: Deliver | null;
  #stopping = false;
  /** Of this process, for the metrics. */
  readonly attempts = { delivered: 0, refused: 0, waiting: 0 };
  delivered_events = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    @Inject(CONFIG) { audit_stream }: Config,
  ) {
    this.#target = audit_stream;
    this.#deliver = audit_stream && sinkOf(audit_stream);
  }

  /** Where the log goes; null where it is not streamed. */
  get sink(): StreamTarget['sink'] | null {
    return this.#target?.sink ?? null;
  }

  /** The stream's place is noted before the first request is answered: what happens from now on is handed on. */
  async onApplicationBootstrap(): Promise<void> {
    const target = this.#target;
    if (!target) return;
    await this.dataSource.transaction((tx) => holdStream(tx, target.sink, this.clock.bind()));
    this.#round.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    return this.#round.stop();
  }

  /** Delivers what is due, unless another process is at it. */
  async run(): Promise<void> {
    const { sink } = this.#target!;
    let more = true;
    while (more && !this.#stopping) {
      // Committed before it is sent, so that whoever sends it again sends the same.
      const fixed = await this.dataSource.transaction((tx) => this.#fix(tx, sink));
      more = fixed && (await this.dataSource.transaction((tx) => this.#attempt(tx, sink)));
    }
  }

  /** @returns whether there is a batch whose time has come */
  async #fix(tx: EntityManager, sink: StreamTarget['sink']): Promise<boolean> {
    const state = await holdStream(tx, sink, this.clock.bind());
    if (!state?.due) return false;
    if (batchEnd(state)) return true;
    const next = await eventsBetween(tx, state, await readHead(tx));
    const length = streamBatchLength(next.map((event) => Buffer.byteLength(JSON.stringify(event))));
    const last = next[length - 1];
    if (!last) return false;
    await fixBatch(tx, sink, { position: last.position, event_id: last.id });
    return true;
  }

  /** @returns whether the next one may follow at once */
  async #attempt(tx: EntityManager, sink: StreamTarget['sink']): Promise<boolean> {
    const state = await holdStream(tx, sink, this.clock.bind());
    const end = state && batchEnd(state);
    if (!end || !state.due) return false;
    const events = (await eventsBetween(tx, state, end)).map((stored) => this.audit.toStreamed(stored));
    // Retention may have dropped what waited for longer than the log is kept.
    const attempt: Attempt = events.length ? await this.#deliver!({ id: `msg_${end.event_id}`, events }) : { outcome: 'delivered' };
    this.attempts[attempt.outcome] += 1;
    if (attempt.outcome !== 'delivered') return this.#failed(tx, state, attempt);
    await advance(tx, sink);
    this.delivered_events += events.length;
    return true;
  }

  /** @returns whether the next one may follow at once */
  async #failed(tx: EntityManager, state: StreamState, { outcome, reason = 'unknown', retry_after = null }: Attempt): Promise<boolean> {
    const now = this.clock.bind();
    const failures = state.failures + 1;
    const refusals = state.refusals + Number(outcome === 'refused');
    if (refusals >= STREAM_REFUSALS) {
      this.#logger.error(`events of the audit log were set aside after ${refusals} refusals: ${reason}; behalf doctor tells of them`);
      await setAside(tx, state.sink, reason, now);
      return true;
    }
    const seconds = streamDelaySeconds(failures, Math.random(), retry_after);
    this.#logger.warn(`the audit log was not handed on: ${reason}; attempt ${failures + 1} follows in ${seconds.toFixed(1)} s`);
    await postpone(tx, state.sink, { failures, refusals, reason, seconds }, now);
    return false;
  }
}

function batchEnd({ batch_position, batch_event_id }: StreamState): Place | null {
  return batch_position === null || batch_event_id === null ? null : { position: batch_position, event_id: batch_event_id };
}
