import { relative } from 'node:path';
import { ROOT } from './run.mjs';

/**
 * What a whole run of the tests said, in one shape whatever the runner.
 *
 * @param jest results of the Jest rings, as JSON
 * @param playwright those of the journeys
 * @returns each test's title without those around it, its file from the root on, and whether it passed
 */
export const testsOf = ({ jest, playwright }) => [
  ...jest.flatMap(testsOfJest),
  ...playwright.flatMap(({ suites }) => suites.flatMap(testsOfPlaywright)),
];

function testsOfJest({ testResults }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({ title, passed: status === 'passed', file: relative(ROOT, name) })),
  );
}

function testsOfPlaywright({ file, specs = [], suites = [] }) {
  const own = specs.map(({ title, ok, tests }) => ({
    title,
    passed: ok && tests.every(({ status }) => status === 'expected'),
    file: `e2e/journeys/${file.split('/').at(-1)}`,
  }));
  return [...own, ...suites.flatMap(testsOfPlaywright)];
}

/** The files of one runner's result in which something failed, as its command line takes them; empty where the fault lies outside of files. */
export function failedFilesOf(result) {
  const isFaulty = ({ numRuntimeErrorTestSuites, errors }) => Boolean(numRuntimeErrorTestSuites || errors?.length);
  if (isFaulty(result)) return [];
  return [
    ...new Set(
      testsOf(asRunner(result))
        .filter(({ passed }) => !passed)
        .map(({ file }) => file),
    ),
  ].map((file) => (result.suites ? file.replace(/^e2e\//, '') : file));
}

/**
 * One runner's result with some of its files run again.
 *
 * @returns the result as if only the second run of those files had been, the tests that passed in it alone, and how many failed at first and did not run again
 */
export function withSecondRun(first, second) {
  const passed = new Set(testsOf(asRunner(second)).flatMap((test) => (test.passed ? [`${test.file}: ${test.title}`] : [])));
  const failed = testsOf(asRunner(first)).filter((test) => !test.passed);
  const unsteady = failed.filter(({ file, title }) => passed.has(`${file}: ${title}`));
  const merged = first.suites ? mergedJourneys(first, second) : mergedJest(first, second);
  return { merged, unsteady, missing: failed.length - unsteady.length };
}

const asRunner = (result) => (result.suites ? { jest: [], playwright: [result] } : { jest: [result], playwright: [] });

function mergedJourneys(first, second) {
  const again = new Set(second.suites.map(({ file }) => file));
  const suites = [...first.suites.filter(({ file }) => !again.has(file)), ...second.suites];
  const statuses = suites.flatMap(statusesOf);
  const count = (wanted) => statuses.filter((status) => status === wanted).length;
  const stats = { expected: count('expected'), unexpected: count('unexpected'), flaky: count('flaky'), skipped: count('skipped') };
  return { ...first, suites, stats: { ...first.stats, ...stats }, errors: second.errors };
}

function statusesOf({ specs = [], suites = [] }) {
  return [...specs.flatMap(({ tests }) => tests.map(({ status }) => status)), ...suites.flatMap(statusesOf)];
}

function mergedJest(first, second) {
  const again = new Set(second.testResults.map(({ name }) => name));
  const testResults = [...first.testResults.filter(({ name }) => !again.has(name)), ...second.testResults];
  const all = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const count = (...wanted) => all.filter((status) => wanted.includes(status)).length;
  return {
    ...first,
    testResults,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending', 'skipped', 'disabled'),
    numTodoTests: count('todo'),
    numRuntimeErrorTestSuites: second.numRuntimeErrorTestSuites,
  };
}
