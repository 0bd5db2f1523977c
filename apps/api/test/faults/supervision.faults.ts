import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { browserOf, createClient } from '../support/browser.js';
import { ADMIN } from '../support/constants.js';
import { measure, note } from './figures.js';
import { type ApiProcess, Machine } from './machine.js';

const WORKERS = 2;

let machine: Machine;

beforeAll(async () => {
  machine = await Machine.start();
});

afterAll(() => machine.stop());

function workersOf({ pid }: ApiProcess): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function isReady({ issuer }: ApiProcess): Promise<boolean> {
  const signal = AbortSignal.timeout(3_000);
  return (await fetch(`${issuer}/health/ready`, { signal }).catch(() => null))?.status === 200;
}

/** @returns milliseconds until it is ready */
async function recoveryOf(api: ApiProcess): Promise<number> {
  const { took } = await measure(async () => {
    while (!(await isReady(api))) await sleep(50);
  });
  return took;
}

it('workers that are killed while the database is away are replaced when it is back, and the primary survives', async () => {
  const api = await machine.api({ environment: { WEB_CONCURRENCY: String(WORKERS) } });
  const before = workersOf(api);
  expect(before).toHaveLength(WORKERS);
  machine.killPostgres();
  for (const pid of before) process.kill(pid, 'SIGKILL');
  // Long enough for successors that cannot start to have ended in turn.
  await sleep(8_000);
  expect([api.isAlive(), await isReady(api)]).toEqual([true, false]);
  await machine.restartPostgres();
  note('workers and database killed: ready again after', await recoveryOf(api));
  expect(workersOf(api).filter((pid) => before.includes(pid))).toEqual([]);
}, 90_000);

it('the embedded database that is killed is started again, and the server goes on with what it held', async () => {
  const directory = join(machine.folder, 'embedded');
  const api = await machine.api({ environment: { DATABASE_URL: '', DATA_DIR: directory } });
  const browser = await browserOf(api, ADMIN);
  const client = await createClient(browser);
  const lockFile = join(directory, 'postgres/postmaster.pid');
  const pidOf = () => (existsSync(lockFile) ? readFileSync(lockFile, 'utf8').split('\n')[0] : undefined);
  const pid = pidOf();
  process.kill(Number(pid), 'SIGKILL');
  while ([pid, undefined].includes(pidOf())) await sleep(20);
  note('embedded database killed: ready again after', await recoveryOf(api));
  expect((await browser.get(`/api/v1/oauth-clients/${client.client_id}`)).status).toBe(200);
  await api.stop();
  expect(existsSync(lockFile)).toBe(false);
}, 90_000);
