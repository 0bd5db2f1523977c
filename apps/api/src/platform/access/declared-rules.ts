import type { INestApplicationContext } from '@nestjs/common';
import { GUARDS_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ACCESS_RULE } from './access.decorators.js';
import { AccessGuard } from './access.guard.js';

const MANAGEMENT_API = 'api/v1';

/**
 * Stops the start when a route of the management API does not say what it asks of its caller, or stands outside of the guard.
 *
 * @throws Error that names the routes
 */
export function demandAccessRules(app: INestApplicationContext): void {
  const reflector = app.get(Reflector);
  const scanner = new MetadataScanner();
  const open: string[] = [];
  for (const { metatype, instance } of app.get(DiscoveryService).getControllers()) {
    if (!metatype || !String(Reflect.getMetadata(PATH_METADATA, metatype)).startsWith(MANAGEMENT_API)) continue;
    const guards = (Reflect.getMetadata(GUARDS_METADATA, metatype) ?? []) as unknown[];
    const prototype = Object.getPrototypeOf(instance) as Record<string, object>;
    for (const name of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[name] as never;
      if (Reflect.getMetadata(METHOD_METADATA, handler) === undefined) continue;
      const declared = reflector.getAllAndOverride(ACCESS_RULE, [handler, metatype as never]) !== undefined;
      if (!declared || !guards.includes(AccessGuard)) open.push(`${metatype.name}.${name}`);
    }
  }
  if (open.length) throw new Error(`These routes do not say who may call them: ${open.join(', ')}.`);
}
