import fc from 'fast-check';
import {
  ACCESS_TOKEN_LIFETIME_OPTIONS,
  formatLifetime,
  formatLifetimeShort,
  fromLifetime,
  parseLifetime,
  REFRESH_TOKEN_LIFETIME_OPTIONS,
  refreshLifetimeWhenOff,
  refreshTokenRisk,
  refreshTokenWarning,
  toLifetime,
} from './token-lifetime.js';

const DAY = 86_400;

it.each([
  [30 * DAY - 1, 'informational'],
  [30 * DAY, 'informational'],
  [30 * DAY + 1, 'security_warning'],
  [90 * DAY, 'security_warning'],
  [90 * DAY + 1, 'high_severity'],
  [365 * DAY, 'high_severity'],
] as const)('a refresh lifetime of %i seconds is %s', (seconds, risk) => {
  expect(refreshTokenRisk(seconds)).toBe(risk);
  expect(refreshTokenWarning(seconds).title).toBe(
    { informational: null, security_warning: 'Security warning', high_severity: 'High-severity warning' }[risk],
  );
});

it('offers exactly the listed lifetimes', () => {
  expect(ACCESS_TOKEN_LIFETIME_OPTIONS.map(({ label }) => label)).toEqual([
    '5 Minutes',
    '15 Minutes',
    '30 Minutes',
    '1 Hour',
    '8 Hours',
    '12 Hours',
    '1 Day',
    '7 Days',
    '30 Days',
  ]);
  expect(REFRESH_TOKEN_LIFETIME_OPTIONS.map(({ label }) => label)).toEqual([
    '1 Hour',
    '12 Hours',
    '1 Day',
    '7 Days',
    '14 Days',
    '30 Days',
    '60 Days',
    '90 Days',
    '180 Days',
    '365 Days',
  ]);
});

it.each([
  [1, '1 Second', '1 sec'],
  [90, '90 Seconds', '90 sec'],
  [1800, '30 Minutes', '30 min'],
  [3600, '1 Hour', '1 hour'],
  [28_800, '8 Hours', '8 hours'],
  [DAY, '1 Day', '1 day'],
  [90 * DAY, '90 Days', '90 days'],
])('names %i seconds %j, in tables %j', (seconds, long, short) => {
  expect(formatLifetime(seconds)).toBe(long);
  expect(formatLifetimeShort(seconds)).toBe(short);
});

it('splits a lifetime into value and unit without loss', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 365 * DAY }), (seconds) => {
      const { value, unit } = fromLifetime(seconds);
      return Number.isInteger(value) && toLifetime(value, unit) === seconds;
    }),
  );
});

it.each([
  ['90', 'minutes', 5400],
  [' 7 ', 'days', 7 * DAY],
  ['0', 'hours', 0],
  ['007', 'seconds', 7],
  ['', 'hours', NaN],
  ['1e3', 'seconds', NaN],
  ['0x10', 'seconds', NaN],
  ['1.5', 'hours', NaN],
  ['-5', 'hours', NaN],
  ['+5', 'hours', NaN],
  ['1 000', 'seconds', NaN],
  ['١', 'hours', NaN],
] as const)('reads %j %s as %d seconds', (text, unit, seconds) => {
  expect(parseLifetime(text, unit)).toBe(seconds);
});

it.each([
  [3600, 3600],
  [365 * DAY, 365 * DAY],
  [3599, 14 * DAY],
  [365 * DAY + 1, 14 * DAY],
  [NaN, 14 * DAY],
])('with refresh switched off, a lifetime of %d becomes %d where it was 14 days before', (typed, kept) => {
  expect(refreshLifetimeWhenOff(typed, 14 * DAY)).toBe(kept);
});

it('with refresh switched off, a new client falls back to the default lifetime', () => {
  expect(refreshLifetimeWhenOff(NaN)).toBe(7 * DAY);
});
