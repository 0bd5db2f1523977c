// One API process of a test: the build as it ships, with a clock that the test can move.
import { subscribe } from 'node:diagnostics_channel';
import { keepLogInOrder } from '../../dist/audit/index.js';
import { Clock } from '../../dist/platform/clock.js';
import { readConfig } from '../../dist/platform/config.js';
import { describe } from '../../dist/openapi/document.js';
import { RequestSweep } from '../../dist/consent/request-sweep.js';
import { ownerDataSource } from '../../dist/schema.js';
import { createServer } from '../../dist/server.js';
import { SigningKeys } from '../../dist/token/signing-keys.js';
import { TokenSweep } from '../../dist/token/token-sweep.js';
import { recordTraffic } from './traffic.mjs';
import { holdToDescription } from './described.mjs';
import { declaredParameters } from './declared-parameters.mjs';

class TestClock extends Clock {
  offset = 0;

  bind() {
    return this.offset === 0 ? null : new Date(Date.now() + this.offset);
  }
}

/** Every route as the router itself was given it, by whatever module. */
const routes = [];
subscribe('fastify.initialization', ({ fastify }) => {
  fastify.addHook('onRoute', ({ method, url }) => void routes.push(...[method].flat().map((name) => `${name} ${url}`)));
});

recordTraffic(process.env.TRAFFIC);
holdToDescription(process.env.UNDESCRIBED, () => describe(app, config.issuer, 'test'));

const clock = new TestClock();
const config = readConfig(process.env);
const app = await createServer(config, process.env.DATABASE_URL, clock);
await app.listen(config.port, config.host);

process.on('message', (message) => {
  obey(message).catch((/** @type {unknown} */ error) => process.send?.({ type: 'failed', message: String(error) }));
});

async function obey(message) {
  if (message.type === 'clock') clock.offset = message.offset;
  if (message.type === 'sweep') for (const sweep of [TokenSweep, RequestSweep]) await app.get(sweep, { strict: false }).sweep();
  if (message.type === 'sweep') await app.get(SigningKeys, { strict: false }).refresh();
  if (message.type === 'upkeep') await upkeep(message);
  if (message.type === 'say') process.stdout.write(`${message.text}\n`);
  if (message.type === 'stop') {
    app.getHttpServer().closeAllConnections();
    await app.close();
    process.disconnect();
  }
  process.send?.({
    type: 'done',
    rss: process.memoryUsage().rss,
    routes: message.type === 'routes' ? routes : undefined,
    parameters: message.type === 'routes' ? declaredParameters(app) : undefined,
  });
}

/** What the primary process does at start and every hour. */
async function upkeep({ retention_days, now }) {
  const owner = await ownerDataSource(process.env.DATABASE_URL).initialize();
  try {
    await keepLogInOrder(owner, { secret_keys: config.secret_keys, retention_days }, now ? new Date(now) : null);
  } finally {
    await owner.destroy();
  }
}

process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready', port: app.getHttpServer().address().port });
