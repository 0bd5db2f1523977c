import { AUDIT_HEAD_LOG_SECONDS, AUDIT_SEAL_LATE_SECONDS, AUDIT_SEAL_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { Round } from '../platform/round.js';
import { type ChainKey, type Seal, SEALED_EVENT, type SealedEvent } from './chain.js';
import { appendSeal, CHAIN_LOCK, provideChainKey, readHead } from './chain-store.js';

const MILLISECONDS = 1000;
/** Rows of one seal: hashing them holds the process for about three milliseconds. */
const BATCH = 250;

/**
 * The next rows of the order, each with whether its transaction is behind every one that may still commit. Such rows
 * stand first, and nothing can come between them any more: a transaction that commits late has a place above.
 */
const NEXT = `
SELECT ${SEALED_EVENT}, a.position < audit_position(pg_snapshot_xmin(pg_current_snapshot())) AS settled
  FROM audit_event a WHERE (a.position, a.id) > ($1::bigint, $2::uuid) ORDER BY a.position, a.id LIMIT ${BATCH}`;

type Head = Pick<Seal, 'number' | 'mac'>;

/** What one transaction has sealed. */
interface Batch {
  readonly head: Head;
  readonly more: boolean;
  readonly events: readonly SealedEvent[];
}

/** Seals what was audited, within seconds of its commit and never on a request's path; one process at a time. */
@Injectable()
export class AuditSeals implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #round = new Round('sealing of the audit log', AUDIT_SEAL_SECONDS * MILLISECONDS, () => this.seal());
  readonly #logger = new Logger(AuditSeals.name);
  #key: ChainKey;
  /** The newest seal that this process has seen. */
  #seen: Head | undefined;
  #told: { at: number; number: string } | undefined;
  #waitingSince: number | undefined;
  #stopping = false;
  /** Rows that this process has sealed, by action and result: each row of the log is sealed once, by one process. */
  readonly sealed = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  async onModuleInit(): Promise<void> {
    this.#key = await this.dataSource.transaction((tx) => provideChainKey(tx, this.config.secret_keys));
  }

  onApplicationBootstrap(): void {
    this.#round.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    return this.#round.stop();
  }

  /** Seals everything that is settled by now, unless another process is at it. */
  async seal(): Promise<void> {
    let batch: Batch | null;
    do {
      // Each batch commits by itself: a process that dies in between has lost nothing, the next one goes on from the head.
      batch = await this.dataSource.transaction((tx) => this.#sealBatch(tx));
      if (batch) this.#seen = batch.head;
      for (const { action, result } of batch?.events ?? []) {
        const kind = `${action} ${result}`;
        this.sealed.set(kind, (this.sealed.get(kind) ?? 0) + 1);
      }
    } while (batch?.more && !this.#stopping);
    this.#tellHead();
  }

  /** @returns null where another process is at it */
  async #sealBatch(tx: EntityManager): Promise<Batch | null> {
    const [{ held }] = await tx.query<[{ held: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS held', [CHAIN_LOCK]);
    if (!held) return null;
    const head = await readHead(tx);
    await this.#watch(tx, head);
    const next = await tx.query<(SealedEvent & { settled: boolean })[]>(NEXT, [head.position, head.event_id]);
    const events = next.filter(({ settled }) => settled);
    const last = events.at(-1);
    this.#watchDelay(next.length > 0 && !last);
    if (!last) return { head, more: false, events };
    const content = { position: last.position, event_id: last.id, ...this.#key.leavesOf(events), kept_from: null, anchor: null };
    return { head: await appendSeal(tx, this.#key, head, content, this.clock.bind()), more: events.length === BATCH, events };
  }

  /** Seals that this process saw may not be gone, nor be others: nobody but a database administrator could have done it. */
  async #watch(tx: EntityManager, head: Head): Promise<void> {
    const seen = this.#seen;
    if (!seen || seen.mac.equals(head.mac)) return;
    const [same] = await tx.query<unknown[]>('SELECT 1 FROM audit_seal WHERE number = $1 AND mac = $2', [seen.number, seen.mac]);
    // A process that looks for the first time in months may look for a seal that retention has dropped since.
    const [oldest] = same ? [] : await tx.query<{ number: string }[]>('SELECT min(number)::text AS number FROM audit_seal');
    if (same || BigInt(seen.number) < BigInt(oldest?.number ?? 0)) return;
    this.#logger.error(
      `the audit log was cut or replaced: seal ${describe(seen)} was its head and is not in it any more; its head is ${describe(head)}`,
    );
  }

  /** Sealing waits for the oldest transaction that has written; one that stays open holds it up. */
  #watchDelay(waiting: boolean): void {
    const now = performance.now();
    if (!waiting) this.#waitingSince = undefined;
    else this.#waitingSince ??= now;
    if (this.#waitingSince === undefined || now - this.#waitingSince < AUDIT_SEAL_LATE_SECONDS * MILLISECONDS) return;
    this.#logger.warn('audit rows wait to be sealed: a transaction that has written stays open in this PostgreSQL (see pg_stat_activity)');
    this.#waitingSince = now;
  }

  /** The newest seals could be deleted with their rows and nothing inside the database would tell; a log elsewhere does. */
  #tellHead(): void {
    const now = performance.now();
    const seen = this.#seen;
    if (!seen || seen.number === (this.#told?.number ?? '0')) return;
    if (this.#told && now - this.#told.at < AUDIT_HEAD_LOG_SECONDS * MILLISECONDS) return;
    this.#told = { at: now, number: seen.number };
    const { log } = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    log.info({ audit_head: describe(seen) }, 'head of the audit log');
  }
}

/** As `npm run audit:verify -- --head` takes it. */
function describe({ number, mac }: Head): string {
  return `${number}:${mac.toString('hex')}`;
}
