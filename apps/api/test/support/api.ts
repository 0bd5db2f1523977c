import { createDatabase, dropDatabase } from '@behalf/postgres';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import { createServer as createNetServer } from 'node:net';
import pg from 'pg';
import 'reflect-metadata';
import { Clock } from '../../src/platform/clock.js';
import { type Config, readConfig } from '../../src/platform/config.js';
import { createServer } from '../../src/server.js';
import { POSTGRES_URL, TEMPLATE } from './constants.js';

const MILLISECONDS = 1000;

/** The database's clock with an offset: time is moved, never stopped. */
export class TestClock extends Clock {
  #offset = 0;

  override bind(): Date | null {
    return this.#offset === 0 ? null : new Date(Date.now() + this.#offset);
  }

  advance(seconds: number): void {
    this.#offset += seconds * MILLISECONDS;
  }

  reset(): void {
    this.#offset = 0;
  }
}

/** The API of one test file, over HTTP, on a database of its own. */
export interface Api {
  readonly issuer: string;
  readonly config: Config;
  readonly clock: TestClock;
  readonly app: NestFastifyApplication;
  /** Reads what is on disk, as the superuser. */
  sql<Row extends object>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A second process's worth of API on the same database. */
  replica(): Promise<Api>;
  stop(): Promise<void>;
}

/** Settings that tests start with: short lifetimes are allowed, hashing is cheap, nothing is logged. */
const ENVIRONMENT = { MIN_TOKEN_LIFETIME_SECONDS: '1', BCRYPT_COST: '4', LOG_LEVEL: 'silent', SIGN_IN_FAILURES: '0', CLIENT_FAILURES: '0' };

export async function startApi(environment: Record<string, string> = {}): Promise<Api> {
  const server = process.env[POSTGRES_URL];
  if (!server) throw new Error('The global setup did not run.');
  const name = `t_${process.env['JEST_WORKER_ID']}_${randomBytes(6).toString('hex')}`;
  await createDatabase(server, name, TEMPLATE);
  const url = server.replace(/\/postgres$/, `/${name}`);
  const secret_key = randomBytes(32).toString('base64url');
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  const clock = new TestClock();
  const started: NestFastifyApplication[] = [];

  const start = async (): Promise<Api> => {
    const port = await freePort();
    const config = readConfig({ ...ENVIRONMENT, ISSUER: `http://localhost:${port}`, PORT: String(port), DATABASE_URL: url, SECRET_KEY: secret_key, ...environment });
    const app = await createServer(config, url, clock);
    started.push(app);
    await app.listen(port, '127.0.0.1');
    return {
      issuer: `http://localhost:${port}`,
      config,
      clock,
      app,
      sql: async <Row extends object>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
      replica: start,
      stop: async () => {
        for (const each of started) {
          each.getHttpServer().closeAllConnections();
          await each.close();
        }
        await pool.end();
        await dropDatabase(server, name);
      },
    };
  };
  return start();
}

async function freePort(): Promise<number> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
