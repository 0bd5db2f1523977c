import { createBatcher, HotConnections } from '../src/platform/database/batcher.js';

/** A batcher with one lane, whose batches are told and answered by hand. */
function byHand() {
  const sent: { keys: readonly number[]; answer: () => void }[] = [];
  const batch = createBatcher<number, number>(
    new HotConnections({ max: 1 }),
    (keys) => new Promise((resolve) => sent.push({ keys, answer: () => resolve(keys.map((key) => key * 2)) })),
  );
  return { sent, batch };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, place) => from + place);

it('what is asked at once leaves together when all of it was read', async () => {
  const { sent, batch } = byHand();
  const answers = [1, 2, 3].map(batch);
  expect(sent).toEqual([]);
  await new Promise(setImmediate);
  expect(sent.map(({ keys }) => keys)).toEqual([[1, 2, 3]]);
  sent[0]!.answer();
  expect(await Promise.all(answers)).toEqual([2, 4, 6]);
});

it('a batch that is full enough leaves at once, and nothing that comes later is answered by it', async () => {
  const { sent, batch } = byHand();
  const answers = numbers(0, 60).map(batch);
  expect(sent.map(({ keys }) => keys)).toEqual([numbers(0, 24)]);
  // No lane is free: the others gather, however many they are.
  await new Promise(setImmediate);
  expect(sent).toHaveLength(1);
  sent[0]!.answer();
  await answers[0];
  await new Promise(setImmediate);
  expect(sent.map(({ keys }) => keys)).toEqual([numbers(0, 24), numbers(24, 60)]);
  sent[1]!.answer();
  expect(await Promise.all(answers)).toEqual(numbers(0, 60).map((key) => key * 2));
});
