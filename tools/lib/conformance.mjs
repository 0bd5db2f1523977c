import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run.mjs';
import { say } from './say.mjs';

const CATALOGUE = 'apps/api/test/conformance/rules.json';
const PAGE = 'docs/conformance.md';
/** A test names the rules that it holds in brackets at the end of its title. */
const NAMED = /\(([A-Z]{1,2}-\d{2}(?:, [A-Z]{1,2}-\d{2})*)\)$/;

/**
 * Joins the catalogue of rules with what a whole run of the tests said, and writes docs/conformance.md from it. In CI
 * nothing is written: there the page that was committed has to be the one that this run would write.
 *
 * @param tests what ran, as `testsOf` tells it
 * @returns how many faults there are; each is told
 */
export async function holdToRules(tests) {
  const { sections } = JSON.parse(readFileSync(join(ROOT, CATALOGUE), 'utf8'));
  const held = testsByRule(tests);
  const rules = sections.flatMap((section) => section.rules);
  const faults = [...unknownRules(rules, held), ...untestedRules(rules, held)];
  const page = await pageOf(sections, held);
  const path = join(ROOT, PAGE);
  const isCommitted = existsSync(path) && readFileSync(path, 'utf8') === page;
  if (!isCommitted && process.env.CI) faults.push(`${PAGE} is not what this run says: run npm test and commit the page`);
  else if (!isCommitted) {
    writeFileSync(path, page);
    say(`${PAGE} was written anew: commit it.`);
  }
  for (const fault of faults) say(`✗ ${fault}`);
  return faults.length;
}

function testsByRule(tests) {
  const held = new Map();
  for (const test of tests) {
    for (const id of NAMED.exec(test.title)?.[1].split(', ') ?? []) held.set(id, [...(held.get(id) ?? []), test]);
  }
  return held;
}

function unknownRules(rules, held) {
  const known = new Set(rules.map(({ id }) => id));
  const unknown = [...held].filter(([id]) => !known.has(id));
  return unknown.map(([id, [{ file, title }]]) => `${file} names ${id}, which ${CATALOGUE} does not know: ${title}`);
}

/** A rule may be without a test only where the catalogue says why. */
function untestedRules(rules, held) {
  return rules.filter((rule) => !held.has(rule.id) && !rule.untested && !rule.unmet).map(({ id }) => `no test names ${id}`);
}

/** @returns 'met', 'not met' or 'not tested', and the reason or the files that show it */
function stateOf(rule, tests = []) {
  const failed = tests.find(({ passed }) => !passed);
  if (failed) return { state: 'not met', why: `a test fails: ${failed.title}` };
  if (rule.unmet) return { state: 'not met', why: rule.unmet };
  if (!tests.length) return { state: 'not tested', why: rule.untested ?? 'no test names it' };
  const files = [...new Set(tests.map(({ file }) => file))].toSorted((one, other) => (one < other ? -1 : 1));
  return { state: 'met', why: files.map((file) => `[${nameOf(file)}](../${file})`).join(', ') };
}

const nameOf = (file) =>
  file
    .split('/')
    .at(-1)
    .replace(/\.(test|spec)\.tsx?$/, '');

async function pageOf(sections, held) {
  const rows = sections.map(({ title, rules }) => ({
    title,
    rules: rules.map((rule) => ({ ...rule, ...stateOf(rule, held.get(rule.id)) })),
  }));
  const text = [
    HEAD,
    sum(rows.flatMap(({ rules }) => rules)),
    ...rows.map(
      ({ title, rules }) => `## ${title}\n\n${table(['id', 'rule', 'source', 'level', 'state', 'shown by, or why not'], rules.map(cells))}`,
    ),
  ];
  const { format, resolveConfig } = await import('prettier');
  return format(text.join('\n\n'), { ...(await resolveConfig(join(ROOT, PAGE))), parser: 'markdown' });
}

const HEAD = `# Conformance

Written by \`npm test\` from its own results, and compared by it in CI: do not edit this page. The rules stand in
[rules.json](../${CATALOGUE}); a test names those that it holds at the end of its title. A rule is **met** where every such
test passed, **not met** where one failed or where a reason is given, and **not tested** where there is none.

Sources: _own_ is this project's decision. _OAuth 2.1_ means draft-ietf-oauth-v2-1-16, RFC 9700 is the security BCP and RFC 10017
the one for browser apps. Levels: MUST and SHOULD as the source or this project sees it, BEYOND for what is not promised.`;

function sum(rules) {
  const count = (level, state) => rules.filter((rule) => rule.level === level && rule.state === state).length;
  const levels = ['MUST', 'SHOULD', 'BEYOND'];
  const states = ['met', 'not met', 'not tested'];
  return table(
    ['level', ...states],
    levels.map((level) => [level, ...states.map((state) => count(level, state))]),
  );
}

const cells = ({ id, rule, source, level, state, why }) => [id, rule, source, level, state, why];

function table(heads, rows) {
  const line = (values) => `| ${values.map((value) => String(value).replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
