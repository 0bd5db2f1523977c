import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { HTTP_CODE_METADATA, METHOD_METADATA, PATH_METADATA, ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE, type AccessRule, GUARDED_BODY } from '../platform/access/access.decorators.js';
import { UuidPipe } from '../platform/http/uuid.pipe.js';
import type { Dto } from './dto-schema.js';

/** A route of the management API, as its handler declares it. */
export interface DeclaredRoute {
  /** 'GET /api/v1/teams/:team_id', as the router spells it. */
  readonly route: string;
  /** 'TeamsController.get' */
  readonly handler: string;
  readonly rule: AccessRule;
  /** Of an answer that is no refusal. */
  readonly status: number;
  readonly query: Dto | undefined;
  readonly body: Dto | undefined;
  /** Those ids in the path that are UUIDs. */
  readonly uuids: ReadonlySet<string>;
}

const MANAGEMENT_API = 'api/v1';
/** How the framework numbers the places that a handler's parameters come from. */
const PLACES: Readonly<Record<string, 'body' | 'query' | 'path'>> = { 3: 'body', 4: 'query', 5: 'path' };

interface Argument {
  readonly index: number;
  readonly data?: string;
  readonly pipes: readonly unknown[];
}

/** Every route of the management API, in the order of the modules. */
export function declaredRoutes(app: INestApplicationContext): DeclaredRoute[] {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ metatype, instance }) => {
      if (!metatype || !String(Reflect.getMetadata(PATH_METADATA, metatype)).startsWith(MANAGEMENT_API)) return [];
      const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
      const names = scanner.getAllMethodNames(prototype);
      const handlers = names.filter((name) => Reflect.getMetadata(METHOD_METADATA, prototype[name]!) !== undefined);
      return handlers.map((name) => routeOf(app.get(Reflector), metatype, prototype, name));
    });
}

function routeOf(reflector: Reflector, metatype: object, prototype: Record<string, object>, name: string): DeclaredRoute {
  const handler = prototype[name]!;
  const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
  const parts = [Reflect.getMetadata(PATH_METADATA, metatype), Reflect.getMetadata(PATH_METADATA, handler)] as string[];
  const types = (Reflect.getMetadata('design:paramtypes', prototype, name) ?? []) as Dto[];
  const found: { query?: Dto; body?: Dto; uuids: Set<string> } = { uuids: new Set() };
  const declared = (Reflect.getMetadata(ROUTE_ARGS_METADATA, metatype, name) ?? {}) as Record<string, Argument>;
  for (const [key, { index, data, pipes }] of Object.entries(declared)) {
    const place = PLACES[key.split(':')[0]!];
    if (place === 'path' && data !== undefined && pipes.includes(UuidPipe)) found.uuids.add(data);
    if (place === 'query' || place === 'body') found[place] = types[index]!;
  }
  return {
    route: `${method} /${parts.filter((part) => part !== '/').join('/')}`,
    handler: `${(metatype as Dto).name}.${name}`,
    rule: reflector.getAllAndOverride<AccessRule>(ACCESS_RULE, [handler as never, metatype as never]),
    status: (Reflect.getMetadata(HTTP_CODE_METADATA, handler) as number | undefined) ?? (method === 'POST' ? 201 : 200),
    query: found.query,
    body: found.body ?? reflector.get<Dto | undefined>(GUARDED_BODY, handler as never),
    uuids: found.uuids,
  };
}
