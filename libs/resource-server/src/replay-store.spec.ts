import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemoryReplayStore } from './replay-store.js';

const idOf = (name: string | number) => createHash('sha256').update(String(name)).digest('base64url');
const STRETCH_MILLISECONDS = 15_000;

describe('by the clock', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('none is forgotten that is fresh: what is too much is refused, until the first ones are stale (DP-03)', () => {
    const store = new MemoryReplayStore(2);
    const take = (name: string) => store.take(idOf(name), 60);
    expect([take('a'), take('b'), take('a')]).toEqual([true, true, false]);
    expect(() => take('c')).toThrow('too many');
    jest.advanceTimersByTime(59_999);
    expect(take('a')).toBe(false);
    expect(() => take('c')).toThrow('too many');
    jest.advanceTimersByTime(1 + STRETCH_MILLISECONDS);
    expect([take('c'), take('a'), take('a')]).toEqual([true, true, false]);
  });

  it('each is remembered as long as it has to be, whenever it came, and room is made by the oldest (DP-03)', () => {
    const store = new MemoryReplayStore(3);
    const take = (name: number) => store.take(idOf(name), 60);
    for (const name of [0, 20, 40]) {
      expect(take(name)).toBe(true);
      jest.advanceTimersByTime(19_999);
    }
    expect([0, 20, 40].map(take)).toEqual([false, false, false]);
    jest.advanceTimersByTime(STRETCH_MILLISECONDS + 1);
    expect([take(20), take(40), take(0), take(0)]).toEqual([false, false, true, false]);
    expect(() => take(60)).toThrow('too many');
  });
});

it('a flood is remembered to the last proof, each in few bytes, and none is taken for another (DP-03)', () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => (collect(), collect(), process.memoryUsage().arrayBuffers);
  const many = 100_000;
  const store = new MemoryReplayStore(many);
  const count = () => Array.from({ length: many }, (_, n) => store.take(idOf(n), 180)).filter(Boolean).length;
  const before = held();
  expect(count()).toBe(many);
  const bytes = (held() - before) / many;
  // As many as a hash of 16 takes at the table's load: from three eighths, just after it has grown, to three quarters.
  expect(bytes).toBeGreaterThan(21);
  expect(bytes).toBeLessThan(46);
  expect(count()).toBe(0);
  expect(() => store.take(idOf('one more'), 180)).toThrow('too many');
});
