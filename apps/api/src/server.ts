import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import 'reflect-metadata';
import { AppModule } from './app.module.js';
import { serveDescription } from './openapi/index.js';
import { demandAccessRules } from './platform/access/declared-rules.js';
import type { Clock } from './platform/clock.js';
import type { Config } from './platform/config.js';
import { BrowserConnections, HotConnections, PendingConnections, SettlingConnections } from './platform/database/batcher.js';
import { createAdapter, prepareServer } from './platform/http/server.js';
import { NestLogger } from './platform/logger.js';

/**
 * Builds the API on a migrated database, ready to listen.
 *
 * @param url for the application's login
 * @param clock only tests bring one
 */
export async function createServer(config: Config, url: string, clock?: Clock): Promise<NestFastifyApplication> {
  const adapter = createAdapter(config);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(config, url, clock), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(adapter.getInstance().log),
  });
  if (config.tracing) {
    const { traceServer } = await import('./platform/tracing/tracing.js');
    const pools = {
      hot: app.get(HotConnections),
      settling: app.get(SettlingConnections),
      browsers: app.get(BrowserConnections),
      pending: app.get(PendingConnections),
    };
    traceServer(adapter.getInstance(), pools, config.tracing);
  }
  await prepareServer(app, config);
  serveDescription(adapter.getInstance(), app, config.issuer);
  await app.init();
  demandAccessRules(app);
  return app;
}
