import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { VARIABLES } from '../apps/api/dist/platform/variables.js';
import { ROOT } from './lib/run.mjs';

const PAGE = join(ROOT, 'docs/operations.md');
/** The page's first table of variables, from its head to its last row. */
const TABLE = /^\| variable .*\n(?:\|.*\n)+/m;

process.exitCode = await writeTable({ check: process.argv.includes('--check') });

/**
 * Writes the table of variables from what validates them.
 *
 * @param check compares instead of writing
 * @returns an exit code: 1 where the page says anything else
 */
async function writeTable({ check }) {
  const page = readFileSync(PAGE, 'utf8');
  if (!TABLE.test(page)) throw new Error('docs/operations.md has no table of variables.');
  const written = await format(page.replace(TABLE, table()), { ...(await resolveConfig(PAGE)), filepath: PAGE });
  if (!check) writeFileSync(PAGE, written);
  if (page === written || !check) return 0;
  process.stderr.write('The table in docs/operations.md is not what the server reads: run npm run config:table.\n');
  return 1;
}

function table() {
  const rows = Object.entries(VARIABLES).map(([name, { default: value, desc }]) => {
    const shown = value === undefined ? '' : `\`${String(value)}\``;
    return `| \`${name}\` | ${shown} | ${desc.replaceAll('|', '\\|')} |`;
  });
  return `${['| variable | default | |', '| --- | --- | --- |', ...rows].join('\n')}\n`;
}
