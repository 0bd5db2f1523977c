import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';
import { Problem } from '../problem.js';
import { isOAuthPath, sendProblem } from './faults.js';

const methodsByUrl = new WeakMap<FastifyInstance, Map<string, Set<string>>>();

/** Remembers each route's methods, so that a wrong method can be told from an unknown path. */
export function trackRoutes(server: FastifyInstance): void {
  const routes = new Map<string, Set<string>>();
  methodsByUrl.set(server, routes);
  server.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const known = routes.get(url) ?? routes.set(url, new Set()).get(url)!;
    for (const name of [method].flat()) known.add(name);
  });
}

/** RFC 9110 §15.5.6 for a wrong method; JSON for an unknown path of the API; the admin app for everything else. */
export function answerUnrouted(server: FastifyInstance, issuer: string, sendApp: (request: FastifyRequest, reply: FastifyReply) => void): void {
  const router = findMyWay();
  for (const [url, methods] of methodsByUrl.get(server) ?? []) router.on('GET', url, () => undefined, { allow: [...methods].sort().join(', ') });
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const allow = (router.find('GET', path)?.store as { allow: string } | undefined)?.allow;
    if (isOAuthPath(path)) {
      const [status, error] = allow ? [405, 'invalid_request'] : [404, 'not_found'];
      if (allow) reply.header('allow', allow);
      return reply.status(status as number).type('application/json').send(JSON.stringify({ error }));
    }
    if (path === '/api' || path.startsWith('/api/') || path.startsWith('/health/')) {
      const problem = allow ? new Problem('method-not-allowed', { headers: { allow } }) : new Problem('not-found');
      return sendProblem(problem, reply, issuer);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendProblem(new Problem('method-not-allowed', { headers: { allow: 'GET, HEAD' } }), reply, issuer);
    }
    return sendApp(request, reply);
  });
}
