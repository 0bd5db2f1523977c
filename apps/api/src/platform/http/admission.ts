import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { OAuthError } from '../oauth-error.js';
import { Problem } from '../problem.js';
import { isOAuthPath, sendOAuthError, sendProblem } from './faults.js';
import { IN_FLIGHT_MAX } from './limits.js';
import { type Family, labelled } from '../metrics/families.js';
import { sendFaultPage, UNAVAILABLE_PAGE } from './pages.js';
import type { Call } from './request.js';

const HEADERS = { 'retry-after': '1' };
const AUTHORIZE = '/oauth2/authorize';

type Kind = keyof typeof IN_FLIGHT_MAX;

/**
 * Turns requests away while too many are under way: what was admitted is answered in time, and the rest hears so at once. The
 * OAuth endpoints and the management API have a number each, so that neither can take the other's place. A request counts
 * from when its body has been read until its answer is made: neither who sends slowly nor who reads slowly holds a place, and
 * a caller who hangs up makes no room while there is work on the request. Health, pages and files of the admin app do not count.
 */
export class Gate {
  readonly #under_way: Record<Kind, number> = { oauth: 0, management: 0 };
  readonly #turned_away: Record<Kind, number> = { oauth: 0, management: 0 };

  /** Takes a place, if there is one; who has it gives it back. */
  enter(kind: Kind): boolean {
    if (this.#under_way[kind] >= IN_FLIGHT_MAX[kind]) {
      this.#turned_away[kind] += 1;
      return false;
    }
    this.#under_way[kind] += 1;
    return true;
  }

  leave(kind: Kind): void {
    this.#under_way[kind] -= 1;
  }

  /** What a call is told that found no place, at the endpoints that answer as RFC 6749 §5.2 says. */
  refusal({ log }: Pick<Call, 'log'>): OAuthError {
    log.debug({ refused: 'too many requests under way' });
    return new OAuthError('temporarily_unavailable', { headers: HEADERS });
  }

  /** What metrics tell of it. */
  families(): Family[] {
    return [
      {
        name: 'behalf_requests_under_way',
        help: 'Requests that are being worked on, by the gate that they came through.',
        type: 'gauge',
        aggregator: 'sum',
        read: () => labelled('gate', this.#under_way),
      },
      {
        name: 'behalf_requests_turned_away_total',
        help: 'Requests answered 503 at once since too many were under way, by gate.',
        type: 'counter',
        aggregator: 'sum',
        read: () => labelled('gate', this.#turned_away),
      },
    ];
  }
}

/** Holds what goes through the framework to a gate. */
export function admit(server: FastifyInstance, gate: Gate, issuer: string): void {
  const places = new WeakMap<FastifyRequest, Kind>();
  const leave = (request: FastifyRequest) => {
    const kind = places.get(request);
    if (kind && places.delete(request)) gate.leave(kind);
  };
  server.addHook('preValidation', (request, reply, done) => {
    const kind = kindOf(request.url);
    if (kind === null) return done();
    if (!gate.enter(kind)) return turnAway(request, reply, gate.refusal(request), issuer);
    places.set(request, kind);
    done();
  });
  // Runs for every answer, whether somebody is still there to take it or not. An export is made while it is sent.
  server.addHook('onSend', (request, _reply, payload, done) => {
    if (payload instanceof Readable) payload.once('close', () => leave(request));
    else leave(request);
    done();
  });
}

function kindOf(url: string): Kind | null {
  if (isOAuthPath(url)) return 'oauth';
  return url.startsWith('/api/') ? 'management' : null;
}

/** In the dialect of whoever asked; a person at the authorization endpoint sees a page. */
function turnAway(request: FastifyRequest, reply: FastifyReply, refusal: OAuthError, issuer: string): void {
  const path = request.url.split('?', 1)[0];
  const { status, title, text } = UNAVAILABLE_PAGE;
  if (path === AUTHORIZE || path === `${AUTHORIZE}/resume`) sendFaultPage(reply.headers(HEADERS), status, title, text, issuer);
  else if (isOAuthPath(request.url)) sendOAuthError(refusal, reply);
  else sendProblem(new Problem('unavailable', { headers: HEADERS }), reply, issuer);
}
