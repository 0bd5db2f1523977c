import type { Violation } from './errors.js';
import type { AuditResult } from './audit-event.js';

/**
 * Bounds of what a resource server reports to the audit log: events of one call, how long ago one may have happened, calls
 * that one event may stand for, and characters of its words.
 */
export const AUDIT_REPORT = {
  max_events: 100,
  max_age_seconds: 3600,
  max_count: 1_000_000,
  max_operation_characters: 200,
  max_reason_characters: 200,
  max_user_agent_characters: 256,
} as const;

/** What was done with a token at an API, as the API tells it. */
export interface ReportedEvent {
  /** The reporter's own id of the event: sent again it is not written again. */
  id: string;
  token_id: string;
  /** What was done, such as `POST /orders/:order_id`; never an address as it was typed, which may hold secrets. */
  operation: string;
  result: AuditResult;
  team_id?: string | null;
  reason?: string | null;
  /** Of the caller, as the API saw it. */
  ip_address?: string | null;
  user_agent?: string | null;
  /** Equal calls that it stands for. */
  count?: number;
  /** From the first of them until the report was sent. */
  seconds_ago?: number;
}

/** What became of a report. */
export interface AuditReport {
  /** Events that stand in the log now, those of an earlier try included. */
  readonly recorded: number;
  /** Token ids that are not of this organization, or of nobody: their events are not written. */
  readonly missing: readonly string[];
}

/** Control, bidirectional and invisible characters: what would make the log read otherwise than it is. */
const MISLEADING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Every rule that a batch of reported events breaks. */
export function checkReportedEvents(events: readonly ReportedEvent[]): Violation[] {
  const { max_events } = AUDIT_REPORT;
  if (events.length < 1 || events.length > max_events)
    return [{ pointer: '/events', code: 'range', detail: `Send between 1 and ${max_events} events.` }];
  const seen = new Set<string>();
  return events.flatMap((event, index) => {
    const violations = checkReportedEvent(event).map(({ pointer, ...rest }) => ({ pointer: `/events/${index}${pointer}`, ...rest }));
    if (seen.has(event.id))
      violations.push({ pointer: `/events/${index}/id`, code: 'repeated', detail: 'Is the id of another event too.' });
    seen.add(event.id);
    return violations;
  });
}

function checkReportedEvent({ operation, reason, user_agent, count = 1, seconds_ago = 0 }: ReportedEvent): Violation[] {
  const { max_count, max_age_seconds, ...characters } = AUDIT_REPORT;
  return [
    checkWords('/operation', operation, 1, characters.max_operation_characters),
    checkWords('/reason', reason ?? '', 0, characters.max_reason_characters),
    checkWords('/user_agent', user_agent ?? '', 0, characters.max_user_agent_characters),
    inRange(count, 1, max_count) && Number.isInteger(count)
      ? null
      : { pointer: '/count', code: 'range', detail: `Send a whole number from 1 to ${max_count}.` },
    inRange(seconds_ago, 0, max_age_seconds)
      ? null
      : { pointer: '/seconds_ago', code: 'range', detail: `What is reported is at most ${max_age_seconds} seconds old.` },
  ].filter((violation) => violation !== null);
}

function checkWords(pointer: string, text: string, min: number, max: number): Violation | null {
  if (text.length < min || text.length > max) return { pointer, code: 'length', detail: `Send between ${min} and ${max} characters.` };
  return MISLEADING.test(text) ? { pointer, code: 'characters', detail: 'Contains characters that cannot be seen.' } : null;
}

/** Words as a report takes them: cut to their length, and every character that cannot be seen replaced. */
export function reportableWords(text: string, max_characters: number): string {
  // Cut by whole characters: half of a surrogate pair is not text.
  const cut = text.length > max_characters ? text.slice(0, max_characters).replace(/[\uD800-\uDBFF]$/, '') : text;
  return cut.replace(new RegExp(MISLEADING, 'gu'), '?').replace(/\p{Surrogate}/gu, '?');
}

/**
 * How a call stands in the log. One whose caller hung up before the whole answer had left has no status to go by: it may have
 * done what it asked for.
 */
export function callOutcome(status: number, answered: boolean): { result: AuditResult; reason?: 'aborted' } {
  if (!answered) return { result: 'failure', reason: 'aborted' };
  if (status === 401 || status === 403 || status === 404) return { result: 'denied' };
  return { result: status < 400 ? 'success' : 'failure' };
}

function inRange(value: number, min: number, max: number): boolean {
  return value >= min && value <= max;
}
