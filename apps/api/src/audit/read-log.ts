import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DataSource } from 'typeorm';
import type { Actor } from '../platform/actor.js';
import type { Request } from '../platform/http/request.js';
import { AuditLog } from './audit-log.js';
import { MinuteRows } from './minute-rows.js';

/** Calls that change nothing although they are sent with POST. */
const READING_POST = /\/(impact|preview|userinfo)$/;
const FIRST_ERROR_STATUS = 400;

/** Reads through an access token: one row per token, route and minute. */
@Injectable()
export class ReadLog implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rows: MinuteRows;

  constructor(
    audit: AuditLog,
    dataSource: DataSource,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    this.#rows = new MinuteRows(audit, dataSource);
  }

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('onResponse', (request: Request, reply, done) => {
      if (request.actor?.token_id && reply.statusCode < FIRST_ERROR_STATUS) this.#note(request.actor, request);
      done();
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

  #note(actor: Actor, request: Request): void {
    const { url } = request.routeOptions;
    const reads = request.method === 'GET' || request.method === 'HEAD' || READING_POST.test(url ?? '');
    if (!reads) return;
    const route = `${request.method} ${url}`;
    const entry = {
      actor: { ...actor, origin: { ...actor.origin, request_id: undefined } },
      organization_id: actor.organization_id,
      action: 'api.read',
      target_type: 'route',
      target_id: route,
    } as const;
    this.#rows.note(`${actor.token_id} ${route}`, entry, { key: `${actor.token_id}`, entry: { ...entry, target_id: null } });
  }
}
