import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideChromium } from './chromium.mjs';
import { holdToRules } from './conformance.mjs';
import { holdToPromises } from './promises.mjs';
import { failedFilesOf, testsOf, withSecondRun } from './ran.mjs';
import { bin, ROOT } from './run.mjs';
import { say } from './say.mjs';

const RESULTS = join(ROOT, '.cache/results');

/** The rings of tests from the fastest to the slowest; each leaves a JSON file of what it ran. */
const RINGS = {
  unit: { title: 'Rules and parts', run: runJest('domain', 'dpop', 'postgres', 'resource-server', 'api-unit', 'web'), read: readJest },
  api: { title: 'Endpoints on PostgreSQL', run: runJest('api'), read: readJest, again: runJest('api') },
  e2e: { title: 'Journeys in Chromium', run: runPlaywright, read: readPlaywright, again: runPlaywright },
  after: { title: 'Secrets in what the run has left', run: runJest('after'), read: readJest },
  faults: { title: 'What breaks under the server', run: runJest('faults'), read: readJest },
};

/** More files than these are no accident of a busy machine. */
const SECOND_RUN_FILES = 3;
/** What shows under load alone is what these look for. */
const UNFORGIVEN = /races|never-late|storm/;

/** What `npm test` runs; the rest has a command of its own. */
const WHOLE = ['unit', 'api', 'e2e', 'after'];

/**
 * Runs the named rings and prints the sum as the last line.
 *
 * @param narrow arguments for the test runner, such as a file name, for a developer who works on one test
 * @returns an exit code: 0 only where tests ran and all of them passed
 */
export async function runRings(names = WHOLE, narrow = []) {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  makeScratchFolder();
  // Mostly waits for the network, so it may run beside the first rings.
  const chromium = names.includes('e2e') ? provideChromium() : null;
  const sum = { passed: 0, failed: 0 };
  for (const name of names) {
    const { passed, failed } = await runRing(name, narrow, chromium);
    say(`${RINGS[name].title}: ${passed} passed, ${failed} failed\n`);
    sum.passed += passed;
    sum.failed += failed;
  }
  if (names === WHOLE && !narrow.length) sum.failed += await judgeRules();
  return total(sum);
}

/** Only a whole run can tell which rules and promises hold: where a ring has left nothing to read, that was counted already. */
async function judgeRules() {
  const results = Object.fromEntries(WHOLE.map((name) => [name, readResult(name)]));
  if (Object.values(results).includes(null)) return 0;
  const tests = testsOf({ jest: [results.unit, results.api, results.after], playwright: [results.e2e] });
  return (await holdToRules(tests)) + holdToPromises(tests);
}

/** Whatever tests leave in their temporary folder, for the last ring to look at, goes with this process, also when a signal ends it. */
function makeScratchFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'behalf-'));
  // Root's PostgreSQL runs as another user, who must pass through.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  process.env.SECRET_SCANS = join(folder, 'secret-scans.ndjson');
  process.env.SERVER_LOGS = join(folder, 'server-logs');
  mkdirSync(process.env.SERVER_LOGS);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
}

/**
 * Prints the last line of a test run.
 *
 * @returns an exit code
 */
export function total({ passed, failed }) {
  say(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function runRing(name, narrow, chromium) {
  const { run, read, title } = RINGS[name];
  say(`=== ${title}`);
  let code = await run(fileOf(name), narrow, chromium);
  if (code !== 0 && !narrow.length && (await runFailedAgain(name, chromium))) code = 0;
  const result = readResult(name);
  // A ring that left nothing to read has crashed.
  const counts = result ? read(result) : { passed: 0, failed: 0 };
  const isTold = counts.failed > 0 || (code === 0 && counts.passed > 0);
  return isTold ? counts : { ...counts, failed: 1 };
}

/**
 * Runs the few files that failed once more, now that nothing runs beside them: what failed for want of time alone passes then,
 * what is broken fails again. Each test that needed it is named, since it is a fault of the test.
 *
 * @returns whether all of them passed
 */
async function runFailedAgain(name, chromium) {
  const first = readResult(name);
  const files = first ? failedFilesOf(first) : [];
  if (!RINGS[name].again || !files.length || files.length > SECOND_RUN_FILES || files.some((file) => UNFORGIVEN.test(file))) return false;
  say(`=== Again, alone: ${files.join(' ')}`);
  const second = `${name}-again`;
  const code = await RINGS[name].again(fileOf(second), files, chromium);
  const result = readResult(second);
  if (!result) return false;
  const { merged, unsteady, missing } = withSecondRun(first, result);
  if (missing) return false;
  writeFileSync(fileOf(name), JSON.stringify(merged));
  for (const { file, title } of unsteady) say(`! passed only when run alone: ${file}: ${title}`);
  return code === 0;
}

const fileOf = (name) => join(RESULTS, `${name}.json`);

function readResult(name) {
  try {
    return JSON.parse(readFileSync(fileOf(name), 'utf8'));
  } catch {
    return null;
  }
}

function runJest(...projects) {
  return (file, narrow) => bin('jest', ['--ci', '--selectProjects', ...projects, '--json', `--outputFile=${file}`, ...narrow]);
}

/** A test that did not run proves nothing: skipped and planned ones count as failed, like a file that could not be loaded. */
function readJest(result) {
  const failed = result.numFailedTests + result.numPendingTests + result.numTodoTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed };
}

async function runPlaywright(file, narrow, chromium) {
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, CHROMIUM: (await chromium) ?? '' };
  return bin('playwright', ['test', '--reporter=list,json', ...narrow], { cwd: join(ROOT, 'e2e'), env });
}

function readPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}
