import { READING_PATIENCE_SECONDS, READING_SECONDS } from '@behalf/domain';

const MILLISECONDS = 1000;

/**
 * Something that costs a statement: read for several families at once, at most every few seconds however often somebody scrapes.
 *
 * @param read rejects where it cannot be had; the next scrape tries again
 * @returns what was read last, unless that is too old; rejects when it takes too long
 */
export function reading<T>(read: () => Promise<T>): () => Promise<T> {
  let last: { readonly at: number; readonly value: Promise<T> } | undefined;
  return () => {
    const now = performance.now();
    if (last && now - last.at < READING_SECONDS * MILLISECONDS) return last.value;
    const value = inTime(read());
    last = { at: now, value };
    value.catch(() => (last = undefined));
    return value;
  };
}

function inTime<T>(value: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it took too long')), READING_PATIENCE_SECONDS * MILLISECONDS).unref();
  });
  return Promise.race([value, impatience]).finally(() => clearTimeout(timer));
}
