import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { bin, ROOT } from './run.mjs';
import { say } from './say.mjs';

const RESULTS = join(ROOT, 'node_modules/.behalf/results');

const jest = (projects) => (file) =>
  bin('jest', ['--selectProjects', ...projects, '--json', `--outputFile=${file}`, '--testLocationInResults=false', '--colors=false']);

/** The rings of tests, from the fastest to the slowest. */
const RINGS = {
  unit: { title: 'Rules and parts', run: jest(['domain', 'postgres', 'api-unit']), read: readJest },
  api: { title: 'Endpoints on PostgreSQL', run: jest(['api']), read: readJest },
  e2e: { title: 'Journeys in Chromium', run: runJourneys, read: readPlaywright },
};

/** Runs the named rings (all of them without a name) and prints the sum last. Answers the exit code. */
export async function runRings(names) {
  const chosen = names.length ? names : Object.keys(RINGS);
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const sum = { passed: 0, failed: 0 };
  for (const name of chosen) {
    const ring = RINGS[name];
    if (!ring) throw new Error(`There is no ring ${name}.`);
    say(`\n=== ${ring.title}`);
    const file = join(RESULTS, `${name}.json`);
    const code = await ring.run(file);
    const { passed, failed } = count(ring, file, code);
    say(`${ring.title}: ${passed} ok, ${failed} not ok`);
    sum.passed += passed;
    sum.failed += failed;
  }
  say(`\n${sum.passed} passed, ${sum.failed} failed`);
  return sum.failed === 0 && sum.passed > 0 ? 0 : 1;
}

/** A ring that crashed, or ran nothing, is one failure more; a skipped test was not passed. */
function count(ring, file, code) {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const { passed, failed } = ring.read(JSON.parse(readFileSync(file, 'utf8')));
  return { passed, failed: failed + (passed + failed === 0 || (code !== 0 && failed === 0) ? 1 : 0) };
}

function readJest(result) {
  const crashed = result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed: result.numFailedTests + result.numPendingTests + result.numTodoTests + crashed };
}

async function runJourneys(file) {
  const chromium = await findChromium();
  const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: file, CHROMIUM: chromium ?? '' };
  return bin('playwright', ['test', '--reporter=list,json'], { cwd: join(ROOT, 'e2e'), env });
}

function readPlaywright({ stats, errors }) {
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky + stats.skipped + errors.length };
}
