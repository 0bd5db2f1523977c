import type { ActiveToken } from '@behalf/domain';
import { LiveIntrospection } from './introspection.js';

const OFF = { cache_seconds: 0, cache_max_tokens: 10, max_open: 100 };
const later = (exp = 1e10) => ({ active: true, exp }) as ActiveToken;
const tick = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

afterEach(() => jest.restoreAllMocks());

/** A server that answers when it is told to. */
function slow() {
  const asked: string[] = [];
  const answers: ((answer: ActiveToken | null) => void)[] = [];
  const ask = (token: string) => {
    asked.push(token);
    return new Promise<ActiveToken | null>((resolve) => answers.push(resolve));
  };
  return { asked, answers, ask };
}

it('the same token in one tick is asked about once, every other one for itself', async () => {
  const { asked, answers, ask } = slow();
  const live = new LiveIntrospection(ask, OFF);
  const all = Promise.all(['a', 'a', 'b', 'a'].map((token) => live.introspect(token)));
  await tick();
  expect(asked).toEqual(['a', 'b']);
  answers[0]!(later());
  answers[1]!(null);
  expect((await all).map((answer) => answer?.active)).toEqual([true, true, undefined, true]);
});

it('a request never joins a question that was sent before it arrived', async () => {
  const { asked, answers, ask } = slow();
  const live = new LiveIntrospection(ask, OFF);
  const before = live.introspect('a');
  await tick();
  const after = live.introspect('a');
  await tick();
  expect(asked).toEqual(['a', 'a']);
  answers[1]!(null);
  expect(await after).toBeNull();
  answers[0]!(later());
  expect(await before).toEqual(later());
});

it('without a cache every tick asks anew', async () => {
  const ask = jest.fn(() => Promise.resolve(later()));
  const live = new LiveIntrospection(ask, OFF);
  for (let n = 0; n < 3; n += 1) await live.introspect('a');
  expect(ask).toHaveBeenCalledTimes(3);
});

it('a fault reaches everybody who shared the question, and is not kept', async () => {
  const ask = jest.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(later());
  const live = new LiveIntrospection(ask, { ...OFF, cache_seconds: 10 });
  const both = await Promise.allSettled([live.introspect('a'), live.introspect('a')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await live.introspect('a')).toEqual(later());
});

it('more open questions than allowed are refused at once, and room comes back', async () => {
  const { answers, ask } = slow();
  const live = new LiveIntrospection(ask, { ...OFF, max_open: 2 });
  const open = [live.introspect('a'), live.introspect('b')];
  await expect(live.introspect('c')).rejects.toThrow('too many');
  await tick();
  for (const answer of answers) answer(null);
  await Promise.all(open);
  const third = live.introspect('c');
  await tick();
  answers[2]!(null);
  expect(await third).toBeNull();
});

describe('a cache that was asked for', () => {
  const cached = { ...OFF, cache_seconds: 10 };

  it.each([
    ['before its seconds are over', 9_999, 1],
    ['after them', 10_001, 2],
  ])('%s', async (_, passed, calls) => {
    const start = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(start);
    const ask = jest.fn(() => Promise.resolve(later()));
    const live = new LiveIntrospection(ask, cached);
    await live.introspect('a');
    clock.mockReturnValue(start + passed);
    await live.introspect('a');
    expect(ask).toHaveBeenCalledTimes(calls);
  });

  it('counts from when the question was sent, not from its answer', async () => {
    const start = performance.now();
    const clock = jest.spyOn(performance, 'now').mockReturnValue(start);
    const ask = jest.fn(() => {
      clock.mockReturnValue(start + 9_000);
      return Promise.resolve(later());
    });
    const live = new LiveIntrospection(ask, cached);
    await live.introspect('a');
    clock.mockReturnValue(start + 10_001);
    await live.introspect('a');
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('keeps nothing beyond the end of the token', async () => {
    const ask = jest.fn(() => Promise.resolve(later(Math.floor(Date.now() / 1000) - 1)));
    const live = new LiveIntrospection(ask, cached);
    await live.introspect('a');
    await live.introspect('a');
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('keeps no inactive token, and no more tokens than allowed', async () => {
    const ask = jest.fn((token: string) => Promise.resolve(token === 'dead' ? null : later()));
    const live = new LiveIntrospection(ask, { ...cached, cache_max_tokens: 1 });
    for (const token of ['dead', 'dead', 'a', 'b', 'a']) await live.introspect(token);
    expect(ask.mock.calls.flat()).toEqual(['dead', 'dead', 'a', 'b', 'a']);
  });
});
