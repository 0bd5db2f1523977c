import { type ActiveToken, AUDIT_REPORT, type AuditResult, isUuid, type ReportedEvent, reportableWords } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import { isIP } from 'node:net';

const MILLISECONDS = 1000;
/** Equal calls within this time are one event with a count. */
const GATHER_SECONDS = 1;
const MAX_BACKOFF_SECONDS = 60;
const CLOSING_TRIES = 3;
/** A process that is to end waits no longer than this between them. */
const CLOSING_PAUSE_SECONDS = 3;

/** What was done with a token, as the API that was called sees it. */
export interface Call {
  /** Such as `POST /orders/:order_id`; never the address as it was typed. */
  readonly operation: string;
  readonly result?: AuditResult | undefined;
  readonly team_id?: string | undefined;
  readonly reason?: string | undefined;
  readonly ip_address?: string | undefined;
  readonly user_agent?: string | undefined;
}

export interface ReportStats {
  /** Calls that wait to be reported. */
  readonly waiting: number;
  readonly reported: number;
  /** Calls that were given up: too many at once, too old, or refused. */
  readonly dropped: number;
}

/** How one batch fared: taken, to be tried again (after so many seconds, where the server says), refused for what is in it, or for good. */
export type Sent = { readonly kind: 'taken' | 'faulty' | 'refused' } | { readonly kind: 'later'; readonly seconds?: number };
export type SendReport = (events: readonly ReportedEvent[]) => Promise<Sent>;

interface Gathered {
  readonly event: Omit<ReportedEvent, 'count' | 'seconds_ago'>;
  readonly first: number;
  count: number;
}

/** Gathers calls in bounded memory and reports them in batches; whoever is served never waits for it. */
export class AuditReports {
  readonly #gathered = new Map<string, Gathered>();
  /** The first one is being sent, or to be sent again under the same ids. */
  #batches: (readonly Gathered[])[] = [];
  #tries = 0;
  /** How long the batch that was not taken waits. */
  #pause = 0;
  #reported = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<void> | null = null;

  constructor(
    private readonly send: SendReport,
    private readonly max_waiting_events: number,
  ) {}

  /** Takes note of a call; returns at once. */
  note({ token_id }: Pick<ActiveToken, 'token_id'>, call: Call): void {
    const event = eventOf(token_id, call);
    const key = JSON.stringify(event);
    const known = this.#gathered.get(key);
    if (known && known.count < AUDIT_REPORT.max_count) known.count += 1;
    else if (this.#gathered.size + this.#batches.flat().length >= this.max_waiting_events) this.#dropped += 1;
    else
      this.#gathered.set(known ? `${key} ${randomUUID()}` : key, {
        event: { id: randomUUID(), ...event },
        first: performance.now(),
        count: 1,
      });
    if (!this.#timer && !this.#round) this.#wake(GATHER_SECONDS);
  }

  stats(): ReportStats {
    const waiting = callsIn([...this.#gathered.values(), ...this.#batches.flat()]);
    return { waiting, reported: this.#reported, dropped: this.#dropped };
  }

  /** Reports what waits now. Resolves when all is taken, or the first batch was not. */
  flush(): Promise<void> {
    this.#sleep();
    this.#round ??= this.#flush().finally(() => (this.#round = null));
    return this.#round;
  }

  /** Tries a few times more to report what waits, then gives it up. */
  async close(): Promise<void> {
    await this.#round;
    for (let tries = 1; tries <= CLOSING_TRIES; tries += 1) {
      await this.flush();
      this.#sleep();
      if (!this.stats().waiting) return;
      // Behalf takes one report of a client at a time, and processes that are replaced one by one meet at their ends.
      if (tries < CLOSING_TRIES)
        await new Promise((resolve) => setTimeout(resolve, Math.min(this.#pause, CLOSING_PAUSE_SECONDS) * MILLISECONDS));
    }
    this.#dropped = this.#dropped + this.stats().waiting;
    this.#gathered.clear();
    this.#batches = [];
  }

  async #flush(): Promise<void> {
    for (;;) {
      if (!this.#batches.length) this.#takeBatch();
      this.#dropOld();
      const [batch] = this.#batches;
      if (!batch && !this.#gathered.size) return;
      if (batch && !(await this.#sent(batch))) return;
    }
  }

  /** Whether this batch is done with. */
  async #sent(batch: readonly Gathered[]): Promise<boolean> {
    const now = performance.now();
    const sent = await this.send(batch.map((each) => wireEvent(each, now))).catch((): Sent => ({ kind: 'later' }));
    if (sent.kind === 'later') {
      this.#tries += 1;
      // Whatever was asked for is waited out, and no two processes come back at once.
      this.#pause = (sent.seconds ?? 0) + backoff(this.#tries);
      this.#wake(this.#pause);
      return false;
    }
    if (sent.kind === 'taken') this.#reported += callsIn(batch);
    const halves = sent.kind === 'faulty' && batch.length > 1 ? halved(batch) : [];
    if (sent.kind !== 'taken' && !halves.length) this.#dropped += callsIn(batch);
    this.#batches.splice(0, 1, ...halves);
    this.#tries = 0;
    return true;
  }

  #takeBatch(): void {
    const next = [...this.#gathered].slice(0, AUDIT_REPORT.max_events);
    for (const [key] of next) this.#gathered.delete(key);
    if (next.length) this.#batches = [next.map(([, gathered]) => gathered)];
  }

  /** One that is too old would fail its whole batch. */
  #dropOld(): void {
    const oldest = performance.now() - (AUDIT_REPORT.max_age_seconds - MAX_BACKOFF_SECONDS) * MILLISECONDS;
    this.#dropped += callsIn(this.#batches.flat().filter(({ first }) => first < oldest));
    this.#batches = this.#batches.map((batch) => batch.filter(({ first }) => first >= oldest)).filter(({ length }) => length);
  }

  #wake(seconds: number): void {
    this.#sleep();
    // What waits to be reported keeps no process alive; close() does.
    this.#timer = setTimeout(() => void this.flush(), seconds * MILLISECONDS).unref();
  }

  #sleep(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Doubles with each try, with some chance in it, so that many processes do not come back at once. */
export function backoff(tries: number, chance = Math.random()): number {
  return Math.min(MAX_BACKOFF_SECONDS, GATHER_SECONDS * 2 ** Math.min(tries, 10)) * (0.5 + chance / 2);
}

const callsIn = (events: readonly Gathered[]) => events.reduce((sum, { count }) => sum + count, 0);

/** A batch with a fault is sent again in halves, until the event that has it stands alone: no event takes another one with it. */
function halved(batch: readonly Gathered[]): (readonly Gathered[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}

function eventOf(token_id: string, { operation, result = 'success', team_id, reason, ip_address, user_agent }: Call) {
  const { max_operation_characters, max_reason_characters, max_user_agent_characters } = AUDIT_REPORT;
  return {
    token_id,
    operation: reportableWords(operation, max_operation_characters) || '-',
    result,
    // A path says what its caller likes; what names no team goes into no report.
    team_id: isUuid(team_id) ? team_id.toLowerCase() : undefined,
    reason: reason && reportableWords(reason, max_reason_characters),
    ip_address: ip_address === undefined ? undefined : cleanAddress(ip_address),
    user_agent: user_agent && reportableWords(user_agent, max_user_agent_characters),
  };
}

/** Without zone, and IPv4 in its own form; undefined for what is no address. */
function cleanAddress(address: string): string | undefined {
  const bare = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  return isIP(bare) ? bare : undefined;
}

function wireEvent({ event, first, count }: Gathered, now: number): ReportedEvent {
  return { ...event, count, seconds_ago: (now - first) / MILLISECONDS };
}
