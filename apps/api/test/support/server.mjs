// One API process of a test: the build as it ships, with a clock that the test can move.
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Clock } from '../../dist/platform/clock.js';
import { readConfig } from '../../dist/platform/config.js';
import { RequestSweep } from '../../dist/consent/request-sweep.js';
import { createServer } from '../../dist/server.js';
import { SigningKeys } from '../../dist/token/signing-keys.js';
import { TokenSweep } from '../../dist/token/token-sweep.js';

class TestClock extends Clock {
  offset = 0;

  bind() {
    return this.offset === 0 ? null : new Date(Date.now() + this.offset);
  }
}

const clock = new TestClock();
const config = readConfig(process.env);
const app = await createServer(config, process.env.DATABASE_URL, clock);
await app.listen(config.port, config.host);

process.on('message', (message) => void obey(message));

async function obey(message) {
  if (message.type === 'clock') clock.offset = message.offset;
  if (message.type === 'sweep') for (const sweep of [TokenSweep, RequestSweep]) await app.get(sweep, { strict: false }).sweep();
  if (message.type === 'sweep') await app.get(SigningKeys, { strict: false }).refresh();
  if (message.type === 'routes') return process.send({ type: 'done', routes: routesOf() });
  if (message.type === 'stop') {
    app.getHttpServer().closeAllConnections();
    await app.close();
    process.disconnect();
  }
  process.send?.({ type: 'done' });
}
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready', port: app.getHttpServer().address().port });

/** What the router was told, read from the controllers themselves: a new route cannot be forgotten in a test. */
function routesOf() {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService, { strict: false })
    .getControllers()
    .flatMap(({ metatype, instance }) => {
      const prototype = Object.getPrototypeOf(instance);
      const handlers = scanner.getAllMethodNames(prototype).map((name) => prototype[name]);
      return handlers
        .filter((handler) => Reflect.getMetadata(METHOD_METADATA, handler) !== undefined)
        .flatMap((handler) =>
          pathsOf(metatype, handler).map((path) => ({ method: RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler)], path })),
        );
    });
}

function pathsOf(metatype, handler) {
  const parts = [Reflect.getMetadata(PATH_METADATA, metatype), Reflect.getMetadata(PATH_METADATA, handler)];
  const [bases, ends] = parts.map((part) => [part].flat().map((text) => text.replace(/^\/+|\/+$/g, '')));
  return bases.flatMap((base) => ends.map((end) => `/${[base, end].filter(Boolean).join('/')}`));
}
