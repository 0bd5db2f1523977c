import cluster from 'node:cluster';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plantFirstData } from './first-data.js';
import { startInstallation, withDatabase } from './installation.js';
import type { Config } from './platform/config.js';
import { migrate } from './platform/database/migrate.js';
import { ownerDataSource } from './schema.js';
import { createServer } from './server.js';
import { onStopSignal, stop, WORKER_DATABASE_URL } from './worker.js';

/**
 * Starts everything: the embedded database where none is named, migrations, first data, the API (in worker processes
 * when there is to be more than one), and says in one line where it is.
 */
export async function runPrimary(given: Config): Promise<void> {
  const { config, url, close } = await startInstallation(given);
  try {
    await migrate(ownerDataSource(given.database_owner_url ?? url), url);
    const notice = await withDatabase(url, (dataSource) => plantFirstData(dataSource, config));
    const stopServing = await serve(config, url);
    onStopSignal(async () => {
      await stopServing();
      await close();
    });
    process.stdout.write(`${readyLine(config, notice)}\n`);
  } catch (error) {
    await close();
    throw error;
  }
}

/** @returns how to stop serving */
async function serve(config: Config, url: string): Promise<() => Promise<void>> {
  if (config.web_concurrency === 1) {
    const app = await createServer(config, url);
    await app.listen(config.port, config.host);
    return () => stop(app);
  }
  const secret_key = config.secret_keys.map((key) => key.toString('base64url')).join(',');
  cluster.setupPrimary({ exec: join(dirname(fileURLToPath(import.meta.url)), 'main.js'), args: [] });
  const environment = { [WORKER_DATABASE_URL]: url, SECRET_KEY: secret_key };
  await Promise.all(Array.from({ length: config.web_concurrency }, () => startWorker(environment)));
  let stopping = false;
  // A worker that dies is replaced; its requests are lost, its state is in the database.
  cluster.on('exit', () => void (stopping || startWorker(environment)));
  return async () => {
    stopping = true;
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
    const gone = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
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

function readyLine(config: Config, notice: string | null): string {
  return `Behalf is ready at ${config.issuer}${notice ? ` · ${notice}` : ''}`;
}
