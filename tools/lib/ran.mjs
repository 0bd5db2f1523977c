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
