import { originForm } from '@behalf/domain';
import cookie from '@fastify/cookie';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { Config } from '../config.js';
import { MetricFamilies } from '../metrics/families.js';
import { RequestCounters } from '../metrics/request-counters.js';
import { loggerOptions, logStream } from '../logger.js';
import { Problem } from '../problem.js';
import { admit, Gate } from './admission.js';
import { Answered } from './answered.js';
import { crossOrigin } from './cross-origin.js';
import { DirectEndpoints, serveDirectly } from './direct.js';
import { answerUnrouted } from './unrouted.js';
import { serveAdminApp } from './admin-app.js';
import { sendErrorsPage } from './pages.js';
import { formOf } from './form.js';
import { answerFault } from './faults.js';
import { answerExpectations, answerUnreadable, isProper, refuseImproper } from './improper.js';
import {
  BODY_LIMIT_BYTES,
  CLIENT_BODY_LIMIT_BYTES,
  CONNECTIONS_MAX,
  HEADER_LIMIT_BYTES,
  HEADERS_TIMEOUT_MS,
  KEEP_ALIVE_MS,
  PATH_PARAMETER_CHARACTERS,
  REPORT_BODY_LIMIT_BYTES,
  REQUEST_TIMEOUT_MS,
  SILENCE_TIMEOUT_MS,
  TIMEOUT_CHECK_MS,
} from './limits.js';

/** The HTTP server: request ids, limits, logging, headers that every answer has. */
export function createAdapter(config: Config): FastifyAdapter {
  const adapter = new Adapter({
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_LIMIT_BYTES,
    trustProxy: config.trusted_proxies.length ? [...config.trusted_proxies] : false,
    logger: { ...loggerOptions(config), stream: logStream() },
    return503OnClosing: true,
    http: {
      maxHeaderSize: HEADER_LIMIT_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      connectionsCheckingInterval: TIMEOUT_CHECK_MS,
      requireHostHeader: false,
    },
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: SILENCE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    rewriteUrl: ({ url = '/' }) => originForm(url),
    routerOptions: { maxParamLength: PATH_PARAMETER_CHARACTERS, ignoreTrailingSlash: false },
    clientErrorHandler: (error, socket) => answerUnreadable(adapter.getInstance<FastifyInstance>().log, error, socket),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      setCommonHeaders(request, reply);
      answerFault(error, request, reply, config.issuer);
    },
  });
  return adapter;
}

/** Unknown paths and faults outside of a controller are ours to answer, not the framework's. */
class Adapter extends FastifyAdapter {
  override setNotFoundHandler() {
    return this.getInstance();
  }

  override setErrorHandler() {
    return this.getInstance();
  }
}

/** What must stand before the first route is registered. */
export async function prepareServer(app: NestFastifyApplication, config: Config): Promise<void> {
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  const { issuer } = config;
  const gate = new Gate();
  const answered = app.get(Answered);
  server.server.maxConnections = CONNECTIONS_MAX;
  // Headers are bounded by their bytes; Node would drop those beyond a number without a word, a proxy's own among them.
  server.server.maxHeadersCount = 0;
  answerExpectations(server);
  registerBodyParsers(server);
  await server.register(cookie);
  answerUnrouted(server, issuer, await serveAdminApp(server, issuer));
  server.get('/errors', (_request, reply) => sendErrorsPage(reply, issuer));
  server.setErrorHandler((error, request, reply) => answerFault(error, request, reply, issuer));
  crossOrigin(server, config);
  admit(server, gate, issuer);
  const requests = new RequestCounters();
  app.get(MetricFamilies).add(...requests.families(), ...gate.families());
  answered.observe(({ call, route, status, milliseconds }) => requests.count(route, status, call.oauth_error, call.client, milliseconds));
  // A trace follows a request through the framework's hooks.
  if (!config.tracing) serveDirectly(server, { endpoints: app.get(DirectEndpoints), answered, gate, config });
  server.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/v1/oauth-clients')) route.bodyLimit = CLIENT_BODY_LIMIT_BYTES;
    if (route.url === '/api/v1/audit-events') route.bodyLimit = REPORT_BODY_LIMIT_BYTES;
  });
  server.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    if (isProper(request.raw)) done();
    else refuseImproper(request, reply);
  });
  server.addHook('onResponse', (call, reply, done) => {
    const { url: route } = call.routeOptions;
    answered.tell({ call, method: call.method, route, status: reply.statusCode, milliseconds: reply.elapsedTime });
    done();
  });
}

/** What every answer has, whoever makes it. */
function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id);
  reply.header('x-content-type-options', 'nosniff');
  if (!request.url.startsWith('/assets/')) reply.header('cache-control', 'no-store');
}

/**
 * Forms stay text, since repeated and malformed parameters must be seen; JSON is parsed for the management API only.
 * Every other type is handed on as nothing: the OAuth endpoints answer it with their own error.
 */
function registerBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'buffer' }, (request, body, done) => {
    if (isManagementApi(request.routeOptions.url)) return done(new Problem('unsupported-media-type'));
    done(null, formOf(body as Buffer));
  });
  const defaults = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isManagementApi(request.routeOptions.url)) return done(null, undefined);
    const text = utf8(body as Buffer);
    if (text === null) return done(new Problem('malformed-body', { detail: 'The body is not UTF-8.' }));
    if (text === '') return done(null, undefined);
    void defaults(request, text, (error, value) => (error ? done(new Problem('malformed-body', { cause: error })) : done(null, value)));
  });
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => {
    if (isManagementApi(request.routeOptions.url) && body.length) return done(new Problem('unsupported-media-type'));
    done(null, undefined);
  });
}

function isManagementApi(url: string | undefined): boolean {
  return url?.startsWith('/api/') ?? false;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Strict UTF-8; null for bytes that are none. */
function utf8(bytes: Buffer): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}
