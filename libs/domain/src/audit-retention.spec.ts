import { AUDIT_MONTHS_AHEAD, auditKeptFrom, auditMonthsNeeded } from './audit-retention.js';

it.each([
  ['2026-01-01T00:00:00.000Z', '2026-01-01', '2026-04-01'],
  ['2026-01-31T23:59:59.999Z', '2026-01-01', '2026-04-01'],
  ['2026-11-30T12:00:00.000Z', '2026-11-01', '2027-02-01'],
  ['2028-02-29T23:30:00.000-01:00', '2028-03-01', '2028-06-01'],
])('at %s the log has a place from %s to %s', (now, first, last) => {
  const months = auditMonthsNeeded(new Date(now)).map((month) => month.toISOString());
  expect(months).toHaveLength(AUDIT_MONTHS_AHEAD + 1);
  expect(months.at(0)).toBe(`${first}T00:00:00.000Z`);
  expect(months.at(-1)).toBe(`${last}T00:00:00.000Z`);
});

it.each([
  // The month in which the time began is kept whole; the one before it has ended in all time zones that count: UTC.
  ['2026-07-15T12:00:00.000Z', 365, '2025-07-01'],
  ['2026-03-02T00:00:00.000Z', 1, '2026-03-01'],
  ['2026-03-01T23:59:59.999Z', 1, '2026-02-01'],
  ['2026-03-02T00:00:00.000Z', 2, '2026-02-01'],
  ['2026-01-01T00:00:00.000Z', 1, '2025-12-01'],
  ['2024-03-01T00:00:00.000Z', 1, '2024-02-01'],
])('at %s with %d days the log is kept from %s on', (now, days, from) => {
  expect(auditKeptFrom(new Date(now), days).toISOString()).toBe(`${from}T00:00:00.000Z`);
});
