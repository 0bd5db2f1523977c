import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:net';

/** One line of a scrape. */
export interface Scraped {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)$/i;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;

/** @throws Error where a line is no sample and no comment */
export async function scrape(port: number): Promise<Scraped[]> {
  const answer = await whenThere(() => fetch(`http://127.0.0.1:${port}/metrics`));
  if (answer.status !== 200) throw new Error(`the scrape answered ${answer.status}`);
  const lines = (await answer.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  return lines.map((line) => {
    const [, name, labels = '', value] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`no sample: ${line}`);
    return { name, labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, key, text]) => [key!, text!])), value: Number(value) };
  });
}

/** The sum of those samples that have the labels. */
export function sumOf(scraped: readonly Scraped[], name: string, labels: Record<string, string> = {}): number {
  const fits = scraped.filter((each) => each.name === name && Object.entries(labels).every(([key, text]) => each.labels[key] === text));
  return fits.reduce((sum, { value }) => sum + value, 0);
}

/** A port that nobody listens on. */
export async function unusedPort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

const PATIENCE_MILLISECONDS = 5_000;

/** The port opens an instant after the server has said that it is ready. */
async function whenThere<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + PATIENCE_MILLISECONDS; ;) {
    try {
      return await ask();
    } catch (fault) {
      if (Date.now() > deadline) throw fault;
      await sleep(50);
    }
  }
}
