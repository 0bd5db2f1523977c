import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { browserOf, createClient, introspect, obtainTokens, refresh, revoke } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { note } from './figures.js';
import { contradictions } from './invariants.js';
import { Ledger } from './ledger.js';
import { startLoad } from './load.js';
import { Machine } from './machine.js';

const BESIDE_MILLISECONDS = 6_000;

/** The server as it was before the newest migration, which `npm run faults` builds. */
const OLDER = process.env['FAULTS_OLDER'];

let machine: Machine;

beforeAll(async () => {
  if (!OLDER || !existsSync(join(OLDER, 'main.js'))) throw new Error('FAULTS_OLDER names no build of an older server: run npm run faults.');
  machine = await Machine.start();
});

afterAll(() => machine.stop());

it('a server of before the newest migration goes on under load while the new one migrates, and beside it', async () => {
  const older = await machine.api({ dist: OLDER! });
  const migrations = async () => (await machine.sql<{ name: string }>('SELECT name FROM migrations')).length;
  const before = await migrations();
  const ledger = new Ledger(false);
  const stopOlder = await startLoad([older], ledger);
  await sleep(2_000);
  const newer = await machine.api();
  expect(await migrations()).toBeGreaterThan(before);
  const stopNewer = await startLoad([newer, older], ledger);
  await sleep(BESIDE_MILLISECONDS);
  await Promise.all([stopOlder(), stopNewer()]);
  expect(await contradictions(ledger, machine, [newer, older])).toEqual([]);
  expect(await machine.verifyAudit()).toMatchObject({ code: 0 });
  note('two generations: acknowledged', ledger.counts.acknowledged);
  note('two generations: 503', ledger.counts.unavailable);
}, 180_000);

it('what one generation issues the other honours, and what one revokes the other refuses', async () => {
  const [older, newer] = [await machine.api({ dist: OLDER! }), await machine.api()];
  const client = await createClient(await browserOf(newer, ADMIN));
  const dev = await browserOf(older, DEV);
  for (const [here, there] of [
    [older, newer],
    [newer, older],
  ] as const) {
    const tokens = await obtainTokens(here, dev.at(here), client);
    expect((await introspect(there, client, tokens.access_token)).body['active']).toBe(true);
    const renewed = await refresh(there, client, tokens.refresh_token!);
    expect((await revoke(here, client, renewed.body.refresh_token!)).status).toBe(200);
    expect((await introspect(there, client, renewed.body.access_token)).body).toEqual({ active: false });
  }
}, 60_000);
