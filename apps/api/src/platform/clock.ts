import type { EntityManager } from 'typeorm';

/**
 * The one clock is PostgreSQL's. Every statement that judges or writes time takes `bind()` as a parameter and
 * says `coalesce($n, clock_timestamp())`; only tests bind an instant of their own.
 */
export class Clock {
  /** The instant that statements use instead of the database's own clock; null everywhere but in tests. */
  bind(): Date | null {
    return null;
  }

  /** Now, as the database sees it. */
  async now(tx: EntityManager): Promise<Date> {
    const [row] = await tx.query<[{ now: Date }]>('SELECT coalesce($1::timestamptz, clock_timestamp()) AS now', [this.bind()]);
    return row.now;
  }
}
