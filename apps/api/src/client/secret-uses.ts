import { LAST_USED_GRANULARITY_SECONDS, LAST_USED_WRITE_SECONDS, PREVIOUS_SECRET_AUDIT_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog, SYSTEM } from '../audit/index.js';
import type { Origin } from '../platform/actor.js';
import { wireTime } from '../platform/database/wire-time.js';
import type { LiveClient, LiveSecret } from './live-clients.js';

const MILLISECONDS = 1000;
/** Two rounds within the promised time, so that a use just after one round is still on disk in time. */
const FLUSH_MILLISECONDS = (LAST_USED_WRITE_SECONDS * MILLISECONDS) / 2;
const CHUNK = 1000;

interface Use {
  readonly client: Pick<LiveClient, 'client_id' | 'client_name' | 'organization_id'>;
  origin: Origin;
  /** Seconds since the epoch, by the database's clock. */
  at: number;
  /** As a previous secret. */
  uses: number;
  /** It was not written in an earlier round. */
  late?: boolean;
}

/** A previous secret's use is audited once an hour, whichever replica asks; `l` is the row as it was, under its lock. */
const DUE = 'k.uses > 0 AND (l.use_audited_at IS NULL OR l.use_audited_at <= to_timestamp(k.at - $6::float8))';

/**
 * Key order and SKIP LOCKED: never waits for a rotation. What it could not lock is tried once more. One update for all of it:
 * a second one in the same transaction would have PostgreSQL look at the client's row again, which a rotation holds.
 */
const WRITE = `
WITH l AS (
  SELECT id, last_used_at, last_used_ip, last_used_user_agent, use_audited_at FROM client_secret WHERE id = ANY ($1::uuid[])
   ORDER BY id FOR NO KEY UPDATE SKIP LOCKED)
UPDATE client_secret s SET last_used_at = greatest(s.last_used_at, to_timestamp(k.at)), last_used_ip = k.ip, last_used_user_agent = k.user_agent,
       uses = s.uses + k.uses, use_audited_at = CASE WHEN ${DUE} THEN to_timestamp(k.at) ELSE l.use_audited_at END
  FROM l JOIN unnest($1::uuid[], $2::float8[], $3::inet[], $4::integer[], $5::text[]) k(id, at, ip, uses, user_agent) ON k.id = l.id
 WHERE s.id = l.id
RETURNING s.id, ${DUE} AS due, ${wireTime('to_timestamp(k.at)')} AS at, ${wireTime('l.last_used_at')} AS before_at, host(l.last_used_ip) AS before_ip,
          l.last_used_user_agent AS before_user_agent`;

/** A use that is on disk now, with the one before it. */
interface Written {
  readonly id: string;
  /** To be audited. */
  readonly due: boolean;
  readonly at: string;
  readonly before_at: string | null;
  readonly before_ip: string | null;
  readonly before_user_agent: string | null;
}

/** Remembers uses of secrets in memory and writes them within seconds; never on a request's path. */
@Injectable()
export class SecretUses implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #noted = new Map<string, Use>();
  readonly #logger = new Logger(SecretUses.name);
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditLog,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.flush(), FLUSH_MILLISECONDS).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** A successful authentication. Those of a previous secret are all counted: they tell who has not moved yet. */
  note(client: LiveClient, secret: LiveSecret, origin: Origin): void {
    const recent = secret.last_used_at !== null && client.now - secret.last_used_at < LAST_USED_GRANULARITY_SECONDS;
    if (recent && !secret.previous) return;
    const { client_id, client_name, organization_id } = client;
    const known = this.#noted.get(secret.id);
    // Only uses after the rotation count: those before it say nothing about who has moved.
    const uses = (known?.uses ?? 0) + (secret.previous ? 1 : 0);
    if (known) Object.assign(known, { at: client.now, uses, origin });
    else
      this.#noted.set(secret.id, {
        client: { client_id, client_name, organization_id },
        origin,
        at: client.now,
        uses,
      });
  }

  async flush(): Promise<void> {
    const chunk = [...this.#noted].slice(0, CHUNK);
    if (!chunk.length) return;
    for (const [id] of chunk) this.#noted.delete(id);
    try {
      const written = await this.dataSource.transaction((tx) => this.#write(tx, chunk));
      for (const [id, use] of chunk) if (!written.has(id) && !use.late) this.#keep(id, { ...use, late: true });
    } catch (error) {
      for (const [id, use] of chunk) this.#keep(id, use);
      this.#logger.warn(`uses of secrets were not written yet: ${error instanceof Error ? error.message : 'unknown fault'}`);
    }
  }

  #keep(id: string, use: Use): void {
    const newer = this.#noted.get(id);
    if (newer) newer.uses += use.uses;
    else this.#noted.set(id, use);
  }

  /** @returns the secrets whose use is on disk now */
  async #write(tx: EntityManager, chunk: readonly (readonly [string, Use])[]): Promise<ReadonlyMap<string, Written>> {
    const uses = chunk.map(([, use]) => use);
    const ids = chunk.map(([id]) => id);
    const agents = uses.map(({ origin }) => origin.user_agent);
    const values = [ids, uses.map(({ at }) => at), uses.map(({ origin }) => origin.ip_address), uses.map((use) => use.uses), agents];
    const [rows] = await tx.query<[Written[], number]>(WRITE, [...values, PREVIOUS_SECRET_AUDIT_SECONDS]);
    const written = new Map(rows.map((row) => [row.id, row]));
    for (const [id, use] of chunk) {
      const row = written.get(id);
      if (row?.due) await this.#recordPrevious(tx, use, row);
    }
    return written;
  }

  /** With the secret's use before, so that an integration that was not moved yet can be told from a stranger. */
  async #recordPrevious(
    tx: EntityManager,
    { client, origin, uses }: Use,
    { at, before_at, before_ip, before_user_agent }: Written,
  ): Promise<void> {
    const { client_id, client_name, organization_id } = client;
    await this.audit.record(tx, {
      actor: { ...SYSTEM, channel: 'oauth', client_id, client_name, origin },
      organization_id,
      action: 'client.previous_secret_used',
      target_type: 'oauth_client',
      target_id: client_id,
      target_name: client_name,
      count: uses,
      changes: { at: [before_at, at], ip_address: [before_ip, origin.ip_address], user_agent: [before_user_agent, origin.user_agent] },
    });
  }
}
