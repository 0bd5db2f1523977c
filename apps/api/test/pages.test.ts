import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Api, startApi } from './support/api.js';
import { browserOf } from './support/browser.js';
import { ADMIN } from './support/constants.js';
import { type Block, blocksOf, missingLine } from './support/fenced.js';
import { Reader } from './support/reader.js';

const ROOT = join(__dirname, '../../..');
const PAGES = ['README.md', 'apps/examples/README.md', 'docs/quick-start.md', 'docs/concepts.md', 'docs/faq.md'];
/** Runs in these languages, where the machine has what runs them. */
const INTERPRETERS: Readonly<Record<string, readonly string[]>> = {
  sh: ['bash', '--version'],
  js: ['bash', '--version'],
  python: ['python3', '--version'],
  go: ['go', 'version'],
};
/** What this test's own server stands for, and what the test is part of. */
const ELSEWHERE = ["DEMO_PASSWORD='correct horse battery' npm start", 'npm start', 'npm test'];

let api: Api;

beforeAll(async () => {
  api = await startApi();
}, 60_000);
afterAll(() => api.stop());

const isElsewhere = ({ text }: Block) => ELSEWHERE.includes(text.trim());

/** Why a block is not run here; null where it is. */
function hindrance({ language, text }: Block): string | null {
  const needed = [INTERPRETERS[language]!, ...(/\bcurl\b/.test(text) ? [['curl', '--version']] : [])];
  const missing = needed.find(([command, ...args]) => spawnSync(command!, args).status !== 0);
  return missing ? `there is no ${missing[0]} here` : null;
}

const withCommands = PAGES.filter((page) => blocksOf(join(ROOT, page)).length);

it.each(withCommands)(
  '%s: every command on it works as it stands, in the order of the page',
  async (page) => {
    const reader = await Reader.of(api, await browserOf(api, ADMIN));
    try {
      for (const block of blocksOf(join(ROOT, page)).filter((each) => !isElsewhere(each))) {
        const hindered = hindrance(block);
        if (hindered) process.stdout.write(`not run: ${page}:${block.line} (${block.language}): ${hindered}\n`);
        else expect(await reader.follow(block)).toBeNull();
      }
    } finally {
      await reader.stop();
    }
  },
  180_000,
);

it('leaves no command out: each is in a language that is run here, and each exception is on a page', () => {
  const blocks = PAGES.flatMap((page) => blocksOf(join(ROOT, page)));
  expect(blocks.filter(({ language }) => !Object.hasOwn(INTERPRETERS, language))).toEqual([]);
  expect([...new Set(blocks.filter(isElsewhere).map(({ text }) => text.trim()))].sort()).toEqual([...ELSEWHERE].sort());
  expect(blocks.filter((each) => !isElsewhere(each)).length).toBeGreaterThan(30);
});

it('notices what is printed otherwise than a page says', () => {
  expect(missingLine('one\ntw…\n', 'zero\none\ntwo\n')).toBeNull();
  expect(missingLine('two\none\n', 'one\ntwo\n')).toBe('one');
  expect(missingLine('a.c\n', 'abc\n')).toBe('a.c');
});
