import { type ActiveToken, type AuthorizationToken, parseScope, presentedToken, type ReportedEvent } from '@behalf/domain';
import { AuditReports, type Call, type ReportStats, type Sent } from './audit-reports.js';
import { Discovery } from './discovery.js';
import { basicAuthorization, Http } from './http.js';
import { activeToken, LiveIntrospection } from './introspection.js';
import { type ProtectedResource, protectedResource } from './metadata.js';
import { readOptions, type ResourceServerOptions, type Settings } from './options.js';
import { Proofs, type ProvenRequest } from './proofs.js';
import { Refusal, Refusals } from './refusals.js';

const MILLISECONDS = 1000;

/** What of a request counts beside its Authorization header, and what its token has to carry. */
export interface Presented extends ProvenRequest {
  /** The request's address, below its origin: a token in its query is refused, and a proof has to be made for it. */
  readonly url?: string | undefined;
  /** The body of a form, where it was parsed; a token in it is refused. */
  readonly form?: unknown;
  /** Scope words, separated by spaces, that the token has to carry. */
  readonly scope?: string | undefined;
  /** Is given what the answer has to carry where the caller is let in: a nonce for its next proof. Without it that one is refused first. */
  readonly onAnswerHeaders?: ((headers: Readonly<Record<string, string>>) => void) | undefined;
}

/** An answer that is no answer; `seconds` is when the server wants to be asked again. */
class Unanswered extends Error {
  constructor(
    message: string,
    readonly seconds: string | undefined,
  ) {
    super(message);
  }
}

/** The API that is called: it takes tokens, bearer ones and those that are bound to a key, and has each judged by the authorization server when it is used. */
export class ResourceServer {
  readonly settings: Settings;
  /** This API's own metadata; null without `resource`. */
  readonly metadata: ProtectedResource | null;
  readonly #http: Http;
  readonly #discovery: Discovery;
  readonly #introspection: LiveIntrospection;
  readonly #reports: AuditReports;
  readonly #proofs: Proofs;
  readonly #refusals: Refusals;
  readonly #authorization: string;

  /** @throws TypeError that lists every fault of the options */
  constructor(options: ResourceServerOptions) {
    this.settings = readOptions(options);
    const { issuer, client_id, client_secret, connections, timeout_seconds, realm, max_waiting_events } = this.settings;
    this.metadata = protectedResource(this.settings);
    this.#refusals = new Refusals(realm, this.metadata?.url);
    this.#proofs = new Proofs(this.settings);
    this.#authorization = basicAuthorization(client_id, client_secret);
    this.#http = new Http(connections);
    this.#discovery = new Discovery(issuer, this.#http.send, timeout_seconds);
    this.#introspection = new LiveIntrospection((token) => this.#ask(token), this.settings);
    this.#reports = new AuditReports((events) => this.#sendReport(events), max_waiting_events);
  }

  /**
   * The token of an Authorization header, judged now. One that is bound to a key is taken with a proof of that key for this very request
   * alone (RFC 9449 §7), and no other is taken so.
   *
   * @throws Refusal 400 for a token in the wrong place or a malformed header, 401 for none, one that is not active, or one without its
   *   proof, 403 for too narrow a scope, 503 when the authorization server does not say
   */
  async verify(authorization: string | undefined, request: Presented = {}): Promise<ActiveToken> {
    const { url, form, scope } = request;
    if (hasQueryToken(url) || hasFormToken(form))
      throw this.#refusals.invalidRequest('Access tokens are taken in the Authorization header alone.');
    if (authorization === undefined || !/^(bearer|dpop)(\s|$)/i.test(authorization.trim())) throw this.#refusals.missingToken(scope);
    const presented = presentedToken(authorization);
    if (!presented) throw this.#refusals.invalidRequest('The Authorization header is malformed.');
    const token = await this.#proven(presented, request);
    if (scope) this.requireScope(token, scope);
    return token;
  }

  /**
   * What a bearer token may do now; null when it is not active, and for one that is bound to a key: without its proof, which `verify` asks
   * for, it is worth nothing.
   *
   * @throws Refusal 503 when the authorization server does not say
   */
  async introspect(token: string): Promise<ActiveToken | null> {
    const active = await this.#introspect(token);
    return active?.cnf === undefined ? active : null;
  }

  async #introspect(token: string): Promise<ActiveToken | null> {
    try {
      return await this.#introspection.introspect(token);
    } catch (cause) {
      this.#tell(cause);
      throw this.#refusals.unavailable(cause, cause instanceof Unanswered ? cause.seconds : undefined);
    }
  }

  /** @throws Refusal 403 that names the whole scope to ask for, unless the token carries every word */
  requireScope(token: ActiveToken, scope: string): void {
    const carried = parseScope(token.scope) ?? [];
    const needed = parseScope(scope) ?? [scope];
    if (!needed.every((word) => carried.includes(word))) throw this.#refusals.insufficientScope(needed.join(' '));
  }

  /** @throws Refusal 404, as for a team that does not exist, unless the token may act on the team now */
  requireTeam(token: ActiveToken, team_id: string): void {
    if (!token.authorized_team_ids.includes(team_id.toLowerCase())) throw this.#refusals.foreignTeam();
  }

  /** Tells the audit log what was done with a token. Returns at once: it is sent in batches, later. */
  report(token: Pick<ActiveToken, 'token_id'>, call: Call): void {
    this.#reports.note(token, call);
  }

  /** How the reports fare; `dropped` belongs on a dashboard. */
  reportStats(): ReportStats {
    return this.#reports.stats();
  }

  /** Sends what waits to be reported now. */
  flushReports(): Promise<void> {
    return this.#reports.flush();
  }

  /** Sends what still waits to be reported, then ends all connections. */
  async close(): Promise<void> {
    await this.#reports.close();
    await this.#http.close();
  }

  /** The token, active and come as it has to; a proof that is not good costs no question. */
  async #proven(presented: AuthorizationToken, request: Presented): Promise<ActiveToken> {
    const proof = await this.#proofs.read(presented, request);
    if (typeof proof === 'string') throw this.#refusals.unfitToken(proof, proof === 'nonce' ? this.#proofs.currentNonce() : null);
    const token = await this.#introspect(presented.token);
    if (!token) throw this.#refusals.invalidToken(request.scope);
    const fault = await this.#proofs.hold(token, presented, proof).catch((cause: unknown) => {
      this.#tell(cause);
      throw this.#refusals.unavailable(cause);
    });
    if (fault) throw this.#refusals.unfitToken(fault);
    const nonce = proof && this.#proofs.nextNonce(proof);
    // RFC 9449 §8.2: never out of a cache, which would give a stale one.
    if (nonce !== null) request.onAnswerHeaders?.({ 'dpop-nonce': nonce, 'cache-control': 'no-store' });
    return token;
  }

  async #ask(token: string): Promise<ActiveToken | null> {
    const signal = this.#deadline();
    const endpoint = await orAborted(this.#discovery.introspectionEndpoint(), signal);
    const headers = { authorization: this.#authorization, 'content-type': 'application/x-www-form-urlencoded' };
    const question = { method: 'POST', headers, body: new URLSearchParams({ token }).toString(), signal } as const;
    const { status, retry_after, body } = await this.#http.send(endpoint, question);
    if (status !== 200) throw new Unanswered(`introspection answered ${status}`, retry_after);
    return activeToken(body, this.settings);
  }

  async #sendReport(events: readonly ReportedEvent[]): Promise<Sent> {
    const headers = { authorization: this.#authorization, 'content-type': 'application/json' };
    const question = { method: 'POST', headers, body: JSON.stringify({ events }), signal: this.#deadline() } as const;
    const { status, retry_after } = await this.#http
      .send(`${this.settings.issuer}/api/v1/audit-events`, question)
      .catch((cause: unknown) => {
        this.#tell(cause);
        throw cause;
      });
    if (status === 200) return { kind: 'taken' };
    this.#tell(new Error(`the audit report answered ${status}`));
    if ([400, 413, 422].includes(status)) return { kind: 'faulty' };
    // Refused credentials can be mended while the events wait.
    const later = status === 401 || status === 429 || status >= 500;
    if (!later) return { kind: 'refused' };
    return /^\d+$/.test(retry_after ?? '') ? { kind: 'later', seconds: Number(retry_after) } : { kind: 'later' };
  }

  #deadline(): AbortSignal {
    return AbortSignal.timeout(this.settings.timeout_seconds * MILLISECONDS);
  }

  #tell(fault: unknown): void {
    this.settings.on_fault(fault instanceof Error ? fault : new Error(String(fault)));
  }
}

/** @throws TypeError that lists every fault of the options */
export function createResourceServer(options: ResourceServerOptions): ResourceServer {
  return new ResourceServer(options);
}

/** A refusal that a framework's error handling may meet; everything else is not ours. */
export function isRefusal(thrown: unknown): thrown is Refusal {
  return thrown instanceof Refusal;
}

function hasQueryToken(url: string | undefined): boolean {
  const mark = url?.indexOf('?') ?? -1;
  return mark >= 0 && new URLSearchParams(url!.slice(mark + 1)).has('access_token');
}

function hasFormToken(form: unknown): boolean {
  return typeof form === 'object' && form !== null && Object.hasOwn(form, 'access_token');
}

/** What is shared with others has a deadline of its own; this caller's may come earlier. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('the authorization server took too long')), { once: true });
    work.then(resolve, reject);
  });
}
