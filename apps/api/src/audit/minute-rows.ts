import { AUDIT_AGGREGATION_SECONDS, AUDIT_WRITE_SECONDS } from '@behalf/domain';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { AuditEntry, AuditLog } from './audit-log.js';

const MILLISECONDS = 1000;
/** Two rounds within the promised time, so that what came just after one round is still written in time. */
const ROUND_MILLISECONDS = (AUDIT_WRITE_SECONDS * MILLISECONDS) / 2;
/** More different rows than this within a minute is an attack on memory; they are counted together. */
const MAX_KEYS = 10_000;

interface Gathered {
  readonly entry: AuditEntry;
  readonly began: number;
  first: number;
  count: number;
  written: boolean;
}

/**
 * Counts equal events and writes one row a minute for them: the first within seconds, what follows in the same minute
 * in a second row at its end. Durations only are measured here; the row's time is the database's.
 */
export class MinuteRows {
  readonly #gathered = new Map<string, Gathered>();
  readonly #logger = new Logger(MinuteRows.name);
  #timer: NodeJS.Timeout | undefined;
  /** Rounds follow each other, so that no count is written twice. */
  #round = Promise.resolve();

  constructor(
    private readonly audit: AuditLog,
    private readonly dataSource: DataSource,
  ) {}

  start(): void {
    this.#timer = setInterval(() => void this.flush(), ROUND_MILLISECONDS).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush(true);
  }

  /** Counts one more event of a kind that came before, for which nothing has to be put together; false for one that did not. */
  noteAgain(key: string): boolean {
    const known = this.#gathered.get(key);
    if (!known) return false;
    if (!known.count) known.first = performance.now();
    known.count += 1;
    return true;
  }

  /** @param overflow what to write instead when there are too many different keys already */
  note(key: string, entry: AuditEntry, overflow: { key: string; entry: AuditEntry }): void {
    if (this.noteAgain(key)) return;
    if (this.#gathered.size < MAX_KEYS || key === overflow.key) {
      const now = performance.now();
      this.#gathered.set(key, { entry, began: now, first: now, count: 1, written: false });
    } else {
      this.note(overflow.key, overflow.entry, overflow);
    }
  }

  /** Writes what is due; everything when `all` is set. A row that cannot be written is kept for the next round. */
  flush(all = false): Promise<void> {
    this.#round = this.#round.then(() => this.#flush(all));
    return this.#round;
  }

  async #flush(all: boolean): Promise<void> {
    const now = performance.now();
    for (const [key, gathered] of this.#gathered) {
      const over = now - gathered.began >= AUDIT_AGGREGATION_SECONDS * MILLISECONDS;
      if (gathered.count && (all || over || !gathered.written)) await this.#write(gathered, now);
      if (!gathered.count && (all || over)) this.#gathered.delete(key);
    }
  }

  async #write(gathered: Gathered, now: number): Promise<void> {
    const count = gathered.count;
    try {
      const seconds_ago = (now - gathered.first) / MILLISECONDS;
      await this.audit.record(this.dataSource.manager, { ...gathered.entry, count, seconds_ago });
      gathered.count -= count;
      gathered.first = performance.now();
      gathered.written = true;
    } catch (error) {
      this.#logger.warn(`audit rows were not written yet: ${error instanceof Error ? error.message : 'unknown fault'}`);
    }
  }
}
