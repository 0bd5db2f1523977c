import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OAuthError } from '../oauth-error.js';
import { Problem } from '../problem.js';
import { isOAuthPath, sendOAuthError, sendProblem } from './faults.js';
import { IN_FLIGHT_MAX } from './limits.js';
import { sendFaultPage, UNAVAILABLE_PAGE } from './pages.js';

const HEADERS = { 'retry-after': '1' };

type Kind = keyof typeof IN_FLIGHT_MAX;

/** A request under way: until its answer is made, and its connection has taken the answer or is gone. */
interface Place {
  readonly kind: Kind;
  isWaiting: boolean;
  isWorking: boolean;
}

/**
 * Turns requests away while too many are under way: what was admitted is answered in time, and the rest hears so at once. The
 * OAuth endpoints and the management API have a number each, so that neither can take the other's place. A request counts
 * from when its body has been read, since a slow sender may not hold a place, and as long as there is work on it, since a
 * caller who hangs up may not make room for the next one; health, pages and files of the admin app do not count.
 */
export function admit(server: FastifyInstance, issuer: string): void {
  const under_way: Record<Kind, number> = { oauth: 0, management: 0 };
  const places = new WeakMap<FastifyRequest, Place>();
  const leave = ({ kind, isWaiting, isWorking }: Place) => {
    if (!isWaiting && !isWorking) under_way[kind] -= 1;
  };
  server.addHook('preValidation', (request, reply, done) => {
    const kind = kindOf(request.url);
    if (kind === null) return done();
    if (under_way[kind] >= IN_FLIGHT_MAX[kind]) return turnAway(request, reply, issuer);
    under_way[kind] += 1;
    const place = { kind, isWaiting: !reply.raw.destroyed, isWorking: true };
    places.set(request, place);
    // Not the framework's own hook: that one is silent where the caller has hung up.
    reply.raw.once('close', () => {
      place.isWaiting = false;
      leave(place);
    });
    done();
  });
  server.addHook('onSend', (request, _reply, _payload, done) => {
    const place = places.get(request);
    if (place?.isWorking) {
      place.isWorking = false;
      leave(place);
    }
    done();
  });
}

function kindOf(url: string): Kind | null {
  if (isOAuthPath(url)) return 'oauth';
  return url.startsWith('/api/') ? 'management' : null;
}

/** In the dialect of whoever asked; a person at the authorization endpoint sees a page. */
function turnAway(request: FastifyRequest, reply: FastifyReply, issuer: string): void {
  request.log.debug({ refused: 'too many requests under way' });
  const path = request.url.split('?', 1)[0];
  const { status, title, text } = UNAVAILABLE_PAGE;
  if (path === '/oauth2/authorize') sendFaultPage(reply.headers(HEADERS), status, title, text, issuer);
  else if (isOAuthPath(request.url)) sendOAuthError(new OAuthError('temporarily_unavailable', { headers: HEADERS }), reply);
  else sendProblem(new Problem('unavailable', { headers: HEADERS }), reply, issuer);
}
