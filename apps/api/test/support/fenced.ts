import { readFileSync } from 'node:fs';

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  /** What follows the language on the fence: `keep-running` for what is started and goes on. */
  readonly marks: readonly string[];
  readonly text: string;
  readonly line: number;
  /** The block of the language `text` that follows next: what it prints. */
  readonly expected: string | null;
}

/** The fenced blocks of a page, in order; those that say what a block prints hang on it. */
export function blocksOf(file: string): Block[] {
  const page = readFileSync(file, 'utf8');
  const found: { -readonly [Name in keyof Block]: Block[Name] }[] = [];
  for (const { 1: info = '', 2: text = '', index } of page.matchAll(/^```(\S[^\n]*)\n(.*?)^```$/gms)) {
    const [language = '', ...marks] = info.split(' ');
    const line = page.slice(0, index).split('\n').length;
    const last = found.at(-1);
    if (language !== 'text') found.push({ language, marks, text, line, expected: null });
    else if (last?.expected === null) last.expected = text;
    else throw new Error(`${file}:${line}: what prints this?`);
  }
  return found;
}

/** The lines that a page says are printed, of which one is not, in this order; null where all are. An ellipsis stands for anything. */
export function missingLine(expected: string, printed: string): string | null {
  const lines = printed.split('\n').map((line) => line.trimEnd());
  for (const line of expected.trimEnd().split('\n')) {
    const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const at = lines.findIndex((each) => new RegExp(`^${parts.join('.*')}$`).test(each));
    if (at < 0) return line;
    lines.splice(0, at + 1);
  }
  return null;
}
