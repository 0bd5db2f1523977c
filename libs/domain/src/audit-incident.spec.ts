import { INCIDENT_RACE_SECONDS, incidentUses, incidentVerdict, type IncidentVerdictCode } from './audit-incident.js';
import type { AuditAction } from './audit-event.js';

const T = Date.parse('2026-07-01T12:00:00.000Z');
const HOME = '203.0.113.7';
const ELSEWHERE = '198.51.100.9';

interface Case {
  action?: AuditAction;
  /** Seconds between the uses. */
  gap?: number;
  address?: [string | null, string | null];
  agent?: [string | null, string | null];
  generation?: [number, number];
  first?: null;
}

function changesOf({ gap = 3, address = [HOME, HOME], agent = ['app/1', 'app/1'], generation, first }: Case) {
  return {
    at: [first === null ? null : new Date(T).toISOString(), new Date(T + gap * 1000).toISOString()] as [unknown, unknown],
    ip_address: address as [unknown, unknown],
    user_agent: agent as [unknown, unknown],
    ...(generation ? { generation: generation as [unknown, unknown] } : {}),
  };
}

const judge = ({ action = 'token.reused', ...given }: Case) =>
  incidentVerdict({ action, changes: changesOf(given), user: { id: 'u', email: 'dana@acme.example', name: 'Dana' }, target_name: 'bot' });

describe('the verdict on two uses', () => {
  it.each<[string, Case, IncidentVerdictCode, RegExp]>([
    ['one program, at once', { gap: 0 }, 'likely_race', /same address and the same program, less than a second apart/],
    ['one program, seconds apart', { gap: 3 }, 'likely_race', /3 seconds apart/],
    ['one program, at the limit', { gap: INCIDENT_RACE_SECONDS }, 'likely_race', /1 minute apart/],
    ['one program, beyond it', { gap: INCIDENT_RACE_SECONDS + 1 }, 'likely_stored_copy', /sent it again 1 minute later/],
    ['one program, days later', { gap: 9 * 86_400 }, 'likely_stored_copy', /9 days later/],
    ['one program, the predecessor', { generation: [4, 3] }, 'likely_race', /apart/],
    ['one program, an older token', { generation: [4, 1] }, 'likely_stored_copy', /replaced 3 times/],
    ['another address', { address: [HOME, ELSEWHERE] }, 'likely_theft', /another address, by a program of the same name, 3 seconds later/],
    ['another program', { agent: ['app/1', 'curl/8'] }, 'likely_theft', /same address, by another program/],
    [
      'another address and program, later',
      { address: [HOME, ELSEWHERE], agent: ['app/1', 'curl/8'], gap: 4769 },
      'likely_theft',
      /another address, by another program, 1 hour later/,
    ],
    ['a program that names itself only once', { agent: ['app/1', null] }, 'likely_theft', /another program/],
    ['programs that never name themselves', { agent: [null, null] }, 'likely_race', /apart/],
    ['an unknown first address', { address: [null, HOME] }, 'unclear', /not known/],
    ['an unknown second address', { address: [HOME, null] }, 'unclear', /not known/],
    ['an unknown first use', { first: null }, 'unclear', /not known/],
    ['a clock that went back', { gap: -5 }, 'likely_race', /less than a second/],
    ['a code, by one program', { action: 'code.replayed', generation: [1, 0] }, 'likely_race', /apart/],
    ['a code, after refreshes', { action: 'code.replayed', generation: [7, 0] }, 'likely_race', /apart/],
    ['a code, from elsewhere', { action: 'code.replayed', address: [HOME, ELSEWHERE] }, 'likely_theft', /another address/],
    ['a replay, by one program', { action: 'token.replayed' }, 'likely_race', /apart/],
    ['a replay, from elsewhere', { action: 'token.replayed', address: [HOME, ELSEWHERE] }, 'likely_theft', /another address/],
    ['a previous secret, from where it was used', { action: 'client.previous_secret_used', gap: 60 }, 'likely_not_moved', /same address/],
    ['the same, after a week', { action: 'client.previous_secret_used', gap: 7 * 86_400 }, 'likely_not_moved', /7 days earlier/],
    ['the same, updated program', { action: 'client.previous_secret_used', agent: ['app/1', 'app/2'] }, 'likely_not_moved', /same address/],
    [
      'a previous secret, from elsewhere',
      { action: 'client.previous_secret_used', address: [HOME, ELSEWHERE] },
      'likely_theft',
      /is not that/,
    ],
    ['a previous secret never used before', { action: 'client.previous_secret_used', first: null }, 'unclear', /No earlier use/],
    ['a previous secret, address unknown', { action: 'client.previous_secret_used', address: [null, HOME] }, 'unclear', /not known/],
  ])('%s', (_, given, verdict, why) => {
    const judged = judge(given);
    expect(judged?.verdict).toBe(verdict);
    expect(judged?.why).toMatch(why);
  });

  it.each<[string, Case, RegExp]>([
    ['names whom to ask', { address: [HOME, ELSEWHERE] }, /Ask Dana to reconnect, and rotate the secret of bot/],
    ['does not send anybody after a thief in a race', {}, /send each token in one place/],
    ['points at copies', { gap: 9000 }, /second instance or a restored backup of bot/],
    ['leaves a harmless replay alone', { action: 'token.replayed' }, /nothing has to be done/],
    ['ends a replay from elsewhere', { action: 'token.replayed', address: [HOME, ELSEWHERE] }, /Revoke this token/],
    ['moves the integration', { action: 'client.previous_secret_used' }, /Give that integration the current secret of bot/],
    ['ends the secret', { action: 'client.previous_secret_used', address: [HOME, ELSEWHERE] }, /End the previous secret of bot now/],
  ])('%s', (_, given, advice) => {
    expect(judge(given)?.advice).toMatch(advice);
  });
});

it.each<[string, AuditAction, ReturnType<typeof changesOf> | null]>([
  ['another action', 'client.updated', changesOf({})],
  ['an incident without uses', 'client.previous_secret_used', null],
])('%s has no verdict', (_, action, changes) => {
  expect(incidentUses({ action, changes })).toBeNull();
  expect(incidentVerdict({ action, changes })).toBeNull();
});
