import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, onRequestHookHandler, onSendHookHandler } from 'fastify';
import { DataSource, type EntityManager, type EntitySubscriberInterface, type TransactionCommitEvent } from 'typeorm';

/** The event that tells of what a request changed. */
const HEADER = 'audit-event-id';
const MANAGEMENT_API = '/api/v1/';

interface Written {
  readonly request_id: string;
  readonly event_id: string;
}

/** Where a transaction's events wait for its commit. */
const PENDING = 'audit_events_written';

/**
 * The audit event that each request of the management API has written, for its `Audit-Event-Id`. An event says itself which
 * request it belongs to; what is gathered over many requests names none, and so stands in nobody's answer.
 */
@Injectable()
export class RequestEvents implements EntitySubscriberInterface {
  /** Requests that are not answered yet. */
  readonly #open = new Map<string, string | null>();

  constructor(adapterHost: HttpAdapterHost, dataSource: DataSource) {
    dataSource.subscribers.push(this);
    const server = adapterHost.httpAdapter.getInstance<FastifyInstance>();
    // On these routes alone, so that the OAuth endpoints have no step more; and before the first of them is registered.
    server.addHook('onRoute', (route) => {
      if (!route.url.startsWith(MANAGEMENT_API)) return;
      route.onRequest = [this.#begin, ...hooksOf(route.onRequest)];
      route.onSend = [this.#answer, ...hooksOf(route.onSend)];
    });
  }

  readonly #begin: onRequestHookHandler = (request, _reply, done) => {
    this.#open.set(request.id, null);
    done();
  };

  /** Every request comes by here once, also one whose caller has gone. */
  readonly #answer: onSendHookHandler = (request, reply, payload, done) => {
    const event_id = this.#open.get(request.id);
    if (event_id) reply.header(HEADER, event_id);
    this.#open.delete(request.id);
    done(null, payload);
  };

  /** An event written by a statement that was committed. Of several the first one of a request tells of it. */
  written({ request_id, event_id }: Written): void {
    if (this.#open.get(request_id) === null) this.#open.set(request_id, event_id);
  }

  /** An event written in a transaction; it counts once that is committed. */
  writtenIn(tx: EntityManager, written: Written): void {
    if (!tx.queryRunner?.isTransactionActive) return this.written(written);
    const data = tx.queryRunner.data as { [PENDING]?: Written[] };
    (data[PENDING] ??= []).push(written);
  }

  /** TypeORM calls it; a transaction that is rolled back is never heard of. */
  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    const data = queryRunner.data as { [PENDING]?: Written[] };
    for (const written of data[PENDING] ?? []) this.written(written);
    delete data[PENDING];
  }
}

function hooksOf<Hook>(given: Hook | Hook[] | undefined): Hook[] {
  if (given === undefined) return [];
  return Array.isArray(given) ? given : [given];
}
