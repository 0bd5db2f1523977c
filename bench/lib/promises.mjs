import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine } from './figures.mjs';

const RESULTS = join(dirname(fileURLToPath(import.meta.url)), '../results');

/** What a run holds to be kept: one line each at its end. Times are told, and broken by nobody but whoever reads them. */
export class Promises {
  lines = [];
  #broken = 0;

  /** A time or a ratio of times, against its aim; a miss is told and fails nothing. */
  aim(what, value, limit, unit) {
    const figure = `${value.toFixed(2)} ${unit}, aim ${limit} ${unit}`;
    this.lines.push({ what, kept: value <= limit, figure });
  }

  /** What has to hold whatever the machine. */
  must(what, kept, figure) {
    this.lines.push({ what, kept, figure });
    if (!kept) this.#broken += 1;
  }

  /** Prints the lines, writes the figures, and answers the exit code. */
  conclude(name, figures) {
    mkdirSync(RESULTS, { recursive: true });
    const all = { at: new Date().toISOString(), machine: machine(), ...figures, promises: this.lines };
    writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(all, null, 2)}\n`);
    for (const { what, kept, figure } of this.lines) process.stdout.write(`${kept ? 'kept  ' : 'MISSED'} ${what}: ${figure}\n`);
    return this.#broken ? 1 : 0;
  }
}

/** Prints rows as a table of Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell)).join(' | ')} |\n`;
  process.stdout.write(`\n${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`);
}
