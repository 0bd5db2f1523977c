import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideChromium } from './chromium.mjs';
import { workspaceFolders } from './install.mjs';
import { bin, ROOT, run } from './run.mjs';
import { say } from './say.mjs';

const BREAKS = join(ROOT, 'e2e/breaks');

/**
 * Breaks the product on purpose, one guarantee at a time, and sees that its journey notices. Each patch names in its
 * first lines the journey that has to fail. The work is done on a copy: the checkout stays as it is.
 *
 * @param names of patches; all of them when there are none
 * @returns an exit code: 0 where every break was caught
 */
export async function runBreaks(names) {
  const patches = readdirSync(BREAKS).filter(
    (file) => file.endsWith('.patch') && (!names.length || names.some((name) => file.startsWith(name))),
  );
  const chromium = (await provideChromium()) ?? '';
  const copy = mkdtempSync(join(tmpdir(), 'behalf-breaks-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true, maxRetries: 3 }));
  copyTo(copy);
  const missed = [];
  for (const patch of patches) {
    const fault = await tryBreak(copy, join(BREAKS, patch), chromium);
    say(fault ? `✗ ${patch}: ${fault}` : `✓ ${patch} was caught`);
    if (fault) missed.push(patch);
  }
  say(`${patches.length - missed.length} caught, ${missed.length} missed`);
  return missed.length === 0 && patches.length > 0 ? 0 : 1;
}

/** @returns why the break counts as missed, or null */
async function tryBreak(copy, patch, chromium) {
  const journey = /^Journey: (\S+)$/m.exec(readFileSync(patch, 'utf8'))?.[1];
  if (!journey || !existsSync(join(copy, 'e2e/journeys', journey))) return 'it names no journey';
  if (await run('git', ['apply', patch], { cwd: copy, quiet: true })) return 'it does not apply any more';
  try {
    if (await bin('tsc', ['-b', 'apps/api'], { cwd: copy, quiet: true })) return 'the server does not build with it';
    if (await bin('vite', ['build', '--logLevel', 'warn'], { cwd: join(copy, 'apps/web'), quiet: true }))
      return 'the app does not build with it';
    return await isCaught(copy, journey, chromium);
  } finally {
    await run('git', ['apply', '-R', patch], { cwd: copy, quiet: true });
  }
}

/** A journey that could not run at all has caught nothing: one of its tests has to have failed. */
async function isCaught(copy, journey, chromium) {
  const file = join(copy, 'breaks.json');
  rmSync(file, { force: true });
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: file, CHROMIUM: chromium };
  await bin('playwright', ['test', '--reporter=json', '--max-failures=1', journey], { cwd: join(copy, 'e2e'), env, quiet: true });
  if (!existsSync(file)) return `${journey} could not run`;
  const { stats } = JSON.parse(readFileSync(file, 'utf8'));
  return stats.unexpected > 0 ? null : `${journey} passes with it`;
}

/** Sources as they are, what they depend on by reference; the packages of the workspace are those of the copy. */
function copyTo(copy) {
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  for (const file of listed.split('\0')) if (file && existsSync(join(ROOT, file))) cpSync(join(ROOT, file), join(copy, file));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const folder of workspaceFolders()) {
    const modules = join(folder, 'node_modules');
    if (existsSync(join(ROOT, modules))) cpSync(join(ROOT, modules), join(copy, modules), { recursive: true, verbatimSymlinks: true });
  }
}
