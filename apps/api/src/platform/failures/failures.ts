import {
  CLIENT_FAILURE_WINDOW_SECONDS,
  PENDING_WINDOW_SECONDS,
  SIGN_IN_FAILURE_WINDOW_SECONDS,
  USER_CODE_FAILURE_WINDOW_SECONDS,
} from '@behalf/domain';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { isIPv6 } from 'node:net';
import { DataSource } from 'typeorm';
import { Clock } from '../clock.js';
import { CONFIG, type Config } from '../config.js';
import { sha256 } from '../crypto.js';
import { Problem } from '../problem.js';
import { Round } from '../round.js';

/** What guesses are made at; and what costs a row (`pending`) or a read (`poll`) although nobody has proven anything. */
export type Guessed = 'sign-in' | 'client' | 'device' | 'pending' | 'poll';

const WINDOW_SECONDS: Readonly<Record<Guessed, number>> = {
  'sign-in': SIGN_IN_FAILURE_WINDOW_SECONDS,
  client: CLIENT_FAILURE_WINDOW_SECONDS,
  device: USER_CODE_FAILURE_WINDOW_SECONDS,
  pending: PENDING_WINDOW_SECONDS,
  poll: PENDING_WINDOW_SECONDS,
};

/** From one address in all, as a multiple of what one account or client takes. */
const ADDRESS_FACTOR = 4;
/** By one user from all addresses, as a multiple of what they take from one. */
const USER_FACTOR = 3;
/** How late a block that another replica saw first is known here. */
const ROUND_MILLISECONDS = 1_000;

interface Counter {
  readonly key: Buffer;
  readonly limit: number;
}

/** Key order, so that two statements never deadlock; a window that has ended begins anew. */
const COUNT = `
INSERT INTO authentication_failure AS f (key, count, "limit", ends_at)
SELECT k.key, 1, k."limit", t.now + make_interval(secs => $3)
  FROM unnest($1::bytea[], $2::integer[]) k(key, "limit"), (SELECT coalesce($4::timestamptz, clock_timestamp()) AS now) t ORDER BY k.key
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN f.ends_at <= excluded.ends_at - make_interval(secs => $3) THEN 1 ELSE f.count + 1 END,
  ends_at = CASE WHEN f.ends_at <= excluded.ends_at - make_interval(secs => $3) THEN excluded.ends_at ELSE f.ends_at END,
  "limit" = excluded."limit"
RETURNING CASE WHEN count > "limit" THEN greatest(1, ceil(extract(epoch FROM ends_at - coalesce($4::timestamptz, clock_timestamp()))))::integer ELSE 0 END AS wait`;

const BLOCKED = `
SELECT encode(key, 'hex') AS key, extract(epoch FROM ends_at - t.now)::float8 AS seconds
  FROM authentication_failure, (SELECT coalesce($1::timestamptz, clock_timestamp()) AS now) t WHERE count >= "limit" AND ends_at > t.now`;

const SWEEP = 'DELETE FROM authentication_failure WHERE ends_at <= coalesce($1::timestamptz, clock_timestamp())';

/**
 * Limits on guessing, for one account or client from one address and for one address in all: never by account or
 * client alone, or an attacker elsewhere could lock somebody out.
 */
@Injectable()
export class Failures implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #round = new Round('reading limits', ROUND_MILLISECONDS, () => this.#refresh());
  readonly #limits: Readonly<Record<Guessed, number>>;
  /** Keys that are over their limit, with the instant of this process's own stopwatch when they are not any more. */
  #blocked = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(CONFIG) config: Config,
  ) {
    this.#limits = {
      'sign-in': config.sign_in_failures,
      client: config.client_failures,
      device: config.device_code_failures,
      pending: config.pending_requests,
      poll: config.device_poll_failures,
    };
  }

  onApplicationBootstrap(): void {
    this.#round.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#round.stop();
  }

  /**
   * Counts one attempt before it is judged, so that any number of attempts at once cannot slip past the limit.
   *
   * @returns how many seconds to wait, or 0 when the attempt may go ahead
   */
  async attempt(guessed: Guessed, account: string, ip_address: string | null): Promise<number> {
    const counters = this.#counters(guessed, account, ip_address);
    if (!counters.length) return 0;
    const rows = await this.dataSource.query<{ wait: number }[]>(COUNT, [
      counters.map(({ key }) => key),
      counters.map(({ limit }) => limit),
      this.#window(guessed),
      this.clock.bind(),
    ]);
    return Math.max(...rows.map(({ wait }) => wait));
  }

  /**
   * Judges one guess within its limit.
   *
   * @param judge whether the guess is right; what it throws is no guess
   * @throws Problem `too-many-requests`, without judging
   */
  async guess(guessed: Guessed, account: string, ip_address: string | null, judge: () => Promise<boolean>): Promise<boolean> {
    const wait = await this.attempt(guessed, account, ip_address);
    if (wait > 0) throw new Problem('too-many-requests', { headers: { 'retry-after': String(wait) } });
    let wrong = false;
    try {
      wrong = !(await judge());
    } finally {
      if (!wrong) await this.#forgive(guessed, account, ip_address);
    }
    return !wrong;
  }

  /** The same limit where no read may stand in a good caller's way: known from memory, at most a second late. */
  wait(guessed: Guessed, account: string, ip_address: string | null): number {
    if (!this.#blocked.size) return 0;
    const now = performance.now();
    const ends = this.#counters(guessed, account, ip_address).map(({ key }) => this.#blocked.get(key.toString('hex')) ?? 0);
    return Math.max(0, Math.ceil((Math.max(0, ...ends) - now) / 1000));
  }

  /** Reads anew who is over a limit, on whichever replica, and drops what is over. */
  async #refresh(): Promise<void> {
    const now = performance.now();
    const rows = await this.dataSource.query<{ key: string; seconds: number }[]>(BLOCKED, [this.clock.bind()]);
    this.#blocked = new Map(rows.map(({ key, seconds }) => [key, now + seconds * 1000]));
    await this.dataSource.query(SWEEP, [this.clock.bind()]);
  }

  async #forgive(guessed: Guessed, account: string, ip_address: string | null): Promise<void> {
    const keys = this.#counters(guessed, account, ip_address).map(({ key }) => key);
    if (!keys.length) return;
    await this.dataSource.query(
      `UPDATE authentication_failure f SET count = f.count - 1
         FROM (SELECT key FROM authentication_failure WHERE key = ANY ($1::bytea[]) ORDER BY key FOR NO KEY UPDATE) l
        WHERE f.key = l.key AND f.count > 0`,
      [keys],
    );
  }

  #counters(guessed: Guessed, account: string, ip_address: string | null): Counter[] {
    const limit = this.#limits[guessed];
    if (limit === 0) return [];
    const network = networkOf(ip_address);
    return [
      { key: sha256(JSON.stringify([guessed, account, network])), limit },
      { key: sha256(JSON.stringify([guessed, network])), limit: limit * ADDRESS_FACTOR },
      // Who is signed in guesses in their own name, so that nobody else is locked out by what they did everywhere.
      ...(guessed === 'device' ? [{ key: sha256(JSON.stringify([guessed, 'everywhere', account])), limit: limit * USER_FACTOR }] : []),
    ];
  }

  #window(guessed: Guessed): number {
    return WINDOW_SECONDS[guessed];
  }
}

/** Whoever has one IPv6 address has its whole /64 (RFC 6177 §2). */
function networkOf(ip_address: string | null): string | null {
  if (!ip_address || !isIPv6(ip_address)) return ip_address;
  const [head = '', tail] = ip_address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(':').filter(Boolean).length;
  return [...groups, ...new Array<string>(missing).fill('0')]
    .slice(0, 4)
    .map((group) => parseInt(group, 16).toString(16))
    .join(':');
}
