import type { FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth-error.js';
import { Problem, type ProblemOptions } from '../problem.js';
import type { ProblemName } from '@behalf/domain';
import type { Request } from './request.js';
import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** Sends a refusal in the dialect of the management API. */
export function sendProblem(problem: Problem, reply: FastifyReply, issuer: string): void {
  void reply
    .status(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problem.body(issuer)));
}

/** Sends a refusal in the dialect of the OAuth endpoints (RFC 6749 §5.2). */
export function sendOAuthError(error: OAuthError, reply: FastifyReply): void {
  (reply.request as Request).oauth_error = error.code;
  void reply.status(error.status).headers(error.headers).type('application/json').send(JSON.stringify(error.body()));
}

/**
 * What a thrown value means to a caller: a refusal stays what it is, an unreachable or overloaded database is
 * `unavailable`, everything else is our own fault and explains nothing.
 */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const name = problemOf(thrown);
  const options: ProblemOptions = name === 'unavailable' ? { cause: thrown, headers: { 'retry-after': '1' } } : { cause: thrown };
  return new Problem(name, options);
}

/** The same for the OAuth endpoints. */
export function toOAuthError(thrown: unknown): OAuthError {
  if (thrown instanceof OAuthError) return thrown;
  const name = problemOf(thrown);
  if (name === 'unavailable') return new OAuthError('temporarily_unavailable', { cause: thrown, headers: { 'retry-after': '1' } });
  if (name === 'internal-error') return new OAuthError('server_error', { cause: thrown });
  return new OAuthError('invalid_request', { cause: thrown, status: name === 'payload-too-large' ? 413 : 400 });
}

/** Answers what failed outside of a controller: a body that cannot be read, a malformed URL. */
export function answerFault(thrown: unknown, request: FastifyRequest, reply: FastifyReply, issuer: string): void {
  logFault(thrown, request);
  if (isOAuthPath(request.url)) sendOAuthError(toOAuthError(thrown), reply);
  else sendProblem(toProblem(thrown), reply, issuer);
}

/** Our own faults go to the log with their cause; a caller's faults only at debug level. */
export function logFault(thrown: unknown, { log }: Pick<FastifyRequest, 'log'>): void {
  const status = toProblem(thrown).status;
  if (thrown instanceof OAuthError ? thrown.status >= 500 : status >= 500) log.error({ err: thrown }, 'request failed');
  else log.debug({ refused: thrown instanceof Error ? thrown.message : String(thrown) });
}

/** Paths whose errors are RFC 6749 JSON. */
export function isOAuthPath(url: string): boolean {
  return /^\/(oauth2|\.well-known)(\/|\?|$)/.test(url);
}

function problemOf(thrown: unknown): ProblemName {
  const { code, statusCode } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as { code?: unknown; statusCode?: unknown };
  // Node's word for a caller who hung up amid the body: no database is away, and nobody hears the answer.
  if (code === 'ECONNRESET' && thrown instanceof Error && thrown.message === 'aborted') return 'malformed-body';
  if (isUnavailable(thrown, code)) return 'unavailable';
  // An address that is no text, or longer than any of ours, names nothing.
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') return 'not-found';
  if (statusCode === 413) return 'payload-too-large';
  if (statusCode === 415) return 'unsupported-media-type';
  if (statusCode === 404) return 'not-found';
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) return 'malformed-body';
  return 'internal-error';
}

/**
 * PostgreSQL's classes 08 (connection), 53 (resources), 57 (operator), 58 (its machine), 25006 (read only), 55P03 and 40 (lock and
 * serialization), whatever ended or refused the connection itself, lost sockets, and a transaction that lost its connection
 * between two statements.
 */
function isUnavailable(thrown: unknown, code: unknown): boolean {
  if (thrown instanceof Error && 'severity' in thrown && thrown.severity === 'FATAL') return true;
  if (
    typeof code === 'string' &&
    /^(08...|53...|57...|58...|25006|55P03|40...|ECONN[A-Z]+|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH)$/.test(code)
  )
    return true;
  if (thrown instanceof QueryRunnerAlreadyReleasedError || thrown instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const message = thrown instanceof Error ? thrown.message : '';
  return /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Cannot use a pool after)/.test(
    message,
  );
}
