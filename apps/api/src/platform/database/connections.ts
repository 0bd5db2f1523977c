import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { BROWSER_LANES, BrowserConnections, HotConnections, PendingConnections, SettlingConnections } from './batcher.js';
import { boundedClient } from './bounded-client.js';
import { membersOf, primaryClient } from './members.js';
import { APP_ROLE } from './migrate.js';

const HOT = 2;
const SETTLING = 4;
const PENDING = 2;

/** Every statement is over before PostgreSQL's compiler (Debian installs and enables it) would have begun to gain what it takes. */
const SESSION = `-c role=${APP_ROLE} -c jit=off`;
/**
 * Time limits of statements are the server's: a limit of the driver's leaves a write's outcome unknown, so that one lies above
 * them. A transaction whose process has vanished with its machine must not hold its locks until TCP notices.
 */
const HOT_LIMITS = '-c statement_timeout=5s -c lock_timeout=2s';
/** Each hot statement has one sensible plan; choosing it anew for the values of each execution costs more than the execution. */
const HOT_PLANS = '-c plan_cache_mode=force_generic_plan';
/** Every one of them finds its rows by a key, one by one: a scan, or the bitmap of one, costs more to begin than they take. */
const HOT_SCANS = '-c enable_seqscan=off -c enable_bitmapscan=off';
const HOT_ANSWER_MILLISECONDS = 6_000;
const MANAGEMENT_LIMITS = '-c statement_timeout=10s -c lock_timeout=4s -c idle_in_transaction_session_timeout=15s';
const MANAGEMENT_ANSWER_MILLISECONDS = 11_000;

/** What the management API's pool adds to its options. */
export function managementLimits(url: string) {
  return {
    options: `${SESSION} ${MANAGEMENT_LIMITS}`,
    idleTimeoutMillis: 0,
    Client: primaryClient(url, boundedClient(MANAGEMENT_ANSWER_MILLISECONDS)),
  };
}

/** The lanes of the batched statements. */
export function hotConnections(url: string): HotConnections {
  return new HotConnections(prepared(url, HOT, 'behalf hot'));
}

/** For single statements that may wait on one row. */
export function settlingConnections(url: string): SettlingConnections {
  return new SettlingConnections(prepared(url, SETTLING, 'behalf settling'));
}

/** For sessions, and authorizations that a remembered consent answers. */
export function browserConnections(url: string): BrowserConnections {
  return new BrowserConnections(prepared(url, BROWSER_LANES, 'behalf browsers'));
}

/** For requests that wait for a user. */
export function pendingConnections(url: string): PendingConnections {
  return new PendingConnections(prepared(url, PENDING, 'behalf pending'));
}

function prepared(url: string, max: number, application_name: string) {
  return {
    connectionString: membersOf(url)[0],
    max,
    application_name,
    options: `${SESSION} ${HOT_LIMITS} ${HOT_PLANS} ${HOT_SCANS}`,
    Client: primaryClient(url, boundedClient(HOT_ANSWER_MILLISECONDS)),
  };
}

/** Closes the connections once every module has flushed what it held. */
@Injectable()
export class ConnectionsCloser implements OnApplicationShutdown {
  constructor(
    @Inject(HotConnections) private readonly hot: HotConnections,
    @Inject(SettlingConnections) private readonly settling: SettlingConnections,
    @Inject(BrowserConnections) private readonly browsers: BrowserConnections,
    @Inject(PendingConnections) private readonly pending: PendingConnections,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.hot.close(), this.settling.close(), this.browsers.close(), this.pending.close()]);
  }
}
