import type { ActiveToken } from '@behalf/domain';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import { followCall, METADATA_HEADERS } from './calls.js';
import { isRefusal, type ResourceServer } from './resource-server.js';

/** What a route asks of its caller, in its `config`. */
export interface RouteAccess {
  /** Open to everybody; a route that does not say so takes an active token. */
  readonly public?: true;
  /** The words, separated by spaces, that the token has to carry. */
  readonly scope?: string;
  /** The path's parameter that names a team which the token may act on. */
  readonly team?: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The token that the caller was let in with, as of now; null on a public route. */
    actor: ActiveToken | null;
  }
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
}

export interface FastifyResourceServerOptions {
  readonly resource_server: ResourceServer;
}

const plugin: FastifyPluginCallback<FastifyResourceServerOptions> = (fastify, { resource_server: server }, done) => {
  fastify.decorateRequest('actor', null);
  // Deny by default, unknown addresses included, and before a body is read.
  fastify.addHook('onRequest', async (request, reply) => {
    const { public: isPublic, scope, team } = accessOf(request);
    if (isPublic) return;
    await answered(reply, async () => {
      const { headers, method, originalUrl: url } = request;
      const onAnswerHeaders = (given: Readonly<Record<string, string>>) => void reply.headers(given);
      const actor = await server.verify(headers.authorization, { method, url, dpop: headers['dpop'], onAnswerHeaders });
      request.actor = actor;
      const { socket } = request;
      if (!followCall(server, actor, { socket, response: reply.raw }, () => callOf(request, reply))) return reply.hijack();
      if (scope) server.requireScope(actor, scope);
      if (team) server.requireTeam(actor, String((request.params as Record<string, unknown>)[team]));
      return undefined;
    });
  });
  fastify.addHook('preHandler', async (request, reply) => {
    const { authorization } = request.headers;
    if (request.actor && isForm(request) && hasToken(request.body))
      await answered(reply, () => server.verify(authorization, { form: request.body }));
  });
  const { metadata } = server;
  if (metadata) {
    const body = JSON.stringify(metadata.document);
    fastify.get(metadata.path, { config: { access: { public: true } } }, (_request, reply) => reply.headers(METADATA_HEADERS).send(body));
  }
  fastify.addHook('onClose', () => server.close());
  done();
};

/** The resource server as a Fastify 5 plugin: every route below takes an active token, unless it says `public`. */
export const fastifyResourceServer = fastifyPlugin(plugin, { fastify: '5.x', name: '@behalf/resource-server' });

const accessOf = (request: FastifyRequest): RouteAccess =>
  (request.routeOptions.config as { access?: RouteAccess } | undefined)?.access ?? {};
const isForm = ({ headers }: FastifyRequest) => headers['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
const hasToken = (body: unknown) => typeof body === 'object' && body !== null && Object.hasOwn(body, 'access_token');

/** Runs a judgement; a refusal is sent, and ends the request's way. */
async function answered(reply: FastifyReply, judge: () => Promise<unknown>): Promise<void> {
  try {
    await judge();
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    await reply.status(thrown.status).headers(thrown.headers).header('cache-control', 'no-store').send(thrown.body);
  }
}

function callOf(request: FastifyRequest, reply: FastifyReply) {
  return {
    method: request.method,
    route: request.routeOptions.url,
    status: reply.statusCode,
    ip_address: request.ip,
    user_agent: request.headers['user-agent'],
  };
}
