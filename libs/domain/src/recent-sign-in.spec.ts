import { isRecentSignIn, signInAfter } from './recent-sign-in.js';

const NOW = 1_000_000;

it.each([
  ['nothing', [], null, NOW - 86_400, true],
  ['login, and a sign-in at the same instant', ['login'], null, NOW, false],
  ['login, and a sign-in after it', ['login'], null, NOW + 0.001, true],
  ['login beside a long max_age', ['login'], 86_400, NOW - 1, false],
  ['another prompt', ['consent'], null, NOW - 86_400, true],
  ['max_age=0', [], 0, NOW, false],
  ['max_age, and a sign-in just within it', [], 60, NOW - 59.999, true],
  ['max_age, and a sign-in at its edge', [], 60, NOW - 60, false],
  ['max_age, and a sign-in before it', [], 60, NOW - 60.001, false],
])('a request that asks for %s', (_, prompt, max_age_seconds, authenticated_at, recent) => {
  expect(isRecentSignIn(authenticated_at, signInAfter({ prompt, max_age_seconds }, NOW))).toBe(recent);
});
