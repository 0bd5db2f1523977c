import { type DeviceFacts, formatUserCode, judgeDevicePoll, nextPollInterval, normalizeUserCode, USER_CODE_ALPHABET } from './device.js';

it.each<[string, string | null]>([
  ['BCDFGHJK', 'BCDFGHJK'],
  ['bcdf-ghjk', 'BCDFGHJK'],
  [' BCDF GHJK\n', 'BCDFGHJK'],
  ['B.C_D–F—G H J K', 'BCDFGHJK'],
  ['BCDF\u200bGHJK', 'BCDFGHJK'],
  ['BCDFGHJ', null],
  ['BCDFGHJKL', null],
  ['ACDFGHJK', null],
  ['BCDFGHJ1', null],
  ['ВCDFGHJK', null],
  ['BCDF/GHJK', null],
  ['', null],
])('a user code typed as %j is %j (DV-02)', (typed, code) => {
  expect(normalizeUserCode(typed)).toBe(code);
});

it('a user code has no vowel, no digit and no letter twice, and is shown in two halves that are read back (DV-02)', () => {
  expect(USER_CODE_ALPHABET).toMatch(/^[B-DF-HJ-NP-TV-XZ]{20}$/);
  expect(new Set(USER_CODE_ALPHABET).size).toBe(20);
  expect(formatUserCode('BCDFGHJK')).toBe('BCDF-GHJK');
  expect(normalizeUserCode(formatUserCode('BCDFGHJK'))).toBe('BCDFGHJK');
});

describe('a device that asks', () => {
  const waiting: DeviceFacts = { outcome: null, expires_at: 600, last_polled_at: 100, interval_seconds: 5, client_live: true };

  it.each<[string, Partial<DeviceFacts>, number, string]>([
    ['for the first time', { last_polled_at: null }, 100, 'pending'],
    ['after its interval', {}, 105, 'pending'],
    ['a little before, as clocks and networks do', {}, 104.5, 'pending'],
    ['too early', {}, 104.4, 'slow_down'],
    ['at once', {}, 100, 'slow_down'],
    ['before it asked, by a clock that was set back', {}, 90, 'slow_down'],
    ['too early by an interval that has grown', { interval_seconds: 10 }, 109.4, 'slow_down'],
    ['just in time', {}, 599.9, 'pending'],
    ['when its time is over', {}, 600, 'expired'],
    ['when it was allowed, however fast', { outcome: 'allowed' }, 100, 'allowed'],
    ['when it was allowed, and its time is over', { outcome: 'allowed' }, 600, 'expired'],
    ['when it was denied', { outcome: 'denied' }, 100, 'denied'],
    ['when it was denied, and its time is over', { outcome: 'denied' }, 700, 'denied'],
    ['after its client was paused', { client_live: false }, 200, 'expired'],
    ['after its client was paused, though it was allowed', { client_live: false, outcome: 'allowed' }, 200, 'expired'],
  ])('%s is told so (DV-01)', (_, changed, now, told) => {
    expect(judgeDevicePoll({ ...waiting, ...changed }, now)).toBe(told);
  });

  it('waits five seconds longer for good each time that it was too fast (DV-01)', () => {
    expect([nextPollInterval(5, 'slow_down'), nextPollInterval(10, 'slow_down'), nextPollInterval(10, 'pending')]).toEqual([10, 15, 10]);
  });
});
