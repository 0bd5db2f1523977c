import DataLoader from 'dataloader';
import pg from 'pg';
import { ConnectionUsage } from '../metrics/connection-usage.js';

/** A named, prepared statement; its text is planned once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A column as PostgreSQL writes it. */
export type Text = string | null;

/** Between columns that are packed into one: a control character, which no id, number, word of a list or JSON holds. */
export const SEPARATOR = '\x1f';
/** The same as an E'' string of SQL has it. */
export const SEPARATOR_ESCAPE = '\\x1f';

const LANE_PATIENCE_MILLISECONDS = 3_000;

const AS_TEXT: pg.CustomTypesConfig = { getTypeParser: () => (text: unknown) => text };

/** What follows requests into the statements that they share, where traces are wanted. */
export interface StatementTracing {
  /** Whom something is done for now, where that is traced. */
  readonly current: () => readonly unknown[] | undefined;
  readonly within: <Result>(requests: readonly unknown[], run: () => Result) => Result;
  /** @returns what ends it, with a fault where there was one */
  readonly begin: (statement: string) => (fault?: unknown) => void;
}

/** Places for batches that are under way, and who waits for one. */
export class Lanes {
  readonly #waiting = new Set<(hasLane: boolean) => void>();
  #free: number;

  constructor(count: number) {
    this.#free = count;
  }

  /** How many batches have no lane. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Calls back when a lane is free: whatever arrives until then travels in the same batch, never in one already sent. After
   * too long a wait it calls back without one: behind a database that stalls nobody may queue for ever.
   *
   * @returns where a lane is free already, what calls back now rather than when all that has been received was read
   */
  schedule(dispatch: (hasLane: boolean) => void): (() => void) | undefined {
    if (this.#free > 0) {
      this.#free -= 1;
      const soon = setImmediate(dispatch, true);
      return () => {
        clearImmediate(soon);
        dispatch(true);
      };
    }
    const wait = (hasLane: boolean) => {
      clearTimeout(impatience);
      this.#waiting.delete(wait);
      dispatch(hasLane);
    };
    const impatience = setTimeout(wait, LANE_PATIENCE_MILLISECONDS, false);
    this.#waiting.add(wait);
    return undefined;
  }

  /** Gives a lane back, straight to the batch that has waited longest. */
  release(): void {
    const [next] = this.#waiting;
    if (next) next(true);
    else this.#free += 1;
  }
}

/** A few connections of their own for the hot statements, apart from the management API's pool. */
export class HotConnections {
  readonly usage = new ConnectionUsage();
  tracing: StatementTracing | undefined;
  /** Of its batches; as many as it has connections, unless some of those are for something else. */
  readonly lanes: Lanes;
  readonly #pool: pg.Pool;

  constructor(options: pg.PoolConfig & { max: number }, lanes = options.max) {
    this.#pool = new pg.Pool({ ...options, idleTimeoutMillis: 0, connectionTimeoutMillis: 5_000 });
    // A connection that dies while idle is replaced on its next use; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
    this.lanes = new Lanes(lanes);
  }

  async run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> {
    return (await this.#timed(statement, this.#pool.query<Row>({ name: statement.name, text: statement.text, values }))).rows;
  }

  /**
   * The same, each row as the text of its columns in their order: what reads a row on every request builds it from that by
   * itself, in half the time of the driver's objects.
   */
  async texts<Row extends Text[]>(statement: Statement, values: unknown[]): Promise<Row[]> {
    const query = { name: statement.name, text: statement.text, values, rowMode: 'array', types: AS_TEXT } as const;
    return (await this.#timed(statement, this.#pool.query<Row>(query))).rows;
  }

  async #timed<Result>({ name }: Statement, result: Promise<Result>): Promise<Result> {
    const began = performance.now();
    const ended = this.tracing?.begin(name);
    try {
      const rows = await result;
      ended?.();
      return rows;
    } catch (fault) {
      ended?.(fault);
      throw fault;
    } finally {
      this.usage.ended(name, performance.now() - began);
    }
  }

  /** Of the pool, at this moment; batches without a lane wait too. */
  get state(): { totalCount: number; idleCount: number; waitingCount: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { totalCount, idleCount, waitingCount: waitingCount + this.lanes.waiting };
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** A second small pool for what a batch could not lock, and for revocations; its statements wait on one row, for as long as its lock_timeout says. */
export class SettlingConnections extends HotConnections {}

/** How many batches of each kind browsers may have under way; together they are as many as the pool has connections. */
const BROWSER_READS = 2;
const BROWSER_WRITES = 1;
const BROWSER_WAITS = 1;
export const BROWSER_LANES = BROWSER_READS + BROWSER_WRITES + BROWSER_WAITS;

/**
 * A third one for what browsers ask for on every request: their session, and the statements of a remembered authorization. Never the
 * pool that a revocation needs. Neither a commit nor a wait for a row holds a lane of the reads.
 */
export class BrowserConnections extends HotConnections {
  /** One batch of authorizations at a time: two would find each other's consents locked, where the same users are in both. */
  readonly writes = new Lanes(BROWSER_WRITES);
  /** For what such a batch could not lock, each alone: however many wait for one consent, they hold one connection. */
  readonly waits = new Lanes(BROWSER_WAITS);

  constructor(options: pg.PoolConfig & { max: number }) {
    super(options, BROWSER_READS);
  }

  override get state() {
    const { waitingCount, ...state } = super.state;
    return { ...state, waitingCount: waitingCount + this.writes.waiting + this.waits.waiting };
  }
}

/**
 * A fourth one for what anybody may send who knows a client's id, as often as they like, before any user has decided: pushed requests, and
 * devices that ask whether they are allowed. A crowd of them waits for itself alone.
 */
export class PendingConnections extends HotConnections {}

const MAX_BATCH = 64;
/** So many leave at once where a lane is free: the database works on them while the server reads what else has come, instead of after that. */
const FULL_ENOUGH = 24;

/**
 * Gathers the reads or conditional writes of concurrent requests into one statement. Nothing is cached: each key is
 * answered from a statement that was sent after it arrived, so that an acknowledged revocation is never missed.
 *
 * @param run answers each key in its place; an Error in a place fails that key alone, a rejection fails the batch
 * @param within the lanes that its batches take, and how many keys one may have
 */
export function createBatcher<Key, Value>(
  connections: HotConnections,
  run: (keys: readonly Key[]) => Promise<ArrayLike<Value | Error>>,
  { lanes = connections.lanes, maxBatchSize = MAX_BATCH }: { lanes?: Lanes; maxBatchSize?: number } = {},
): (key: Key) => Promise<Value> {
  let mayRun = true;
  /** Traced requests that wait for the next batch. */
  let traced: unknown[] = [];
  /** How many the batch has that is gathered now, and what sends it before its time. */
  let gathered = 0;
  let leave: (() => void) | undefined;
  const loader = new DataLoader<Key, Value>(
    async (keys) => {
      connections.usage.batches.observe(keys.length);
      if (!mayRun) throw Object.assign(new Error('no lane to the database became free in time'), { code: 'ETIMEDOUT' });
      try {
        if (!traced.length) return await run(keys);
        const requests = traced;
        traced = [];
        return await connections.tracing!.within(requests, () => run(keys));
      } finally {
        lanes.release();
      }
    },
    {
      cache: false,
      maxBatchSize,
      batchScheduleFn: (dispatch) => {
        gathered = 0;
        leave = lanes.schedule((hasLane) => {
          leave = undefined;
          mayRun = hasLane;
          dispatch();
        });
      },
    },
  );
  return (key) => {
    const current = connections.tracing?.current();
    if (current) traced.push(...current);
    const answered = loader.load(key);
    gathered += 1;
    if (gathered >= FULL_ENOUGH) leave?.();
    return answered;
  };
}
