import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/image.js';
import { note } from './figures.js';
import { PLAYWRIGHT } from './proxy.js';
import { startTopology, type Topology } from './topology.js';

jest.setTimeout(1_800_000);

/** The ways that most people go; `FAULTS_JOURNEYS` names others. */
const JOURNEYS = ['01-register', '02-authorize', '07-pause-delete'];
/** More journeys than this that met the end of a replica in the middle of a write are no accident. */
const MOST_CUT_OFF = 2;
/** From the return of one replica to the end of the other one. */
const PAUSE_MILLISECONDS = 2_000;

let topology: Topology;

/** As e2e/playwright.config.ts has it for servers of its own; what the tests of faults would switch off is on. */
beforeAll(async () => {
  topology = await startTopology({
    SUPPORT_URL: 'https://support.example/access',
    SIGN_IN_FAILURES: '10',
    CLIENT_FAILURES: '50',
    REFRESH_REPLAY_SECONDS: '30',
  });
});

afterAll(() => topology?.stop());

/** Kills one replica after the other, for as long as something goes on. @returns how often */
async function killUntil(isOver: AbortSignal): Promise<number> {
  for (let kills = 0; ; kills += 1) {
    await sleep(PAUSE_MILLISECONDS);
    if (isOver.aborted) return kills;
    await topology.killOne(kills % 2 ? 1 : 0);
  }
}

interface Report {
  readonly stats: { readonly expected: number; readonly unexpected: number; readonly flaky: number; readonly skipped: number };
}

it('registering, authorizing, pausing and deleting pass through the proxy while one replica after the other is killed and comes back', async () => {
  const report = join(tmpdir(), `behalf-journeys-${process.pid}.json`);
  // Playwright refuses to run where it finds itself within Jest.
  const env = { ...process.env, E2E_ISSUER: topology.proxy.origin, PLAYWRIGHT_JSON_OUTPUT_FILE: report, JEST_WORKER_ID: undefined };
  const files = process.env['FAULTS_JOURNEYS']?.split(' ') ?? JOURNEYS;
  // A write that a kill cut off is never repeated behind a person's back: the console says so, and the journey that was about it has to begin
  // anew. It takes minutes: whoever waits sees each one that has ended, and why one has failed.
  const playwright = spawn(PLAYWRIGHT, ['test', '--retries=1', '--reporter=list,json', ...files], {
    cwd: join(ROOT, 'e2e'),
    env,
    stdio: 'inherit',
  });
  const over = new AbortController();
  const killing = killUntil(over.signal);
  const code = await new Promise<number | null>((resolve) => playwright.once('close', resolve));
  over.abort();
  const kills = await killing;
  const { stats } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  rmSync(report);
  note('journeys passed', stats.expected + stats.flaky);
  note('replicas killed meanwhile', kills);
  note('of which begun anew', stats.flaky);
  expect([code, stats.unexpected, stats.skipped]).toEqual([0, 0, 0]);
  expect([kills > 3, stats.expected > 0, stats.flaky <= MOST_CUT_OFF]).toEqual([true, true, true]);
});
