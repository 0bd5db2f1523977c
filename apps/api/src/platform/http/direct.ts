import proxyAddr from '@fastify/proxy-addr';
import { Injectable } from '@nestjs/common';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Actor } from '../actor.js';
import type { Config } from '../config.js';
import type { Gate } from './admission.js';
import type { Answered } from './answered.js';
import { logFault, toOAuthError } from './faults.js';
import { formOf, type FormBody } from './form.js';
import { isProper } from './improper.js';
import { BODY_LIMIT_BYTES } from './limits.js';
import type { Call } from './request.js';

/** Answers a call with the body of a 200, as JSON; what it throws is answered as RFC 6749 §5.2 says. */
export type Endpoint = (call: Call) => Promise<string>;

/** The endpoints that stand in front of every API call of our users' customers, by their path. */
@Injectable()
export class DirectEndpoints {
  readonly #endpoints = new Map<string, { readonly method: 'GET' | 'POST'; readonly endpoint: Endpoint }>();

  serve(method: 'GET' | 'POST', path: string, endpoint: Endpoint): void {
    this.#endpoints.set(path, { method, endpoint });
  }

  /** The endpoint that a request names, where it is a plain one: what is unusual in any way is left to the framework. */
  of(request: IncomingMessage): Endpoint | null {
    const named = this.#endpoints.get(request.url!);
    return named && named.method === request.method && isPlain(request) ? named.endpoint : null;
  }
}

const FORMS: ReadonlySet<string | undefined> = new Set([
  'application/x-www-form-urlencoded',
  'application/x-www-form-urlencoded;charset=UTF-8',
  'application/x-www-form-urlencoded; charset=UTF-8',
  'application/x-www-form-urlencoded;charset=utf-8',
  'application/x-www-form-urlencoded; charset=utf-8',
]);
const LENGTH_DIGITS = 9;

/** RFC 9449 §7.1; its proof is judged where it takes as long as it may. */
const DPOP_SCHEME = /^dpop/i;

/** HTTP/1.1 from no browser's script, without a proof of a key, and a form of a known length, if it is a POST. */
function isPlain(request: IncomingMessage): boolean {
  const { headers } = request;
  const length = headers['content-length'];
  if (request.httpVersionMinor !== 1 || !isProper(request)) return false;
  if (headers.origin !== undefined || headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined) return false;
  if (headers['dpop'] !== undefined) return false;
  if (request.method === 'GET') return length === undefined && !DPOP_SCHEME.test(headers.authorization ?? '');
  const bytes = length !== undefined && length.length <= LENGTH_DIGITS ? Number(length) : 0;
  return bytes > 0 && bytes <= BODY_LIMIT_BYTES && FORMS.has(headers['content-type']);
}

/**
 * Serves plain calls of these endpoints ahead of the framework, whose router, hooks and reply take as long as all that an
 * introspection does. Everything else goes the framework's way, to the same endpoints, and is answered alike: a test holds
 * the one to the other.
 */
export function serveDirectly(
  server: FastifyInstance,
  { endpoints, answered, gate, config }: { endpoints: DirectEndpoints; answered: Answered; gate: Gate; config: Config },
): void {
  const framework = server.server.listeners('request')[0] as RequestListener;
  const addressOf = addressReader(config.trusted_proxies);
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  server.server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
    const endpoint = closing ? null : endpoints.of(request);
    if (endpoint) new DirectCall(request, response, addressOf(request), server.log, answered).run(endpoint, gate);
    else framework(request, response);
  });
}

function addressReader(trusted_proxies: readonly string[]): (request: IncomingMessage) => string {
  if (!trusted_proxies.length) return (request) => request.socket.remoteAddress!;
  const isTrusted = proxyAddr.compile([...trusted_proxies]);
  return (request) => proxyAddr(request, isTrusted);
}

class DirectCall implements Call {
  readonly id = randomUUID();
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  body: FormBody | undefined;
  actor?: Actor;
  client?: Call['client'];
  oauth_error?: Call['oauth_error'];
  readonly #began = performance.now();

  constructor(
    private readonly request: IncomingMessage,
    private readonly response: ServerResponse,
    readonly ip: string,
    private readonly serverLog: FastifyBaseLogger,
    private readonly answered: Answered,
  ) {
    this.url = request.url!;
    this.headers = request.headers;
  }

  get log(): FastifyBaseLogger {
    return this.serverLog.child({ reqId: this.id });
  }

  /** Reads the body, where there is one, takes a place among those under way, and answers. */
  run(endpoint: Endpoint, gate: Gate): void {
    const begin = () => void this.#answer(endpoint, gate);
    if (this.request.method === 'GET') return begin();
    const chunks: Buffer[] = [];
    this.request.on('data', (chunk: Buffer) => chunks.push(chunk));
    this.request.on('end', () => {
      this.body = formOf(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
      begin();
    });
    // A caller who hangs up amid its body: nobody hears the answer, and the log has its line.
    this.request.on('error', (error) => this.#refuse(error));
  }

  async #answer(endpoint: Endpoint, gate: Gate): Promise<void> {
    if (!gate.enter('oauth')) return this.#refuse(gate.refusal(this));
    let body: string;
    try {
      body = await endpoint(this);
    } catch (thrown) {
      return this.#refuse(thrown);
    } finally {
      gate.leave('oauth');
    }
    this.#send(200, [], body);
  }

  #refuse(thrown: unknown): void {
    logFault(thrown, this);
    const error = toOAuthError(thrown);
    this.oauth_error = error.code;
    this.#send(error.status, Object.entries(error.headers).flat(), JSON.stringify(error.body()));
  }

  #send(status: number, headers: readonly string[], body: string): void {
    // prettier-ignore
    this.response.writeHead(status, [
      'x-request-id', this.id, 'x-content-type-options', 'nosniff', 'cache-control', 'no-store', ...headers,
      'content-type', 'application/json; charset=utf-8', 'content-length', String(Buffer.byteLength(body)),
    ]);
    this.response.end(body);
    const { method, url: route } = this.request;
    this.answered.tell({ call: this, method: method!, route, status, milliseconds: performance.now() - this.#began });
  }
}
