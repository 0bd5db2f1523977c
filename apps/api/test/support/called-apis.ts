import { type ActiveToken, type ResourceServer } from '@behalf/resource-server';
import { expressResourceServer } from '@behalf/resource-server/express';
import { fastifyResourceServer } from '@behalf/resource-server/fastify';
import { CurrentToken, PublicRoute, RequireAccess, ResourceServerModule } from '@behalf/resource-server/nest';
import { Controller, Get, type INestApplication, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import fastify from 'fastify';
import { createServer, type Server } from 'node:http';

/**
 * A customer's API: `GET /orders`, `POST /orders` for the scope write, `GET /teams/:team_id/orders`, `GET /held` which answers when
 * it is let, and `GET /health` for everybody.
 */
export interface CalledApi {
  readonly issuer: string;
  readonly http: Server;
  close(): Promise<void>;
}

type Start = (server: ResourceServer) => Promise<CalledApi>;

/** How many have come to `GET /held`, and what they wait for. */
export const heldCalls = { arrived: 0, released: Promise.resolve() };

function hold(): Promise<void> {
  heldCalls.arrived += 1;
  return heldCalls.released;
}

const answerOf = (token: ActiveToken) => ({ sub: token.sub, scope: token.scope, teams: token.authorized_team_ids });

async function startExpress(server: ResourceServer): Promise<CalledApi> {
  const { metadata, bearer, requireScope, requireTeam } = expressResourceServer(server);
  const app = express();
  app.use(metadata);
  app.get('/health', (_request, response) => void response.json({}));
  app.use(express.urlencoded(), bearer);
  app.get('/orders', (request, response) => void response.json(answerOf(request.actor!)));
  app.get('/held', (_request, response) => hold().then(() => void response.json({})));
  app.post('/orders', requireScope('write'), (request, response) => void response.json(answerOf(request.actor!)));
  app.get('/teams/:team_id/orders', requireTeam('team_id'), (request, response) => void response.json(answerOf(request.actor!)));
  const http = createServer(app);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    await new Promise((resolve) => http.close(resolve));
    await server.close();
  };
  return { issuer: `http://127.0.0.1:${(http.address() as { port: number }).port}`, http, close };
}

async function startFastify(server: ResourceServer): Promise<CalledApi> {
  const app = fastify();
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  await app.register(fastifyResourceServer, { resource_server: server });
  app.get('/health', { config: { access: { public: true } } }, () => ({}));
  app.get('/orders', (request) => answerOf(request.actor!));
  app.get('/held', () => hold().then(() => ({})));
  app.post('/orders', { config: { access: { scope: 'write' } } }, (request) => answerOf(request.actor!));
  app.get('/teams/:team_id/orders', { config: { access: { team: 'team_id' } } }, (request) => answerOf(request.actor!));
  return { issuer: await app.listen({ host: '127.0.0.1', port: 0 }), http: app.server, close: () => app.close() };
}

@Controller()
class OrdersController {
  @Get('health')
  @PublicRoute()
  health() {
    return {};
  }

  @Get('orders')
  list(@CurrentToken() token: ActiveToken) {
    return answerOf(token);
  }

  @Get('held')
  async held() {
    await hold();
    return {};
  }

  @Post('orders')
  @RequireAccess({ scope: 'write' })
  create(@CurrentToken() token: ActiveToken) {
    return answerOf(token);
  }

  @Get('teams/:team_id/orders')
  @RequireAccess({ team: 'team_id' })
  ofTeam(@CurrentToken() token: ActiveToken, @Param('team_id') team_id: string) {
    return { ...answerOf(token), team_id };
  }
}

const startNest =
  (adapter: () => ExpressAdapter | FastifyAdapter): Start =>
  async (server) => {
    @Module({ imports: [ResourceServerModule.register(server)], controllers: [OrdersController] })
    class OrdersModule {}
    const app: INestApplication = await NestFactory.create(OrdersModule, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    return { issuer: await app.getUrl(), http: app.getHttpServer() as Server, close: () => app.close() };
  };

/** The same API on every framework that the library has an adapter for. */
export const CALLED_APIS: readonly (readonly [name: string, start: Start])[] = [
  ['Express', startExpress],
  ['Fastify', startFastify],
  ['Nest on Express', startNest(() => new ExpressAdapter())],
  ['Nest on Fastify', startNest(() => new FastifyAdapter())],
];
