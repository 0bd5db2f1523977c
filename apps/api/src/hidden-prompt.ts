import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Whoever was asked pressed Ctrl-C. */
export class Interrupted extends Error {}

/**
 * Asks on the terminal, once for each question, and shows nothing of what is typed. The questions go to the standard error, so that what
 * a command prints stays apart. The terminal is as it was when this returns or throws.
 *
 * @param questions are asked in order
 * @returns what was typed, shorter than the questions where the input ended before
 * @throws Interrupted on Ctrl-C
 */
export async function askHidden(questions: readonly string[]): Promise<string[]> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  // Takes the terminal's echo away until it is closed, and keeps what is pasted ahead for the questions that follow.
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true, historySize: 0 });
  let interrupted = false;
  terminal.once('SIGINT', () => {
    interrupted = true;
    terminal.close();
  });
  const lines = terminal[Symbol.asyncIterator]();
  const typed: string[] = [];
  try {
    for (const question of questions) {
      process.stderr.write(question);
      const line = await lines.next();
      process.stderr.write('\n');
      if (interrupted) throw new Interrupted();
      if (line.done) break;
      typed.push(line.value);
    }
    return typed;
  } finally {
    terminal.close();
  }
}
