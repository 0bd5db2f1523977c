import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';
import { say } from './say.mjs';

const PAGE = 'SECURITY.md';
const HEADING = 'What we promise';
/** A row of its table: what is promised, and the tests that keep it, each `[title](file)`; not its head and its rule. */
const ROW = /^\| (?!promise +\||-)(?<promise>[^|]+)\|(?<tests>.*)\|$/;
const TEST = /\[([^\]]+)\]\(([^)]+)\)/g;
/** The rules of the protocol that a title names at its end are left out where a person reads it. */
const RULES = / \([A-Z]{1,2}-\d{2}[^)]*\)$/;

/**
 * Each promise of SECURITY.md names the tests that keep it, to the letter: one that did not run, or failed, keeps nothing.
 *
 * @param tests what ran, as `testsOf` tells it
 * @returns how many faults there are; each is told
 */
export function holdToPromises(tests) {
  const passed = new Set(tests.filter((test) => test.passed).map(({ file, title }) => `${file}: ${title.replace(RULES, '')}`));
  const promises = promisesOf(readFileSync(join(ROOT, PAGE), 'utf8'));
  const faults = promises.flatMap(({ promise, keepers }) => [
    ...(keepers.length ? [] : [`"${promise}" is promised, and no test keeps it`]),
    ...keepers.filter((test) => !passed.has(test)).map((test) => `"${promise}" is promised, and this test has not passed: ${test}`),
  ]);
  if (!promises.length) faults.push(`${PAGE} promises nothing under "${HEADING}"`);
  for (const fault of faults) say(`✗ ${fault}`);
  return faults.length;
}

function promisesOf(page) {
  const section = page.split(/^## /m).find((part) => part.startsWith(HEADING)) ?? '';
  const rows = section.split('\n').flatMap((line) => ROW.exec(line)?.groups ?? []);
  return rows.map(({ promise, tests }) => ({
    promise: promise.trim(),
    keepers: [...tests.matchAll(TEST)].map(([, title, file]) => `${file}: ${title}`),
  }));
}
