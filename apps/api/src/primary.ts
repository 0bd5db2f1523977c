import { AUDIT_UPKEEP_SECONDS } from '@behalf/domain';
import { Logger } from '@nestjs/common';
import cluster from 'node:cluster';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pino from 'pino';
import { keepLogInOrder } from './audit/index.js';
import { plantFirstData } from './first-data.js';
import { startInstallation, withDatabase } from './installation.js';
import type { Config } from './platform/config.js';
import { migrate } from './platform/database/migrate.js';
import { LISTEN_BACKLOG } from './platform/http/limits.js';
import { loggerOptions, logStream, NestLogger, writeLines } from './platform/logger.js';
import { openRegistry } from './platform/metrics/registry.js';
import { MetricFamilies } from './platform/metrics/families.js';
import { serveMetrics } from './platform/metrics/metrics-server.js';
import { WorkerMetrics } from './platform/metrics/workers.js';
import { Round } from './platform/round.js';
import { writeForWorkers } from './platform/worker-output.js';
import { ownerDataSource } from './schema.js';
import { createServer } from './server.js';
import { onStopSignal, stop, WORKER_DATABASE_URL } from './worker.js';

const MILLISECONDS = 1000;
/** Between the end of a worker and the start of its successor, so that one which cannot start does not take the machine. */
const RESTART_MILLISECONDS = 500;

/**
 * Starts everything: the embedded database where none is named, migrations, first data, the API (in worker processes
 * when there is to be more than one), and says in one line where it is.
 */
export async function runPrimary(given: Config): Promise<void> {
  Logger.overrideLogger(new NestLogger(pino(loggerOptions(given), logStream())));
  const { config, url, close } = await startInstallation(given);
  try {
    await migrate(ownerDataSource(given.database_owner_url ?? url), url);
    const upkeep = upkeepOf(config, given.database_owner_url ?? url);
    await upkeep.once();
    const notice = await withDatabase(url, (dataSource) => plantFirstData(dataSource, config));
    const stopServing = await serve(config, url);
    upkeep.start();
    onStopSignal(async () => {
      await upkeep.stop();
      await stopServing();
      await close();
    });
    // Whoever does not read it can be served all the same.
    await writeLines([readyLine(config, notice)]).catch(() => undefined);
  } catch (error) {
    await close();
    throw error;
  }
}

/** Months of the audit log come and go by the hand of the tables' owner, who connects for that alone. */
function upkeepOf({ secret_keys, audit_retention_days }: Config, owner_url: string): Round {
  return new Round('upkeep of the audit log', AUDIT_UPKEEP_SECONDS * MILLISECONDS, async () => {
    const owner = await ownerDataSource(owner_url).initialize();
    try {
      const dropped = await keepLogInOrder(owner, { secret_keys, retention_days: audit_retention_days });
      if (dropped.length)
        new Logger('AuditRetention').warn(`months of the audit log were dropped, since their time is over: ${dropped.join(', ')}`);
    } finally {
      await owner.destroy();
    }
  });
}

/** @returns how to stop serving */
async function serve(config: Config, url: string): Promise<() => Promise<void>> {
  if (config.web_concurrency === 1) {
    const app = await createServer(config, url);
    await app.listen({ port: config.port, host: config.host, backlog: LISTEN_BACKLOG });
    const registry = config.metrics_port === undefined ? null : await openRegistry(app.get(MetricFamilies));
    const stopMetrics = await serveMetrics(config, async () => registry?.metrics() ?? '');
    return async () => {
      await stopMetrics();
      await stop(app);
    };
  }
  const metrics = new WorkerMetrics();
  const stopMetrics = await serveMetrics(config, () => metrics.text());
  const secret_key = config.secret_keys.map((key) => key.toString('base64url')).join(',');
  // A line of the audit log must arrive whole: then one process alone writes for all.
  const single = config.audit_stream?.sink === 'stdout';
  cluster.setupPrimary({ exec: join(dirname(fileURLToPath(import.meta.url)), 'main.js'), args: [], silent: single });
  if (single) writeForWorkers();
  const environment = { [WORKER_DATABASE_URL]: url, SECRET_KEY: secret_key };
  await Promise.all(Array.from({ length: config.web_concurrency }, () => startWorker(environment)));
  let stopping = false;
  // A worker that dies is replaced; its requests are lost, its state is in the database. While that is away its successor
  // cannot start either: it says so and is replaced in turn, and whoever still serves goes on.
  const replace = () => void (stopping || startWorker(environment).catch(tellFault));
  cluster.on('exit', () => setTimeout(replace, RESTART_MILLISECONDS));
  return async () => {
    stopping = true;
    await stopMetrics();
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    // Not before what they have said last was read.
    const gone = workers.map((worker) => new Promise((resolve) => worker.process.once('close', resolve)));
    for (const worker of workers) worker.process.kill('SIGTERM');
    await Promise.all(gone);
  };
}

function startWorker(environment: Record<string, string>): Promise<void> {
  const worker = cluster.fork(environment);
  return new Promise((resolve, reject) => {
    worker.once('listening', () => resolve());
    worker.once('exit', (code) => reject(new Error(`A worker ended with code ${code} before it listened.`)));
  });
}

function tellFault(fault: Error): void {
  new Logger('Workers').warn(fault.message);
}

function readyLine(config: Config, notice: string | null): string {
  return `Behalf is ready at ${config.issuer}${notice ? ` · ${notice}` : ''}`;
}
