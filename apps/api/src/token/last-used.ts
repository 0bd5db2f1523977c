import { LAST_USED_GRANULARITY_SECONDS, LAST_USED_WRITE_SECONDS } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { touchClients } from '../client/index.js';
import { DataSource } from 'typeorm';
import { Round } from '../platform/round.js';
import type { LiveGrant } from './live-row.js';

const MILLISECONDS = 1000;
/** Two rounds within the promised time, so that a use just after one round is still on disk in time. */
const FLUSH_MILLISECONDS = (LAST_USED_WRITE_SECONDS * MILLISECONDS) / 2;
const CHUNK = 1000;

/** Key order and SKIP LOCKED: never waits for a refresh, never deadlocks with one. Losing a second of it in a crash is fine. */
const WRITE = `
UPDATE authorization_grant g SET last_used_at = greatest(g.last_used_at, to_timestamp(k.at))
  FROM (SELECT id FROM authorization_grant WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED) l
  JOIN unnest($1::uuid[], $2::float8[]) k(id, at) ON k.id = l.id
 WHERE g.id = l.id`;

/** Remembers uses in memory and writes them within seconds, at most once a minute per grant; never on a request's path. */
@Injectable()
export class LastUsed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #grants = new Map<string, number>();
  readonly #clients = new Map<string, number>();
  readonly #round = new Round('writing last uses', FLUSH_MILLISECONDS, () => this.flush());

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    this.#round.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#round.stop();
    await this.#round.once();
  }

  /** An accepted access token. */
  note(grant: LiveGrant): void {
    if (grant.last_used_at !== null && grant.now - grant.last_used_at < LAST_USED_GRANULARITY_SECONDS) return;
    this.#grants.set(grant.id, grant.now);
    this.noteClient(grant.client_id, grant.now);
  }

  /** A rotation, which has written its grant by itself. */
  noteClient(client_id: string, at: number): void {
    this.#clients.set(client_id, at);
  }

  async flush(): Promise<void> {
    const grants = [...this.#grants].slice(0, CHUNK);
    const clients = [...this.#clients].slice(0, CHUNK);
    if (!grants.length && !clients.length) return;
    for (const [id] of grants) this.#grants.delete(id);
    for (const [id] of clients) this.#clients.delete(id);
    await this.dataSource.transaction(async (tx) => {
      await tx.query('SET LOCAL synchronous_commit = off');
      if (grants.length) await tx.query(WRITE, [grants.map(([id]) => id), grants.map(([, at]) => at)]);
      if (clients.length) await touchClients(tx, clients);
    });
  }
}
