import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { measure, note } from './figures.js';
import { type ApiProcess, Machine } from './machine.js';

const WORKERS = 2;

let machine: Machine;
let api: ApiProcess;

beforeAll(async () => {
  machine = await Machine.start();
  api = await machine.api({ environment: { WEB_CONCURRENCY: String(WORKERS) } });
});

afterAll(() => machine.stop());

function workers(): number[] {
  return readFileSync(`/proc/${api.pid}/task/${api.pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

async function ready(): Promise<boolean> {
  return (await fetch(`${api.issuer}/health/ready`, { signal: AbortSignal.timeout(3_000) }).catch(() => null))?.status === 200;
}

it('workers that are killed while the database is away are replaced when it is back, and the primary survives', async () => {
  const before = workers();
  expect(before).toHaveLength(WORKERS);
  machine.killPostgres();
  for (const pid of before) process.kill(pid, 'SIGKILL');
  // Long enough for successors that cannot start to have ended in turn.
  await sleep(8_000);
  expect([api.isAlive(), await ready()]).toEqual([true, false]);
  await machine.restartPostgres();
  const { took } = await measure(async () => {
    while (!(await ready())) await sleep(50);
  });
  note('workers and database killed: ready again after', took);
  const after = workers();
  expect(after.filter((pid) => before.includes(pid))).toEqual([]);
}, 90_000);
