import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const EXECUTABLE = 0o755;
const PATIENCE_MILLISECONDS = 10_000;

/** What a machine has in place of a browser here: it writes down what it was started with, and shows nothing to anybody. */
export class StandInBrowser {
  readonly #record: string;
  /** For `BROWSER`. */
  readonly command: string;
  /** For a machine that knows its browser by itself, whichever it is. */
  readonly path: string;

  constructor(folder: string) {
    const programs = join(folder, 'stand-in');
    mkdirSync(programs);
    this.#record = join(folder, 'stand-in.txt');
    const script = `#!/bin/sh\nprintf '%s\\n' "$# $*" >> '${this.#record}'\n`;
    for (const name of ['open', 'x-www-browser']) writeFileSync(join(programs, name), script, { mode: EXECUTABLE });
    // The machine's own wishes do not count.
    writeFileSync(join(programs, 'xdg-mime'), '#!/bin/sh\n', { mode: EXECUTABLE });
    this.command = join(programs, 'x-www-browser');
    this.path = `${programs}:${process.env['PATH'] ?? ''}`;
  }

  /** What it was opened with, in order, once that is so many. @throws Error where fewer come */
  async opened(count: number): Promise<string[]> {
    const end = performance.now() + PATIENCE_MILLISECONDS;
    while (this.#lines().length < count) {
      if (performance.now() > end) throw new Error(`The browser was started with no more than: ${this.#lines().join(', ')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.#lines().map((line) => line.replace(/^1 /, ''));
  }

  #lines(): string[] {
    return existsSync(this.#record) ? readFileSync(this.#record, 'utf8').split('\n').filter(Boolean) : [];
  }
}
