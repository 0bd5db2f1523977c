import { setTimeout as sleep } from 'node:timers/promises';
import { measure, note } from './figures.js';
import { contradictions } from './invariants.js';
import { Ledger } from './ledger.js';
import { startLoad } from './load.js';
import { type ApiProcess, Machine } from './machine.js';

/** Long enough for every lane to have been through each of its ways, and short enough for every run of the tests. */
const BEFORE_MILLISECONDS = 1_500;
const AFTER_MILLISECONDS = 1_000;

let machine: Machine;
let api: ApiProcess;

beforeAll(async () => {
  machine = await Machine.start();
  api = await machine.api();
});

afterAll(() => machine.stop());

async function statusOf(path: string): Promise<number> {
  return (await fetch(api.issuer + path)).status;
}

/** @returns the milliseconds until the process says that it is ready, or not any more */
async function until(status: number): Promise<number> {
  const { took } = await measure(async () => {
    while ((await statusOf('/health/ready')) !== status) await sleep(20);
  });
  return took;
}

/** Lets a fault happen in the middle of everything, and then holds the server to all that it acknowledged. */
async function underLoad(ledger: Ledger, breakAndMend: () => Promise<void>): Promise<void> {
  const stop = await startLoad([api], ledger);
  await sleep(BEFORE_MILLISECONDS);
  const before = ledger.counts.acknowledged;
  await breakAndMend();
  const mended = ledger.counts.acknowledged;
  await sleep(AFTER_MILLISECONDS);
  await stop();
  expect([before > 50, ledger.counts.acknowledged > mended]).toEqual([true, true]);
  expect(await contradictions(ledger, machine, [api])).toEqual([]);
  expect(await machine.verifyAudit()).toMatchObject({ code: 0 });
}

it('a process that is killed under load loses nothing it acknowledged, revives nothing, and honours nothing twice', async () => {
  const ledger = new Ledger(true);
  await underLoad(ledger, async () => {
    await api.kill();
    api = await api.restart();
  });
  expect(ledger.counts.lost).toBeGreaterThan(0);
  note('process killed: acknowledged', ledger.counts.acknowledged);
  note('process killed: without an answer', ledger.counts.lost);
}, 60_000);

it('a PostgreSQL that is killed under load loses nothing acknowledged; what cannot be done is 503 at once, and the process recovers by itself', async () => {
  const ledger = new Ledger(false);
  const { pid } = api;
  let recovery = 0;
  await underLoad(ledger, async () => {
    machine.killPostgres();
    await until(503);
    expect(await statusOf('/health/live')).toBe(200);
    await machine.restartPostgres();
    recovery = await until(200);
  });
  expect([api.pid, api.isAlive()]).toEqual([pid, true]);
  expect(ledger.counts.unavailable).toBeGreaterThan(0);
  expect(ledger.slowest.unavailable).toBeLessThan(2_000);
  expect(recovery).toBeLessThan(5_000);
  note('PostgreSQL killed: acknowledged', ledger.counts.acknowledged);
  note('PostgreSQL killed: 503', ledger.counts.unavailable);
  note('PostgreSQL killed: slowest 503', ledger.slowest.unavailable);
  note('PostgreSQL killed: ready again after its start', recovery);
}, 60_000);

it('a database that takes no writes is 503 for what writes, not ready, and right again by itself', async () => {
  const ledger = new Ledger(false);
  const readOnly = async (value: 'on' | 'off') => {
    await machine.sql(`ALTER SYSTEM SET default_transaction_read_only = ${value}`);
    await machine.sql('SELECT pg_reload_conf()');
  };
  await underLoad(ledger, async () => {
    await readOnly('on');
    await until(503);
    const answer = await fetch(`${api.issuer}/health/ready`);
    expect(await answer.json()).toEqual({ status: 'unavailable', checks: { database: 'down' }, reason: 'read_only' });
    expect(await statusOf('/health/live')).toBe(200);
    await sleep(500);
    await readOnly('off');
    await until(200);
  });
  expect(ledger.counts.unavailable).toBeGreaterThan(0);
  note('read-only: 503', ledger.counts.unavailable);
  note('read-only: slowest 503', ledger.slowest.unavailable);
}, 60_000);
