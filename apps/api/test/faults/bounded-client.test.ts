import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { boundedClient } from '../../src/platform/database/bounded-client.js';
import { POSTGRES_URL } from '../support/constants.js';
import { PgProxy } from './pg-proxy.js';

const PATIENCE_MILLISECONDS = 400;
const Client = boundedClient(PATIENCE_MILLISECONDS);

let proxy: PgProxy;
let client: pg.Client;

beforeEach(async () => {
  proxy = await PgProxy.start(process.env[POSTGRES_URL]!);
  client = new Client({ connectionString: proxy.url });
  client.on('error', () => undefined);
  await client.connect();
});

afterEach(() => proxy.close());

it('a connection that is busy without a pause is never given up', async () => {
  const end = performance.now() + 3 * PATIENCE_MILLISECONDS;
  // The next statement is sent within the answer to the one before, as a pool with a queue does.
  const count = await new Promise<number>((resolve, reject) => {
    const next = (n: number) =>
      client.query('SELECT pg_sleep(0.02)', (error: Error | undefined) => {
        if (error) reject(error);
        else if (performance.now() < end) next(n + 1);
        else resolve(n);
      });
    next(1);
  });
  expect(count).toBeGreaterThan(10);
});

it('a connection that rests is kept, and one that gets no answer is given up like any that is lost', async () => {
  await client.query('SELECT 1');
  await sleep(2 * PATIENCE_MILLISECONDS);
  await client.query('SELECT 1');
  proxy.inject(() => ({ kind: 'stall' }));
  const began = performance.now();
  await expect(client.query('SELECT 1')).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  expect(performance.now() - began).toBeLessThan(3 * PATIENCE_MILLISECONDS);
  await expect(client.query('SELECT 1')).rejects.toThrow('not queryable');
});
