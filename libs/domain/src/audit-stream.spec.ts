import * as fc from 'fast-check';
import {
  retryAfterSeconds,
  STREAM_BATCH_BYTES,
  STREAM_BATCH_EVENTS,
  STREAM_DELAY_SECONDS,
  STREAM_RETRY_AFTER_SECONDS,
  streamBatchLength,
  streamDelaySeconds,
  streamOutcome,
} from './audit-stream.js';

it.each([
  [200, 'delivered'],
  [204, 'delivered'],
  [299, 'delivered'],
  [300, 'waiting'],
  [308, 'waiting'],
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [408, 'waiting'],
  [413, 'refused'],
  [425, 'waiting'],
  [429, 'waiting'],
  [499, 'refused'],
  [500, 'waiting'],
  [503, 'waiting'],
] as const)('%i means %s', (status, outcome) => {
  expect(streamOutcome(status)).toBe(outcome);
});

it.each([
  [1, 0, null, 0.5],
  [1, 1, null, 1],
  [2, 1, null, 2],
  [9, 1, null, 256],
  [10, 1, null, STREAM_DELAY_SECONDS],
  [10, 0, null, STREAM_DELAY_SECONDS / 2],
  [1_000_000, 1, null, STREAM_DELAY_SECONDS],
  [1, 1, 30, 30],
  [10, 1, 30, STREAM_DELAY_SECONDS],
  [1, 0, STREAM_RETRY_AFTER_SECONDS + 1, STREAM_RETRY_AFTER_SECONDS],
] as const)('after failure %i with chance %d and Retry-After %s the next attempt is %d seconds away', (failures, chance, asked, delay) => {
  expect(streamDelaySeconds(failures, chance, asked)).toBe(delay);
});

it('never waits for nothing, nor for ever', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.option(fc.nat()),
      (failures, chance, asked) => {
        const delay = streamDelaySeconds(failures, chance, asked);
        expect(delay).toBeGreaterThanOrEqual(0.5);
        expect(delay).toBeLessThanOrEqual(STREAM_RETRY_AFTER_SECONDS);
      },
    ),
  );
});

const DATE = 'Thu, 26 Nov 2026 12:00:00 GMT';
it.each([
  [null, DATE, null],
  ['0', null, 0],
  ['120', null, 120],
  ['-1', DATE, null],
  ['soon', DATE, null],
  ['Thu, 26 Nov 2026 12:01:00 GMT', DATE, 60],
  ['Thu, 26 Nov 2026 11:00:00 GMT', DATE, 0],
  ['Thu, 26 Nov 2026 12:01:00 GMT', null, null],
] as const)('Retry-After %s at %s is %s seconds', (value, date, seconds) => {
  expect(retryAfterSeconds(value, date)).toBe(seconds);
});

const events = (count: number, bytes: number) => Array.from({ length: count }, () => bytes);
it.each<[string, number[], number]>([
  ['nothing', [], 0],
  ['all that is there', events(3, 500), 3],
  ['as many as may travel together', events(STREAM_BATCH_EVENTS, 500), STREAM_BATCH_EVENTS],
  ['no more', events(STREAM_BATCH_EVENTS + 1, 500), STREAM_BATCH_EVENTS],
  ['as many bytes as may', [STREAM_BATCH_BYTES - 1, 1, 1], 2],
  ['what is too large, alone', [STREAM_BATCH_BYTES + 1, 1], 1],
  ['what comes before it, without it', [1, STREAM_BATCH_BYTES], 1],
])('a batch is %s', (_, bytes, length) => {
  expect(streamBatchLength(bytes)).toBe(length);
});
