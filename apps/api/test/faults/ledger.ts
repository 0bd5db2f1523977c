import type { TokenResponse } from '@behalf/domain';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Browser, Consented, TestClient } from '../support/browser.js';

/** Nothing may take longer than this, whatever breaks. */
const HANGING_MILLISECONDS = 30_000;

/** What is known of something that was asked for: not asked, asked without an answer, acknowledged. */
export type Knowledge = 'no' | 'unknown' | 'yes';

/** One authorization, as its client knows it. */
export interface Story {
  readonly client: TestClient;
  /** What the client may use, and has proven itself for. */
  readonly consented: Pick<Consented, 'code' | 'pkce'>;
  exchanged: Knowledge;
  /** Every answer of the token endpoint, in order. */
  readonly answers: TokenResponse[];
  /** Whether another refresh is under way whose answer was lost. */
  refreshed: Knowledge;
  revoked: Knowledge;
  /** Access tokens that were revoked alone. */
  readonly revoked_access_tokens: string[];
  /** Where a copy of something was presented, which ends the rest. */
  copied: boolean;
}

export interface SignedIn {
  readonly browser: Browser;
  ended: Knowledge;
}

/** One field that is changed again and again. */
export interface Edited {
  readonly client_id: string;
  /** The last acknowledged value, and the one whose answer was lost after it. */
  name: string;
  maybe: string | null;
}

/** Asked again, since the answer was lost or the server was not available. */
export const UNKNOWN = Symbol('unknown');

/**
 * Everything that was acknowledged while things broke, and whatever was answered wrongly. It is kept by the clients alone, and
 * later held against the database and the API by `contradictions`.
 */
export class Ledger {
  readonly stories: Story[] = [];
  readonly sessions: SignedIn[] = [];
  readonly edits: Edited[] = [];
  /** Audit events by the id that an answer named, and by the request that is to have written them. */
  readonly events = new Map<string, string>();
  readonly requests = new Map<string, string>();
  /** Answers that nothing excuses. */
  readonly wrong: string[] = [];
  readonly counts = { acknowledged: 0, unavailable: 0, lost: 0 };
  /** The slowest answer that was 503, and of all, in milliseconds. */
  readonly slowest = { unavailable: 0, any: 0 };

  /** @param mayLose whether a process is killed, so that connections may end without an answer */
  constructor(private readonly mayLose: boolean) {}

  /** Asks once. @returns the answer where its status is one of `good`, else UNKNOWN */
  async ask<T>(what: string, good: readonly number[], send: () => Promise<Answer<T>>): Promise<Answer<T> | typeof UNKNOWN> {
    const began = performance.now();
    const lost = (fault: unknown) => ({ fault: String((fault as Error).cause ?? fault) });
    const hung = sleep(HANGING_MILLISECONDS, { fault: 'hung' }, { ref: false });
    const answer = await Promise.race([send().catch(lost), hung]);
    const took = performance.now() - began;
    this.slowest.any = Math.max(this.slowest.any, took);
    if ('fault' in answer) {
      this.counts.lost += 1;
      if (answer.fault === 'hung' || !this.mayLose) this.wrong.push(`${what}: ${answer.fault}`);
      return UNKNOWN;
    }
    if (good.includes(answer.status) && !isUnavailable(answer)) {
      this.counts.acknowledged += 1;
      return answer;
    }
    if (isUnavailable(answer)) {
      this.counts.unavailable += 1;
      this.slowest.unavailable = Math.max(this.slowest.unavailable, took);
    } else this.wrong.push(`${what} answered ${answer.status} ${answer.text}`);
    return UNKNOWN;
  }

  /** Notes that a request has to have written an event of this action, which an answer of the management API names. */
  noteEvent(answer: Pick<Answer, 'headers'>, action: string): void {
    this.requests.set(answer.headers.get('x-request-id')!, action);
    const event_id = answer.headers.get('audit-event-id');
    if (event_id) this.events.set(event_id, action);
  }
}

/** 503 with a time, or the same told to the client where the browser belongs to it already (OAuth 2.1 §4.1.2.1). */
function isUnavailable({ status, headers }: Pick<Answer, 'status' | 'headers'>): boolean {
  if (status === 503) return headers.has('retry-after');
  return status === 303 && new URL(headers.get('location')!, 'http://here.test').searchParams.get('error') === 'temporarily_unavailable';
}

/** What a handle says of itself: the grant that it belongs to, and its generation. */
export function readHandle(handle: string): { grant_id: string; generation: number } {
  const bytes = Buffer.from(handle.slice('bhf_xx_'.length), 'base64url');
  const hex = createHash('sha256').update('behalf/v1/locator').update(bytes.subarray(2, 18)).digest('hex').slice(0, 32);
  return { grant_id: hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'), generation: bytes.readUInt32BE(18) };
}
