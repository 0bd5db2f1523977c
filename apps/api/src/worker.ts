import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from './platform/config.js';
import { LISTEN_BACKLOG } from './platform/http/limits.js';
import { MetricFamilies } from './platform/metrics/families.js';
import { openRegistry } from './platform/metrics/registry.js';
import { answerPrimary } from './platform/metrics/workers.js';
import { createServer } from './server.js';

/** How long requests under way may take to finish when the process is asked to stop. */
const DRAIN_MILLISECONDS = 8_000;

/** What the primary hands to each worker, in its environment. */
export const WORKER_DATABASE_URL = 'WORKER_DATABASE_URL';

/** One API process behind the shared port; the primary has started and migrated the database. */
export async function runWorker(config: Config): Promise<void> {
  const url = process.env[WORKER_DATABASE_URL];
  if (!url) throw new Error('A worker was started without its primary.');
  const app = await createServer(config, url);
  if (config.metrics_port !== undefined) {
    const registry = await openRegistry(app.get(MetricFamilies));
    answerPrimary(() => registry.getMetricsAsJSON());
  }
  await app.listen({ port: config.port, host: config.host, backlog: LISTEN_BACKLOG });
  onStopSignal(() => stop(app));
  // Without its primary nobody would stop it.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

/** Finishes what is under way, flushes what is in memory, and leaves no connection behind. */
export async function stop(app: NestFastifyApplication): Promise<void> {
  const deadline = setTimeout(() => app.getHttpServer().closeAllConnections(), DRAIN_MILLISECONDS).unref();
  app.getHttpServer().closeIdleConnections();
  await app.close();
  clearTimeout(deadline);
}

/** Runs once at the first SIGINT or SIGTERM, and ends the process after it. */
export function onStopSignal(run: () => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      run().then(
        () => process.exit(0),
        (error: unknown) => {
          process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
          process.exit(1);
        },
      );
    });
  }
}
