import { join } from 'node:path';

/** One line of a Dockerfile, continued lines taken together. */
export interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** What begins with a FROM; the last one has no name and is what ships. */
export interface Stage {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** A COPY, with its sources as the context or the other stage has them. */
export interface Copy {
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export const ROOT = join(__dirname, '../../../..');

/** Reads as much of the language as our Dockerfile uses. */
export function readDockerfile(text: string): Stage[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter(Boolean);
  const stages: { name: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push({ name: / AS (\S+)$/.exec(rest)?.[1] ?? '', instructions: [] });
    else stages.at(-1)!.instructions.push({ name, text: rest });
  }
  return stages;
}

export function readCopy(text: string): Copy {
  const words = text.split(/ +/);
  const from = words[0]!.startsWith('--from=') ? words.shift()!.slice('--from='.length) : undefined;
  return { from, target: words.pop()!, sources: words };
}

/** Whether .dockerignore leaves a path in the context: the last pattern decides that fits it or a folder that it lies in. */
export function isInContext(ignore: string, path: string): boolean {
  const folders = path.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  let left = true;
  for (const line of ignore.split('\n').filter((each) => each && !each.startsWith('#'))) {
    const pattern = expressionOf(line.replace(/^!/, ''));
    if (folders.some((each) => pattern.test(each))) left = line.startsWith('!');
  }
  return left;
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.split(/(\*\*\/|\*)/).map((part) => ({ '**/': '(?:.*/)?', '*': '[^/]*' })[part] ?? literally(part));
  return new RegExp(`^${source.join('')}$`);
}

const literally = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
