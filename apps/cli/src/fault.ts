/** What stopped a command, in sentences for whoever typed it. */
export class Fault extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join('\n'));
  }
}

export function fail(...lines: string[]): never {
  throw new Fault(lines);
}
