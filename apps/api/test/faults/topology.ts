import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/image.js';
import { unusedPort } from '../support/scrape.js';
import { serverFolder, startDebianPostgres } from './debian-postgres.js';
import { type ApiProcess, Machine } from './machine.js';
import { type Proxy, proxyPorts, startProxy } from './proxy.js';

const APP_PASSWORD = 'of-the-api';
/** Between a kill and the start of its successor. */
const AWAY_MILLISECONDS = 400;

/** docker-compose.yml as processes: two logins on PostgreSQL, two replicas, the proxy. */
export interface Topology {
  readonly proxy: Proxy;
  /** SIGKILL to one replica, which is back and ready when this resolves. */
  killOne(index: 0 | 1): Promise<void>;
  /** The same for one after the other, each back before the next one goes. */
  killEach(): Promise<void>;
  stop(): Promise<void>;
}

/** @param settings of both replicas, in place of those of a test */
export async function startTopology(settings: Record<string, string> = {}): Promise<Topology> {
  const postgres = await startDebianPostgres(serverFolder());
  const machine = await Machine.over(postgres);
  const script = join(ROOT, 'deploy/postgres/logins.sh');
  await postgres.run('sh', ['-c', readFileSync(script, 'utf8')], { POSTGRES_USER: 'postgres', POSTGRES_DB: 'behalf', APP_PASSWORD });
  const ports = await proxyPorts();
  const environment = {
    ISSUER: `https://localhost:${ports.tls}`,
    DATABASE_URL: `postgres://behalf:${APP_PASSWORD}@127.0.0.1:${postgres.port}/behalf`,
    DATABASE_OWNER_URL: machine.url,
    TRUSTED_PROXIES: '127.0.0.1',
    ...settings,
  };
  const [one, other] = [await unusedPort(), await unusedPort()];
  const replicas: [ApiProcess, ApiProcess] = [
    await machine.api({ port: one, environment }),
    await machine.api({ port: other, environment }),
  ];
  const proxy = await startProxy(ports, [one, other]);
  const killOne = async (index: 0 | 1) => {
    await replicas[index].kill();
    await sleep(AWAY_MILLISECONDS);
    replicas[index] = await replicas[index].restart();
  };
  return {
    proxy,
    killOne,
    killEach: async () => {
      await killOne(0);
      await killOne(1);
    },
    stop: async () => {
      await proxy.stop();
      await machine.stop();
    },
  };
}
