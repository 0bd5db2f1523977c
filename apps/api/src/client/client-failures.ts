import {
  AUDIT_WRITE_SECONDS,
  CLIENT_FAILURES_KEPT,
  type ClientFailure,
  type FailureReason,
  type Page,
  presentedSecretHint,
} from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { sha256 } from '../platform/crypto.js';
import { wireTime } from '../platform/database/wire-time.js';
import { Problem } from '../platform/problem.js';
import { Round } from '../platform/round.js';
import { isClientId } from './client-rows.js';

const MILLISECONDS = 1000;
const ROUND_MILLISECONDS = (AUDIT_WRITE_SECONDS * MILLISECONDS) / 2;
/** More within one round is a flood, of which the first tell enough. */
const MAX_GATHERED = 1000;
const MAX_RECEIVED_CHARACTERS = 2048;

/** A refused request, as the endpoint saw it. */
export interface RefusedRequest {
  readonly client_id: string;
  readonly endpoint: 'authorize' | 'par' | 'device_authorization' | 'token' | 'revoke' | 'introspect' | 'audit-events';
  readonly reason: FailureReason;
  /** The value that did not fit; never a credential, a code or a token. */
  readonly received?: string | undefined;
  readonly registered?: readonly string[];
  /** Of a refused authentication: compared with the ended secrets, and never stored. */
  readonly presented_secret?: string | undefined;
  readonly origin: Origin;
}

interface Gathered extends RefusedRequest {
  readonly since: number;
}

/**
 * The join drops what names a client that is gone, or never was. Whether a wrong secret is an ended one is looked up here,
 * and not while the request waits: the time of its answer must not tell.
 */
const WRITE = `
INSERT INTO client_failure (client_id, at, endpoint, reason, received, registered, request_id, ip_address)
SELECT c.client_id, coalesce($1::timestamptz, clock_timestamp()) - make_interval(secs => f.seconds_ago), f.endpoint,
       CASE WHEN s.id IS NULL THEN f.reason ELSE 'previous_secret' END, f.received,
       CASE WHEN f.secret_hash IS NULL THEN f.registered
            ELSE ARRAY(SELECT l.hint FROM client_secret l WHERE l.client_id = c.client_id AND (l.expires_at IS NULL OR l.expires_at > coalesce($1::timestamptz, clock_timestamp()))
                        ORDER BY l.created_at DESC) END,
       f.request_id, f.ip_address
  FROM jsonb_to_recordset($2::jsonb) f(client_id text, seconds_ago float8, endpoint text, reason text, received text, registered text[],
                                       secret_hash text, request_id uuid, ip_address inet)
  JOIN oauth_client c ON c.client_id = f.client_id
  LEFT JOIN client_secret s ON s.client_id = c.client_id AND s.secret_hash = decode(f.secret_hash, 'hex') AND f.reason = 'wrong_secret'`;

const TRIM = `
DELETE FROM client_failure f USING unnest($1::text[]) k(client_id)
 WHERE f.client_id = k.client_id
   AND f.at < (SELECT n.at FROM client_failure n WHERE n.client_id = k.client_id ORDER BY n.at DESC OFFSET ${CLIENT_FAILURES_KEPT - 1} LIMIT 1)`;

/** Recent failures of clients: gathered in memory, written within seconds, never on a request's path. */
@Injectable()
export class ClientFailures implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #gathered: Gathered[] = [];
  readonly #round = new Round("writing clients' failures", ROUND_MILLISECONDS, () => this.flush());

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.#round.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#round.stop();
    await this.#round.once();
  }

  note(refused: RefusedRequest): void {
    if (!isClientId(refused.client_id) || this.#gathered.length >= MAX_GATHERED) return;
    this.#gathered.push({ ...refused, since: performance.now() });
  }

  /** The newest failures of a client, newest first. @throws Problem `not-found` for a client of another organization too */
  async list(organization_id: string, client_id: string): Promise<Page<ClientFailure>> {
    const [client] = await this.dataSource.query<unknown[]>('SELECT 1 FROM oauth_client WHERE client_id = $1 AND organization_id = $2', [
      isClientId(client_id) ? client_id : '',
      organization_id,
    ]);
    if (!client) throw new Problem('not-found');
    const items = await this.dataSource.query<ClientFailure[]>(
      `SELECT ${wireTime('f.at')} AS at, f.endpoint, f.reason, f.received, f.registered, f.request_id, host(f.ip_address) AS ip_address
         FROM client_failure f WHERE f.client_id = $1 ORDER BY f.at DESC, f.id LIMIT ${CLIENT_FAILURES_KEPT}`,
      [client_id],
    );
    return { items, next_cursor: null, total: items.length, total_is_capped: false };
  }

  async flush(): Promise<void> {
    const gathered = this.#gathered;
    if (!gathered.length) return;
    this.#gathered = [];
    await this.dataSource.transaction((tx) => this.#write(tx, gathered));
  }

  async #write(tx: EntityManager, gathered: readonly Gathered[]): Promise<void> {
    const now = performance.now();
    const rows = gathered.map(({ origin, since, received, registered, presented_secret, ...refused }) => ({
      ...refused,
      received: presented_secret === undefined ? storable(received) : presentedSecretHint(presented_secret),
      registered: registered ?? null,
      secret_hash: presented_secret === undefined ? null : sha256(presented_secret).toString('hex'),
      seconds_ago: (now - since) / MILLISECONDS,
      request_id: origin.request_id,
      ip_address: origin.ip_address,
    }));
    await tx.query(WRITE, [this.clock.bind(), JSON.stringify(rows)]);
    await tx.query(TRIM, [[...new Set(gathered.map(({ client_id }) => client_id))]]);
  }
}

/** What PostgreSQL's text and jsonb refuse. */
const UNSTORABLE = /[\0\p{Surrogate}]/gu;
/** A credential of ours in a wrong place, such as a code pasted into a redirect URI. */
const CREDENTIAL = /bhf_([a-z]{2})_[A-Za-z0-9_-]+/g;

function storable(received: string | undefined): string | null {
  return received?.slice(0, MAX_RECEIVED_CHARACTERS).replace(UNSTORABLE, '?').replace(CREDENTIAL, 'bhf_$1_…') ?? null;
}
