import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** Rows that one statement looks at, or takes away: it holds no lock for long, and leaves the database to others in between. */
export const CHUNK = 1000;
/** Statements of one round: enough for more than a thousand rows a second, and an end to it all the same. */
const CHUNKS = 100;
/** Of those that look at every row, whether there is anything to take away or not. */
const STRETCHES = 20;
const FIRST = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Repeats a deletion of up to CHUNK rows as long as it finds that many. */
export async function inChunks(dataSource: DataSource, text: string, values: unknown[]): Promise<void> {
  for (let turn = 0; turn < CHUNKS; turn += 1) {
    const [, deleted] = await dataSource.query<[unknown, number]>(text, values);
    if (deleted < CHUNK) return;
  }
}

/**
 * Goes round a table in the order of a uuid, a bounded stretch in each round: what is to go is found without an index for it,
 * which every write would pay for, and without reading a large table whole every minute. A small table is seen whole in one
 * round. Processes start at places of their own, so that they share the work.
 */
export class Walk {
  #after: string = randomUUID();

  constructor(
    private readonly table: string,
    private readonly key: string,
  ) {}

  /** @param sweep called with the ends of each stretch, the first one exclusive */
  async round(dataSource: DataSource, sweep: (after: string, until: string) => Promise<unknown>): Promise<void> {
    const began = this.#after;
    let isRound = false;
    for (let turn = 0; turn < STRETCHES; turn += 1) {
      const [row] = await dataSource.query<{ until: string }[]>(
        `SELECT ${this.key} AS until FROM ${this.table} WHERE ${this.key} > $1 ORDER BY ${this.key} OFFSET ${CHUNK - 1} LIMIT 1`,
        [this.#after],
      );
      const after = this.#after;
      // Before the sweep: a stretch that fails must not keep the rest from being reached.
      this.#after = row?.until ?? FIRST;
      await sweep(after, row?.until ?? LAST);
      if (isRound && this.#after >= began) return;
      if (!row) {
        if (isRound) return;
        isRound = true;
      }
    }
  }
}
