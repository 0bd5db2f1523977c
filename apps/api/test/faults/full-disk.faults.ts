import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { note, measure } from './figures.js';
import { contradictions } from './invariants.js';
import { Ledger } from './ledger.js';
import { startLoad } from './load.js';
import { type ApiProcess, Machine } from './machine.js';

const BLOCK = Buffer.alloc(64 * 1024, 1);

/** A file system of a limited size, which `npm run faults` mounts; without one it says so and leaves this file out. */
const DISK = process.env['FAULTS_DISK'];

let machine: Machine;
let api: ApiProcess;

beforeAll(async () => {
  if (!DISK) throw new Error('FAULTS_DISK names no file system that may be filled: run npm run faults.');
  machine = await Machine.start(join(DISK, 'postgres'));
  api = await machine.api();
});

afterAll(() => machine.stop());

/** @returns how to make room again */
function fill(): () => void {
  const ballast = join(DISK!, 'ballast');
  const file = openSync(ballast, 'w');
  try {
    for (;;) writeSync(file, BLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(file);
  }
  return () => rmSync(ballast);
}

async function ready(): Promise<boolean> {
  return (await fetch(`${api.issuer}/health/ready`)).status === 200;
}

it('a disk that fills up under load loses nothing acknowledged, and when there is room all goes on', async () => {
  const ledger = new Ledger(false);
  const stop = await startLoad([api], ledger);
  await sleep(3_000);
  const empty = fill();
  const { took: lasted } = await measure(async () => {
    for (const deadline = performance.now() + 60_000; performance.now() < deadline && (await ready());) await sleep(50);
  });
  await sleep(3_000);
  const refused = ledger.counts.unavailable;
  expect([api.isAlive(), (await fetch(`${api.issuer}/health/live`)).status, await ready(), refused > 0]).toEqual([true, 200, false, true]);
  empty();
  const { took } = await measure(async () => {
    // Without room for its own log PostgreSQL ends, and somebody has to start it.
    while (!(await ready())) if (!(await machine.isPostgresUp())) await machine.restartPostgres();
  });
  await sleep(2_000);
  await stop();
  expect(await contradictions(ledger, machine, [api])).toEqual([]);
  expect(await machine.verifyAudit()).toMatchObject({ code: 0 });
  note('full disk: ms until it was felt', lasted);
  note('full disk: 503 meanwhile', refused);
  note('full disk: recovery', took);
}, 180_000);
