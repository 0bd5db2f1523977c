import type { ActiveToken } from '@behalf/domain';
import type { Request, RequestHandler, Response } from 'express';
import { followCall, METADATA_HEADERS } from './calls.js';
import { isRefusal, type ResourceServer } from './resource-server.js';

declare global {
  namespace Express {
    interface Request {
      /** The token that the caller was let in with, as of now. */
      actor?: ActiveToken;
    }
  }
}

/** Middleware for Express 5. */
export interface ExpressResourceServer {
  /** Lets in who brings an active token, which is `request.actor` afterwards; everybody else is answered here. */
  readonly bearer: RequestHandler;
  /** After `bearer`: the words, separated by spaces, that the token has to carry. */
  readonly requireScope: (scope: string) => RequestHandler;
  /** After `bearer`: the path's parameter that names a team which the token may act on. */
  readonly requireTeam: (parameter: string) => RequestHandler;
  /** Serves this API's metadata at its own address; everything else passes. Goes before `bearer`. */
  readonly metadata: RequestHandler;
}

/** The resource server as Express middleware. */
export function expressResourceServer(server: ResourceServer): ExpressResourceServer {
  return {
    bearer: guard(async (request, response) => {
      const { headers, method, originalUrl: url } = request;
      const onAnswerHeaders = (given: Readonly<Record<string, string>>) => void response.set(given);
      const presented = { method, url, dpop: headers['dpop'], form: request.body as unknown, onAnswerHeaders };
      const actor = await server.verify(headers.authorization, presented);
      request.actor = actor;
      return followCall(server, actor, { socket: request.socket, response }, () => callOf(request, response));
    }),
    requireScope: (scope) => guard((request) => server.requireScope(actorOf(request), scope)),
    requireTeam: (parameter) => guard((request) => server.requireTeam(actorOf(request), String(request.params[parameter]))),
    metadata: (request, response, next) => {
      const { metadata } = server;
      if (!metadata || request.path !== metadata.path || request.method !== 'GET') return next();
      response.set(METADATA_HEADERS).send(JSON.stringify(metadata.document));
    },
  };
}

/** @param judge false ends the request's way without an answer, for there is nobody to take it */
function guard(judge: (request: Request, response: Response) => void | Promise<boolean>): RequestHandler {
  return async (request, response, next) => {
    try {
      if ((await judge(request, response)) === false) return;
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      response.status(thrown.status).set(thrown.headers).set('cache-control', 'no-store').json(thrown.body);
      return;
    }
    next();
  };
}

function actorOf({ actor }: Request): ActiveToken {
  if (!actor) throw new Error('A route asks for a scope or a team before the bearer middleware has run.');
  return actor;
}

function callOf(request: Request, response: Response) {
  const { path } = (request.route ?? {}) as { path?: unknown };
  return {
    method: request.method,
    route: typeof path === 'string' ? request.baseUrl + path : undefined,
    status: response.statusCode,
    ip_address: request.ip,
    user_agent: request.get('user-agent'),
  };
}
