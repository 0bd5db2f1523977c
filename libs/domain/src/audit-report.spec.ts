import { AUDIT_REPORT, callOutcome, checkReportedEvents, type ReportedEvent, reportableWords } from './audit-report.js';

const good: ReportedEvent = { id: 'a', token_id: 't', operation: 'GET /orders', result: 'success' };
const codes = (events: ReportedEvent[]) => checkReportedEvents(events).map(({ pointer, code }) => `${pointer} ${code}`);
const { max_events, max_age_seconds, max_count, max_operation_characters } = AUDIT_REPORT;

it.each<[string, Partial<ReportedEvent>, string[]]>([
  ['nothing more than it needs', {}, []],
  ['everything', { team_id: null, reason: null, ip_address: null, user_agent: null, count: 1, seconds_ago: 0 }, []],
  ['the longest operation', { operation: 'x'.repeat(max_operation_characters) }, []],
  ['a longer one', { operation: 'x'.repeat(max_operation_characters + 1) }, ['/events/0/operation length']],
  ['none', { operation: '' }, ['/events/0/operation length']],
  ['a line break', { operation: 'GET /\nfaked' }, ['/events/0/operation characters']],
  ['an order of reading', { reason: 'a\u202eb' }, ['/events/0/reason characters']],
  ['an invisible character', { user_agent: 'a\u200bb' }, ['/events/0/user_agent characters']],
  ['the most calls', { count: max_count }, []],
  ['more calls', { count: max_count + 1 }, ['/events/0/count range']],
  ['no call', { count: 0 }, ['/events/0/count range']],
  ['half a call', { count: 1.5 }, ['/events/0/count range']],
  ['the oldest', { seconds_ago: max_age_seconds }, []],
  ['an older one', { seconds_ago: max_age_seconds + 0.001 }, ['/events/0/seconds_ago range']],
  ['one of the future', { seconds_ago: -0.001 }, ['/events/0/seconds_ago range']],
  ['one of no time', { seconds_ago: NaN }, ['/events/0/seconds_ago range']],
])('an event with %s', (_, changed, expected) => {
  expect(codes([{ ...good, ...changed }])).toEqual(expected);
});

it.each([
  [0, ['/events range']],
  [1, []],
  [max_events, []],
  [max_events + 1, ['/events range']],
])('a batch of %i events', (length, expected) => {
  expect(codes(Array.from({ length }, (_, index) => ({ ...good, id: String(index) })))).toEqual(expected);
});

it('an id stands once in a batch', () => {
  expect(codes([good, { ...good, id: 'b' }, good])).toEqual(['/events/2/id repeated']);
});

it.each([
  ['GET /orders', 20, 'GET /orders'],
  ['a\nb\u202ec\u0000d', 20, 'a?b?c?d'],
  ['abcdef', 3, 'abc'],
  ['ab\u{1F511}', 3, 'ab'],
  ['ab\u{1F511}', 4, 'ab\u{1F511}'],
  ['a\uD800b', 20, 'a?b'],
])('the words of %j in %i characters are %j, and a report takes them', (text, max, expected) => {
  const words = reportableWords(text, max);
  expect(words).toBe(expected);
  expect(codes([{ ...good, operation: words }])).toEqual([]);
});

it.each([
  [200, 'success'],
  [204, 'success'],
  [304, 'success'],
  [399, 'success'],
  [400, 'failure'],
  [401, 'denied'],
  [402, 'failure'],
  [403, 'denied'],
  [404, 'denied'],
  [405, 'failure'],
  [500, 'failure'],
])('an answer of %i is a %s, and a failure where its caller did not stay for it', (status, result) => {
  expect(callOutcome(status, true)).toEqual({ result });
  expect(callOutcome(status, false)).toEqual({ result: 'failure', reason: 'aborted' });
});
