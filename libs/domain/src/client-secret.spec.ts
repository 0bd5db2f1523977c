import fc from 'fast-check';
import { checkPreviousSecretLifetime, confirmsName, isSecretLive, planRotation, secretHint } from './client-secret.js';

const now = new Date('2026-11-24T10:00:00.250Z');

describe('a rotation', () => {
  it('lets the current secret live to a whole second, and ends an earlier one at once', () => {
    const plan = planRotation(
      [
        { id: 'current', expires_at: null },
        { id: 'earlier', expires_at: new Date('2026-11-24T11:00:00Z') },
      ],
      3600,
      now,
    );
    expect(plan).toEqual({ expire: [{ id: 'current', expires_at: new Date('2026-11-24T11:00:00Z') }], end: ['earlier'] });
  });

  it('ends both with 0 seconds', () => {
    expect(planRotation([{ id: 'current', expires_at: null }], 0, now)).toEqual({ expire: [], end: ['current'] });
  });

  it('never leaves more than one earlier secret alive', () => {
    const secrets = fc.array(fc.option(fc.date({ noInvalidDate: true }), { nil: null }), { maxLength: 4 });
    fc.assert(
      fc.property(secrets, fc.nat(604_800), (dates, lifetime) => {
        const given = dates
          .map((expires_at, index) => ({ id: String(index), expires_at }))
          .filter((each, index) => each.expires_at || dates.indexOf(null) === index);
        const { expire, end } = planRotation(given, lifetime, now);
        return expire.length <= 1 && expire.length + end.length === given.length;
      }),
    );
  });
});

it('works up to the shown second and not a moment longer (LV-07)', () => {
  const expires_at = new Date('2026-11-24T10:00:00Z');
  expect(isSecretLive({ expires_at }, new Date(expires_at.getTime() - 1))).toBe(true);
  expect(isSecretLive({ expires_at }, expires_at)).toBe(false);
  expect(isSecretLive({ expires_at: null }, expires_at)).toBe(true);
});

it.each([
  [-1, false],
  [0, true],
  [604_800, true],
  [604_801, false],
  [1.5, false],
  [Number.NaN, false],
])('an overlap of %d seconds: %j', (seconds, good) => {
  expect(checkPreviousSecretLifetime(seconds) === null).toBe(good);
});

it('wants the name typed exactly', () => {
  expect(confirmsName('Deploy', 'Deploy')).toBe(true);
  for (const typed of ['deploy', 'Deploy ', ' Deploy', '']) expect(confirmsName(typed, 'Deploy')).toBe(false);
});

it('hints at a secret by its last four characters', () => {
  expect(secretHint('bhf_cs_abcdefgh')).toBe('efgh');
});
