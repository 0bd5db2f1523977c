import { checkLicences } from './licences.mjs';
import { bin, run } from './run.mjs';
import { say, step } from './say.mjs';

const CHECKS = {
  'Types of server and tests': () => bin('tsc', ['-b'], { quiet: true }),
  'Types of the admin app': () => bin('tsc', ['-p', 'apps/web'], { quiet: true }),
  'Types of the journeys': () => bin('tsc', ['-p', 'e2e', '--noEmit'], { quiet: true }),
  'Code by oxlint': () => bin('oxlint', ['--type-aware', '--deny-warnings'], { quiet: true }),
  'Who may import whom': () => bin('depcruise', ['--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'e2e', 'bench'], { quiet: true }),
  'Exports and packages that nobody uses': () => bin('knip', [], { quiet: true }),
  'Entities against migrations': () => run(process.execPath, ['apps/api/dist/check-drift.js'], { quiet: true }),
  'Types of answers against the OpenAPI document': () => run(process.execPath, ['tools/answer-types.mjs', '--check'], { quiet: true }),
  'Table of variables against the configuration': () =>
    run(process.execPath, ['tools/configuration-table.mjs', '--check'], { quiet: true }),
  'Licences of what ships': () => checkLicences(),
  Formatting: () =>
    bin('prettier', ['--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'], { quiet: true }),
};

/**
 * Runs every check, also after one has failed, so that all faults show at once.
 *
 * @returns an exit code
 */
export async function check() {
  const failed = [];
  for (const [title, judge] of Object.entries(CHECKS)) {
    if ((await step(title, judge)) !== 0) failed.push(title);
  }
  say(failed.length ? `Failed: ${failed.join(' · ')}` : 'All checks passed.');
  return failed.length ? 1 : 0;
}
