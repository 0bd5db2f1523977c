// One API process of a test: the build as it ships, with a clock that the test can move.
import { RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { Clock } from '../../dist/platform/clock.js';
import { readConfig } from '../../dist/platform/config.js';
import { RequestSweep } from '../../dist/consent/request-sweep.js';
import { createServer } from '../../dist/server.js';
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
  if (message.type === 'stop') {
    app.getHttpServer().closeAllConnections();
    await app.close();
    process.disconnect();
  }
  process.send?.({ type: 'done', ...(message.type === 'routes' ? { routes: routes() } : {}) });
}

/** Every route of the controllers, as 'METHOD /path'. */
function routes() {
  const scanner = new MetadataScanner();
  return app
    .get(DiscoveryService)
    .getControllers()
    .flatMap(({ instance }) => {
      const prototype = Object.getPrototypeOf(instance);
      const root = Reflect.getMetadata(PATH_METADATA, instance.constructor);
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const method = Reflect.getMetadata(METHOD_METADATA, prototype[name]);
        if (method === undefined) return [];
        return `${RequestMethod[method]} /${[root, Reflect.getMetadata(PATH_METADATA, prototype[name])].filter((part) => part !== '/').join('/')}`;
      });
    });
}

process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready', port: app.getHttpServer().address().port });
