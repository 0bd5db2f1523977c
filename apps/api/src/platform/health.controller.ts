import { type BeforeApplicationShutdown, Controller, Get, Res } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Reply } from './http/request.js';

const OK = { status: 'ok' } as const;

/** For balancers and supervisors: live as long as the process answers, ready as long as it can do its work. */
@Controller('health')
export class HealthController implements BeforeApplicationShutdown {
  #stopping = false;

  constructor(private readonly dataSource: DataSource) {}

  beforeApplicationShutdown(): void {
    this.#stopping = true;
  }

  @Get('live')
  live(): typeof OK {
    return OK;
  }

  /** A write is tried as well: a database that only reads (a standby, a full disk) is not ready. */
  @Get('ready')
  async ready(@Res() reply: Reply): Promise<void> {
    const database = await this.#database();
    if (database === 'up' && !this.#stopping) return void reply.send(OK);
    void reply.status(503).send({ status: 'unavailable', checks: { database: this.#stopping ? 'stopping' : database } });
  }

  async #database(): Promise<'up' | 'down' | 'read_only'> {
    try {
      const [row] = await this.dataSource.query<[{ transaction_read_only: string }]>('SHOW transaction_read_only');
      return row.transaction_read_only === 'off' ? 'up' : 'read_only';
    } catch {
      return 'down';
    }
  }
}
