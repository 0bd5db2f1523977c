import type { ActiveToken } from '@behalf/domain';
import {
  type CanActivate,
  createParamDecorator,
  type DynamicModule,
  type ExecutionContext,
  HttpException,
  Inject,
  Injectable,
  Module,
  type OnApplicationShutdown,
  type OnModuleInit,
  SetMetadata,
} from '@nestjs/common';
import { APP_GUARD, HttpAdapterHost, Reflector } from '@nestjs/core';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { followCall, METADATA_HEADERS } from './calls.js';
import { isRefusal, ResourceServer } from './resource-server.js';

const ACCESS = 'behalf:resource-server-access';
const RESOURCE_SERVER = Symbol('RESOURCE_SERVER');

interface Access {
  readonly public?: true | undefined;
  readonly scope?: string;
  readonly team?: string;
}

/** What both of Nest's platforms hang on a request. */
interface NestRequest {
  actor?: ActiveToken;
  readonly socket: Socket;
  readonly method: string;
  readonly url: string;
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly params: Readonly<Record<string, string>>;
  readonly ip?: string;
  readonly route?: { readonly path?: string };
  readonly routeOptions?: { readonly url?: string };
}

/** Express's response, or Fastify's reply over it. */
type NestResponse = ServerResponse | { readonly raw: ServerResponse };

/** Open to everybody; a route that does not say so takes an active token. */
export const PublicRoute = () => SetMetadata<string, Access>(ACCESS, { public: true });

/** The scope words, separated by spaces, and the path's parameter for the team, that the token has to carry. */
export const RequireAccess = (access: { readonly scope?: string; readonly team?: string }) =>
  // Over a class that is public, a handler that asks for something is not.
  SetMetadata<string, Access>(ACCESS, { public: undefined, ...access });

/** The token that the caller was let in with, as of now, for a handler's parameter. */
export const CurrentToken = createParamDecorator((_: unknown, context: ExecutionContext): ActiveToken => {
  const { actor } = context.switchToHttp().getRequest<NestRequest>();
  if (!actor) throw new Error('A handler asked for the token on a route that admits anyone.');
  return actor;
});

/** Lets in who brings an active token, on Express and on Fastify. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(
    @Inject(RESOURCE_SERVER) private readonly server: ResourceServer,
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** @throws HttpException with the status and the challenge of the refusal */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndMerge<Access>(ACCESS, [context.getClass(), context.getHandler()]) ?? {};
    if (access.public) return true;
    const http = context.switchToHttp();
    const response = http.getResponse<NestResponse>();
    try {
      return await this.#judge(access, http.getRequest<NestRequest>(), response);
    } catch (thrown) {
      if (!isRefusal(thrown)) throw thrown;
      this.#setHeaders(response, { ...thrown.headers, 'cache-control': 'no-store' });
      throw new HttpException(thrown.body, thrown.status, { cause: thrown });
    }
  }

  /** False for a caller who has hung up: nobody takes the answer that Nest then makes. */
  async #judge({ scope, team }: Access, request: NestRequest, response: NestResponse): Promise<boolean> {
    const url = request.originalUrl ?? request.url;
    const { method, headers } = request;
    const onAnswerHeaders = (given: Readonly<Record<string, string>>) => this.#setHeaders(response, given);
    const presented = { method, url, dpop: headers['dpop'], form: request.body, onAnswerHeaders };
    const actor = await this.server.verify(headers['authorization'], presented);
    request.actor = actor;
    const raw = 'raw' in response ? response.raw : response;
    if (!followCall(this.server, actor, { socket: request.socket, response: raw }, () => callOf(request, raw))) return false;
    if (scope) this.server.requireScope(actor, scope);
    if (team) this.server.requireTeam(actor, String(request.params[team]));
    return true;
  }

  #setHeaders(response: NestResponse, headers: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(headers)) this.adapterHost.httpAdapter.setHeader(response, name, value);
  }
}

/** The resource server in a Nest application: every route takes an active token, unless it says `@PublicRoute()`. */
@Module({})
export class ResourceServerModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(RESOURCE_SERVER) private readonly server: ResourceServer,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {}

  static register(resource_server: ResourceServer): DynamicModule {
    return {
      module: ResourceServerModule,
      global: true,
      providers: [
        { provide: RESOURCE_SERVER, useValue: resource_server },
        { provide: ResourceServer, useExisting: RESOURCE_SERVER },
        { provide: APP_GUARD, useClass: BearerGuard },
      ],
      exports: [ResourceServer],
    };
  }

  /** The metadata stands at an address of its own, whatever prefix the application's routes have. */
  onModuleInit(): void {
    const { metadata } = this.server;
    if (!metadata) return;
    const { httpAdapter } = this.adapterHost;
    const body = JSON.stringify(metadata.document);
    httpAdapter.get(metadata.path, (_request: unknown, response: unknown) => {
      for (const [name, value] of Object.entries(METADATA_HEADERS)) httpAdapter.setHeader(response, name, value);
      httpAdapter.reply(response, body, 200);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.server.close();
  }
}

function callOf(request: NestRequest, response: ServerResponse) {
  return {
    method: request.method,
    route: request.routeOptions?.url ?? request.route?.path,
    status: response.statusCode,
    ip_address: request.ip,
    user_agent: request.headers['user-agent'],
  };
}
