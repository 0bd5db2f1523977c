import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import findMyWay from 'find-my-way';
import { Problem } from '../problem.js';
import { isOAuthPath, sendProblem } from './faults.js';

type SendPage = (request: FastifyRequest, reply: FastifyReply) => void;

/**
 * RFC 9110 §15.5.6 for a wrong method; JSON for an unknown path of the API; the admin app's page for everything else.
 * Called before the first route is registered, since it remembers each route's methods.
 */
export function answerUnrouted(server: FastifyInstance, issuer: string, sendPage: SendPage): void {
  const methodsOf = rememberMethods(server);
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!;
    const allow = methodsOf(path);
    if (isOAuthPath(path)) {
      const error = allow ? 'invalid_request' : 'not_found';
      if (allow) reply.header('allow', allow);
      return reply
        .status(allow ? 405 : 404)
        .type('application/json')
        .send(JSON.stringify({ error }));
    }
    if (path === '/api' || path.startsWith('/api/') || path.startsWith('/health/')) {
      const problem = allow ? new Problem('method-not-allowed', { headers: { allow } }) : new Problem('not-found');
      return sendProblem(problem, reply, issuer);
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendProblem(new Problem('method-not-allowed', { headers: { allow: 'GET, HEAD' } }), reply, issuer);
    }
    return sendPage(request, reply);
  });
}

/** Answers the methods that a path knows, as an Allow header lists them. */
function rememberMethods(server: FastifyInstance): (path: string) => string | undefined {
  const routes = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    if (url.includes('*')) return;
    const known = routes.get(url) ?? new Set<string>();
    for (const name of [method].flat()) known.add(name);
    routes.set(url, known);
  });
  let router: ReturnType<typeof findMyWay> | undefined;
  return (path) => {
    if (!router) {
      router = findMyWay();
      for (const [url, methods] of routes) router.on('GET', url, () => undefined, { allow: [...methods].toSorted().join(', ') });
    }
    return (router.find('GET', path)?.store as { allow: string } | undefined)?.allow;
  };
}
