import {
  type Attributes,
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import type { TracingTarget } from '../config.js';
import type { HotConnections, StatementTracing } from '../database/batcher.js';
import type { Request } from '../http/request.js';

const EXPORT_MILLISECONDS = 5_000;
const FIRST_FAULT_STATUS = 500;
/** Asked for all the time, by machines: nobody looks for them. */
const UNTRACED = /^\/(health|assets)\//;

const HEADERS: TextMapGetter<IncomingHttpHeaders> = {
  keys: (headers) => Object.keys(headers),
  get: (headers, name) => headers[name],
};

/**
 * Traces requests and the statements that they share, by OpenTelemetry's conventions for HTTP and databases. This file is loaded only
 * where traces are wanted. No attribute holds an address, a query, a header, a parameter or an id of anybody: routes are told by
 * their pattern, statements by their name.
 */
export function traceServer(server: FastifyInstance, pools: Readonly<Record<string, HotConnections>>, target: TracingTarget): void {
  const exporter = new OTLPTraceExporter({ url: `${target.endpoint}/v1/traces`, timeoutMillis: EXPORT_MILLISECONDS });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': target.service_name }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(target.ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracing = new Tracing(provider, target.trust_parent);
  tracing.follow(server);
  for (const [pool, connections] of Object.entries(pools)) connections.tracing = tracing.statementsOf(pool);
  // What cannot be told any more is lost: it must not keep a process from ending.
  server.addHook('onClose', () => provider.shutdown().catch(() => undefined));
}

class Tracing {
  /** The recorded requests for which something is done: one, or those that share a statement. */
  readonly #for = new AsyncLocalStorage<readonly Span[]>();
  readonly #spans = new WeakMap<object, Span>();
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #tracer;

  constructor(
    provider: TracerProvider,
    private readonly trusts: boolean,
  ) {
    this.#tracer = provider.getTracer('behalf');
  }

  follow(server: FastifyInstance): void {
    server.addHook('onRequest', (request, _reply, done) => {
      if (UNTRACED.test(request.url)) return done();
      const attributes = { 'http.request.method': request.method, 'url.scheme': request.protocol };
      const { parent, links } = this.#originOf(request.headers);
      const span = this.#tracer.startSpan(request.method, { kind: SpanKind.SERVER, attributes, links }, parent);
      if (!span.isRecording()) return done();
      this.#spans.set(request, span);
      this.#for.run([span], done);
    });
    server.addHook('onResponse', (request: Request, reply, done) => {
      const span = this.#spans.get(request);
      if (span) endRequest(span, request, reply);
      done();
    });
  }

  /**
   * A caller's trace is gone on with only where callers are trusted: its flag would decide whether the request is traced, and its
   * id which trace it turns up in (Trace Context §4.3). Else it is linked, so that who looks for it still finds the way.
   */
  #originOf(headers: IncomingHttpHeaders): { parent: Context; links: Link[] } {
    const parent = this.#propagator.extract(ROOT_CONTEXT, headers, HEADERS);
    if (this.trusts) return { parent, links: [] };
    const caller = trace.getSpanContext(parent);
    if (!caller) return { parent: ROOT_CONTEXT, links: [] };
    const { traceId, spanId, traceFlags } = caller;
    return { parent: ROOT_CONTEXT, links: [{ context: { traceId, spanId, traceFlags, isRemote: true } }] };
  }

  statementsOf(pool: string): StatementTracing {
    return {
      current: () => this.#for.getStore(),
      within: (requests, run) => this.#for.run(requests as readonly Span[], run),
      begin: (statement) => this.#begin(pool, statement),
    };
  }

  /** A child of the first request that shares the statement; the others are linked. */
  #begin(pool: string, statement: string): (fault?: unknown) => void {
    const [first, ...others] = this.#for.getStore() ?? [];
    if (!first) return () => undefined;
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': statement, 'db.client.connection.pool.name': pool };
    const links = others.map((span) => ({ context: span.spanContext() }));
    const span = this.#tracer.startSpan(statement, { kind: SpanKind.CLIENT, attributes, links }, contextOf(first));
    return (fault) => {
      if (fault !== undefined) span.setStatus({ code: SpanStatusCode.ERROR }).setAttributes(faultAttributes(fault));
      span.end();
    };
  }
}

function contextOf(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

function endRequest(span: Span, request: Request, { statusCode }: FastifyReply): void {
  const { url: route } = request.routeOptions;
  span.setAttributes({ 'http.response.status_code': statusCode, 'behalf.request_id': request.id });
  if (route !== undefined) span.updateName(`${request.method} ${route}`).setAttribute('http.route', route);
  if (request.oauth_error !== undefined) span.setAttribute('error.type', request.oauth_error);
  if (statusCode >= FIRST_FAULT_STATUS) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** SQLSTATE alone: a message may hold a value. */
function faultAttributes(fault: unknown): Attributes {
  const { code } = fault as { code?: unknown };
  return typeof code === 'string' ? { 'db.response.status_code': code, 'error.type': code } : { 'error.type': '_OTHER' };
}
