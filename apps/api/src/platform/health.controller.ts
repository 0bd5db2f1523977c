import { type BeforeApplicationShutdown, Controller, Get, Res } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { sha256 } from './crypto.js';
import type { Reply } from './http/request.js';

const OK = { status: 'ok' } as const;
const UNAVAILABLE = { status: 'unavailable', checks: { database: 'down' } } as const;
/** SQLSTATEs that say more than that it does not work. */
const REASONS: Readonly<Record<string, Reason>> = { '25006': 'read_only', '53100': 'full' };

/** A row of nobody's attempts: past its window at once, so that it is swept like any other. */
const PROBE = `
INSERT INTO authentication_failure (key, count, "limit", ends_at) VALUES ($1, 0, 1, clock_timestamp())
ON CONFLICT (key) DO UPDATE SET ends_at = excluded.ends_at`;
const PROBE_KEY = sha256('behalf/v1/readiness');
/** Whoever asks has little patience; a database that needs longer is of no use. */
const PATIENCE_MILLISECONDS = 2_000;

/** Why it is not ready, where more is known than that. */
type Reason = 'stopping' | 'read_only' | 'full';
type DatabaseState = 'up' | 'down' | Reason;

/** For balancers and supervisors: live as long as the process answers, ready as long as it can do its work. */
@Controller('health')
export class HealthController implements BeforeApplicationShutdown {
  #stopping = false;
  #probe: Promise<DatabaseState> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  beforeApplicationShutdown(): void {
    this.#stopping = true;
  }

  @Get('live')
  live(): typeof OK {
    return OK;
  }

  /** Tries a write and its commit: a database that only reads (a standby, a full disk) is not ready. */
  @Get('ready')
  async ready(@Res() reply: Reply): Promise<void> {
    const database = await this.#database();
    if (database === 'up' && !this.#stopping) return void reply.send(OK);
    const reason = this.#stopping ? 'stopping' : database;
    void reply.status(503).send({ ...UNAVAILABLE, ...(reason === 'down' ? {} : { reason }) });
  }

  /** One at a time, since anybody may ask. */
  #database(): Promise<DatabaseState> {
    const patience = new Promise<DatabaseState>((resolve) => setTimeout(resolve, PATIENCE_MILLISECONDS, 'down').unref());
    this.#probe ??= this.#write().finally(() => (this.#probe = undefined));
    return Promise.race([this.#probe, patience]);
  }

  async #write(): Promise<DatabaseState> {
    try {
      await this.dataSource.query(PROBE, [PROBE_KEY]);
      return 'up';
    } catch (error) {
      return REASONS[(error as { code?: string }).code ?? ''] ?? 'down';
    }
  }
}
