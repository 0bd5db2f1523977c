import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type AuditEntry, AuditLog, SYSTEM } from '../audit/index.js';
import { Clock } from '../platform/clock.js';
import { Round } from '../platform/round.js';

/** How late a resumption may come to clients that nobody looks at. */
const ROUND_MILLISECONDS = 5_000;

interface Resumed {
  readonly client_id: string;
  readonly client_name: string;
  readonly organization_id: string;
  readonly resume_at: Date;
}

/** Pauses that were given an end: applied when it is due, by whichever replica comes first. */
@Injectable()
export class Resumptions implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #round = new Round('due resumptions', ROUND_MILLISECONDS, () => this.apply());

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  onApplicationBootstrap(): void {
    this.#round.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.#round.stop();
  }

  /** Resumes what is due. New flows may start; nothing that the pause ended comes back. */
  async apply(): Promise<void> {
    const due = `status = 'disabled' AND resume_at <= coalesce($1::timestamptz, clock_timestamp())`;
    const waiting = await this.dataSource.query<unknown[]>(`SELECT 1 FROM oauth_client WHERE ${due} LIMIT 1`, [this.clock.bind()]);
    if (!waiting.length) return;
    await this.dataSource.transaction(async (tx) => {
      const resumed = await tx.query<Resumed[]>(
        `WITH due AS (
           SELECT client_id, resume_at FROM oauth_client WHERE ${due} ORDER BY client_id FOR UPDATE SKIP LOCKED
         ), resumed AS (
           UPDATE oauth_client c SET status = 'enabled', status_reason = NULL, resume_at = NULL, version = version + 1,
                  updated_at = coalesce($1::timestamptz, clock_timestamp())
             FROM due WHERE c.client_id = due.client_id
           RETURNING c.client_id, c.client_name, c.organization_id, due.resume_at
         )
         SELECT * FROM resumed`,
        [this.clock.bind()],
      );
      if (resumed.length) await this.audit.record(tx, ...resumed.map(entryOf));
    });
  }
}

function entryOf({ client_id, client_name, organization_id, resume_at }: Resumed): AuditEntry {
  return {
    actor: SYSTEM,
    organization_id,
    action: 'client.resumed',
    target_type: 'oauth_client',
    target_id: client_id,
    target_name: client_name,
    reason: 'scheduled',
    changes: { status: ['disabled', 'enabled'], resume_at: [resume_at.toISOString(), null] },
  };
}
