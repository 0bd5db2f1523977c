import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../platform/actor.js';
import { type Answer, Answered } from '../platform/http/answered.js';
import { AuditLog } from './audit-log.js';
import { MinuteRows } from './minute-rows.js';

/** Calls that change nothing although they are sent with POST. */
const READING_POST = /\/(impact|preview|userinfo)$/;
const FIRST_ERROR_STATUS = 400;

/** Reads through an access token: one row per token, route and minute. */
@Injectable()
export class ReadLog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rows: MinuteRows;

  constructor(audit: AuditLog, dataSource: DataSource, answered: Answered) {
    this.#rows = new MinuteRows(audit, dataSource);
    answered.observe((answer) => {
      const { actor } = answer.call;
      if (actor?.token_id && answer.status < FIRST_ERROR_STATUS) this.#note(actor, answer);
    });
  }

  onApplicationBootstrap(): void {
    this.#rows.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#rows.stop();
  }

  /** Writes everything gathered so far. */
  async flush(): Promise<void> {
    await this.#rows.flush(true);
  }

  #note(actor: Actor, { method, route: pattern }: Answer): void {
    const reads = method === 'GET' || method === 'HEAD' || READING_POST.test(pattern ?? '');
    if (!reads) return;
    const route = `${method} ${pattern}`;
    const key = `${actor.token_id} ${route}`;
    if (this.#rows.noteAgain(key)) return;
    const entry = {
      actor: { ...actor, origin: { ...actor.origin, request_id: undefined } },
      organization_id: actor.organization_id,
      action: 'api.read',
      target_type: 'route',
      target_id: route,
    } as const;
    this.#rows.note(key, entry, { key: `${actor.token_id}`, entry: { ...entry, target_id: null } });
  }
}
