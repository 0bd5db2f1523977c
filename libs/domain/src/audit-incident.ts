import type { AuditAction, AuditEvent } from './audit-event.js';

/** Two uses this close together come from one program that was in a hurry, where nothing else tells them apart. */
export const INCIDENT_RACE_SECONDS = 60;

/** Who used something, and when; what is not known is null. */
export interface IncidentUse {
  readonly at: string | null;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

export const INCIDENT_VERDICTS = {
  likely_race: 'Likely a race or a retry',
  likely_stored_copy: 'Likely a stored copy',
  likely_theft: 'Likely theft',
  likely_not_moved: 'Likely an integration that was not moved yet',
  unclear: 'Unclear',
} as const;

export type IncidentVerdictCode = keyof typeof INCIDENT_VERDICTS;

/** What two uses of the same thing most likely mean, in words. */
export interface IncidentVerdict {
  readonly verdict: IncidentVerdictCode;
  readonly title: (typeof INCIDENT_VERDICTS)[IncidentVerdictCode];
  /** What speaks for it. */
  readonly why: string;
  /** What to do next. */
  readonly advice: string;
}

type IncidentEvent = Pick<AuditEvent, 'action' | 'changes'> & Partial<Pick<AuditEvent, 'user' | 'target_name'>>;

/** Actions whose entries hold two uses side by side. */
const TWO_USES: readonly AuditAction[] = ['token.reused', 'token.replayed', 'code.replayed', 'client.previous_secret_used'];

/** The first and the second use that an entry holds; null for one that holds none. */
export function incidentUses({ action, changes }: IncidentEvent): readonly [IncidentUse, IncidentUse] | null {
  if (!TWO_USES.includes(action) || !changes?.['at']) return null;
  const use = (place: 0 | 1): IncidentUse => ({
    at: textOf(changes['at']?.[place]),
    ip_address: textOf(changes['ip_address']?.[place]),
    user_agent: textOf(changes['user_agent']?.[place]),
  });
  return [use(0), use(1)];
}

/** Whether two uses came from one address and one program, as far as is known of both. */
export function isSameCaller(first: IncidentUse, second: IncidentUse): boolean {
  return isSame(first.ip_address, second.ip_address) && isSame(first.user_agent, second.user_agent);
}

/** Judges an entry that holds two uses; null for any other. */
export function incidentVerdict(event: IncidentEvent): IncidentVerdict | null {
  const uses = incidentUses(event);
  if (!uses) return null;
  const [first, second] = uses;
  const [verdict, why] =
    event.action === 'client.previous_secret_used' ? judgeSecret(first, second) : judgeToken(first, second, stepsOf(event));
  return { verdict, title: INCIDENT_VERDICTS[verdict], why, advice: adviceOn(verdict, event) };
}

type Judgement = readonly [IncidentVerdictCode, why: string];

/** A code or refresh token is used once by an honest client: what counts is whether one program used it both times, and how soon. */
function judgeToken(first: IncidentUse, second: IncidentUse, steps: number): Judgement {
  const seconds = secondsBetween(first, second);
  if (seconds === null || !isKnown(first) || !isKnown(second)) return ['unclear', 'Where one of the two uses came from is not known.'];
  const later = `${spanText(seconds)} later`;
  if (!isSameCaller(first, second)) return ['likely_theft', `${differenceText(first, second)}, ${later}.`];
  if (steps > 1) return ['likely_stored_copy', `The same address and the same program sent a token that had been replaced ${steps} times.`];
  if (seconds > INCIDENT_RACE_SECONDS) return ['likely_stored_copy', `The same address and the same program sent it again ${later}.`];
  return ['likely_race', `Both uses came from the same address and the same program, ${spanText(seconds)} apart.`];
}

/** A previous secret is known to whoever used it before the rotation: what counts is whether this address is one of them. */
function judgeSecret(first: IncidentUse, second: IncidentUse): Judgement {
  if (first.at === null) return ['unclear', 'No earlier use of this secret is known.'];
  if (!first.ip_address || !second.ip_address) return ['unclear', 'Where one of the two uses came from is not known.'];
  const seconds = secondsBetween(first, second) ?? 0;
  const before = `the secret’s use before, ${spanText(seconds)} earlier`;
  if (!isSame(first.ip_address, second.ip_address)) return ['likely_theft', `This address is not that of ${before}.`];
  return ['likely_not_moved', `It came from the same address as ${before}.`];
}

/** How often the token had been replaced when it came back; 1 where the entry does not say. */
function stepsOf({ changes }: IncidentEvent): number {
  const [newest, presented] = changes?.['generation'] ?? [];
  return typeof newest === 'number' && typeof presented === 'number' && presented > 0 ? newest - presented : 1;
}

function adviceOn(verdict: IncidentVerdictCode, { action, user, target_name }: IncidentEvent): string {
  const who = user?.name || user?.email || 'the user';
  const client = target_name ?? 'the client';
  if (action === 'client.previous_secret_used') {
    return verdict === 'likely_not_moved'
      ? `Give that integration the current secret of ${client} before the previous one ends.`
      : `End the previous secret of ${client} now unless the address is yours, and look where it may have leaked.`;
  }
  if (action === 'token.replayed') {
    return verdict === 'likely_race'
      ? 'Both got the same tokens, and nothing has to be done. If it happens often, let the program refresh in one place.'
      : `Both got the same tokens. Revoke this token of ${client} unless both addresses are yours.`;
  }
  const again = `Ask ${who} to reconnect`;
  switch (verdict) {
    case 'likely_race':
      return `${again}, and let the program of ${client} send each token in one place, once.`;
    case 'likely_stored_copy':
      return `${again}, and look for a second instance or a restored backup of ${client} that kept the old token.`;
    default:
      return `${again}, and rotate the secret of ${client} unless both addresses are yours.`;
  }
}

function differenceText(first: IncidentUse, second: IncidentUse): string {
  if (isSame(first.ip_address, second.ip_address)) return 'The second use came from the same address, by another program';
  return isSame(first.user_agent, second.user_agent)
    ? 'The second use came from another address, by a program of the same name'
    : 'The second use came from another address, by another program';
}

/** A program need not name itself; without an address nothing can be told. */
function isKnown({ ip_address }: IncidentUse): boolean {
  return ip_address !== null;
}

function isSame(first: string | null, second: string | null): boolean {
  return (first ?? '') === (second ?? '');
}

/** Never below zero: clocks of two machines may differ. */
function secondsBetween(first: IncidentUse, second: IncidentUse): number | null {
  if (first.at === null || second.at === null) return null;
  return Math.max(0, (Date.parse(second.at) - Date.parse(first.at)) / 1000);
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** '3 seconds', '2 days': the largest unit that fits once, rounded down. */
function spanText(seconds: number): string {
  const fitting = UNITS.find(([, size]) => seconds >= size);
  if (!fitting) return 'less than a second';
  const [unit, size] = fitting;
  const count = Math.floor(seconds / size);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
