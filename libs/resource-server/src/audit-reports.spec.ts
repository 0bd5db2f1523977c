import { AUDIT_REPORT, checkReportedEvents, type ReportedEvent } from '@behalf/domain';
import { AuditReports, backoff, type Sent } from './audit-reports.js';

const TOKEN = { token_id: 't' };
const TEAM = '0f8fad5b-d9cb-469f-a165-70867728950e';

function reporter(answers: Sent[] = [], max = 1000) {
  const sent: ReportedEvent[][] = [];
  const reports = new AuditReports((events) => {
    sent.push([...events]);
    return Promise.resolve(answers.shift() ?? { kind: 'taken' });
  }, max);
  return { reports, sent };
}

const laters = (times: number) => Array.from({ length: times }, (): Sent => ({ kind: 'later' }));

/** Closes while time goes on. */
async function closed(reports: AuditReports): Promise<void> {
  const closing = reports.close();
  await jest.advanceTimersByTimeAsync(30_000);
  await closing;
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('equal calls are one event with a count, and different ones stand apart', async () => {
  const { reports, sent } = reporter();
  for (const operation of ['GET /a', 'GET /a', 'GET /b']) reports.note(TOKEN, { operation });
  reports.note(TOKEN, { operation: 'GET /a', result: 'denied' });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(sent).toHaveLength(1);
  expect(sent[0]!.map(({ operation, result, count }) => [operation, result, count])).toEqual([
    ['GET /a', 'success', 2],
    ['GET /b', 'success', 1],
    ['GET /a', 'denied', 1],
  ]);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 4, dropped: 0 });
});

it('whatever a caller sends, the batch is one that the server takes', async () => {
  const { reports, sent } = reporter();
  const long = 'x\n\u202e'.repeat(500);
  reports.note(TOKEN, { operation: long, reason: long, user_agent: long, ip_address: '::ffff:203.0.113.7' });
  reports.note(TOKEN, { operation: '', ip_address: 'fe80::1%eth0' });
  reports.note(TOKEN, { operation: 'a', ip_address: 'unknown' });
  reports.note(TOKEN, { operation: 'b', team_id: '../all' });
  reports.note(TOKEN, { operation: 'b', team_id: TEAM.toUpperCase() });
  await reports.flush();
  expect(checkReportedEvents(sent[0]!)).toEqual([]);
  expect(sent[0]!.map(({ team_id }) => team_id)).toEqual([undefined, undefined, undefined, undefined, TEAM]);
  expect(sent[0]!.map(({ ip_address }) => ip_address)).toEqual(['203.0.113.7', 'fe80::1', undefined, undefined, undefined]);
});

it('a batch that was not taken is sent again under the same ids, later each time, and calls gather meanwhile', async () => {
  const { reports, sent } = reporter([{ kind: 'later' }, { kind: 'later' }]);
  reports.note(TOKEN, { operation: 'a' });
  await jest.advanceTimersByTimeAsync(1_000);
  reports.note(TOKEN, { operation: 'b' });
  await jest.advanceTimersByTimeAsync(900);
  expect(sent).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(20_000);
  expect(sent.map((events) => events.map(({ operation }) => operation))).toEqual([['a'], ['a'], ['a'], ['b']]);
  expect(new Set(sent.slice(0, 3).map(([event]) => event!.id)).size).toBe(1);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 2, dropped: 0 });
});

it('what is noted while a batch is on its way is sent after it, and so is what comes later', async () => {
  const sent: string[][] = [];
  const reports = new AuditReports(async (events) => {
    sent.push(events.map(({ operation }) => operation));
    await new Promise((go) => setTimeout(go, 5_000));
    return { kind: 'taken' };
  }, 10);
  reports.note(TOKEN, { operation: 'a' });
  await jest.advanceTimersByTimeAsync(2_000);
  reports.note(TOKEN, { operation: 'b' });
  await jest.advanceTimersByTimeAsync(20_000);
  reports.note(TOKEN, { operation: 'c' });
  await jest.advanceTimersByTimeAsync(20_000);
  expect(sent).toEqual([['a'], ['b'], ['c']]);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 3, dropped: 0 });
});

it('the server says when it wants to be asked again', async () => {
  const { reports, sent } = reporter([{ kind: 'later', seconds: 30 }]);
  reports.note(TOKEN, { operation: 'a' });
  await jest.advanceTimersByTimeAsync(1_000 + 30_000);
  expect(sent).toHaveLength(1);
  // And some chance after it, so that many processes do not come back at once.
  await jest.advanceTimersByTimeAsync(2_000);
  expect(sent).toHaveLength(2);
});

it('a refused batch is given up and counted, and the next one goes its way', async () => {
  const { reports, sent } = reporter([{ kind: 'refused' }]);
  reports.note(TOKEN, { operation: 'a' });
  await reports.flush();
  reports.note(TOKEN, { operation: 'b' });
  await reports.flush();
  expect(sent).toHaveLength(2);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 1, dropped: 1 });
});

it('an event that the server does not take is given up alone, and all others of its batch are told once', async () => {
  const told: string[] = [];
  const asked: number[] = [];
  const reports = new AuditReports((events) => {
    asked.push(events.length);
    if (events.some(({ operation }) => operation === '37' || operation === '99')) return Promise.resolve({ kind: 'faulty' });
    told.push(...events.map(({ id }) => id));
    return Promise.resolve({ kind: 'taken' });
  }, 1000);
  for (let n = 0; n < AUDIT_REPORT.max_events; n += 1) reports.note(TOKEN, { operation: String(n) });
  await reports.flush();
  expect(reports.stats()).toEqual({ waiting: 0, reported: 98, dropped: 2 });
  expect([told.length, new Set(told).size]).toEqual([98, 98]);
  expect(asked.length).toBeLessThan(30);
});

it('the halves of a batch wait in bounded memory while the server is away, and are given up when it stays away', async () => {
  const { reports, sent } = reporter([{ kind: 'faulty' }, ...laters(4)], 4);
  for (const operation of ['a', 'b', 'c', 'd']) reports.note(TOKEN, { operation });
  await reports.flush();
  reports.note(TOKEN, { operation: 'e' });
  expect(reports.stats()).toEqual({ waiting: 4, reported: 0, dropped: 1 });
  await closed(reports);
  expect(sent.map(({ length }) => length)).toEqual([4, 2, 2, 2, 2]);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 0, dropped: 5 });
});

it('memory is bounded: what does not fit is counted as dropped', async () => {
  const { reports, sent } = reporter([], 150);
  for (let n = 0; n < 200; n += 1) reports.note(TOKEN, { operation: String(n) });
  expect(reports.stats()).toEqual({ waiting: 150, reported: 0, dropped: 50 });
  await reports.flush();
  expect(sent.map(({ length }) => length)).toEqual([AUDIT_REPORT.max_events, 50]);
});

it('what is too old to be told is dropped before it fails its batch', async () => {
  const { reports, sent } = reporter([{ kind: 'later', seconds: AUDIT_REPORT.max_age_seconds }]);
  reports.note(TOKEN, { operation: 'old' });
  await jest.advanceTimersByTimeAsync(1_000);
  await jest.advanceTimersByTimeAsync((AUDIT_REPORT.max_age_seconds - 1) * 1_000);
  reports.note(TOKEN, { operation: 'new' });
  await jest.advanceTimersByTimeAsync(4_000);
  expect(sent.map((events) => events.map(({ operation }) => operation))).toEqual([['old'], ['new']]);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 1, dropped: 1 });
});

it('closing sends what waits, also to a server that is busy for a moment', async () => {
  const { reports, sent } = reporter([{ kind: 'later', seconds: 1 }]);
  reports.note(TOKEN, { operation: 'a' });
  await closed(reports);
  expect(sent).toHaveLength(2);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 1, dropped: 0 });
});

it('closing gives up what is not taken then, and tries no more', async () => {
  const { reports, sent } = reporter(laters(9));
  reports.note(TOKEN, { operation: 'a' });
  await closed(reports);
  await jest.advanceTimersByTimeAsync(120_000);
  expect(sent).toHaveLength(3);
  expect(reports.stats()).toEqual({ waiting: 0, reported: 0, dropped: 1 });
});

it.each([
  [1, 0, 1],
  [1, 1, 2],
  [3, 1, 8],
  [5, 1, 32],
  [6, 1, 60],
  [1000, 1, 60],
  [1000, 0, 30],
])('after %i tries, by chance %d, the next comes after %d s', (tries, chance, seconds) => {
  expect(backoff(tries, chance)).toBe(seconds);
});
