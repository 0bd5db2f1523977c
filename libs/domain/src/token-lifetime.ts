import type { Violation } from './errors.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lifetimes of tokens in seconds; a server setting may lower the minimum for tests. */
export const ACCESS_TOKEN_LIFETIME = { min: 5 * MINUTE, max: 30 * DAY, default: HOUR } as const;
export const REFRESH_TOKEN_LIFETIME = { min: HOUR, max: 365 * DAY, default: 7 * DAY } as const;

/** OAuth 2.1 §4.1.2 allows ten minutes; a minute is plenty for a redirect. */
export const CODE_LIFETIME_SECONDS = MINUTE;
/** How long an authorization request may wait for the user. */
export const AUTHORIZATION_REQUEST_LIFETIME_SECONDS = 10 * MINUTE;
/** How long the reference of a pushed request waits for the browser (RFC 9126 §2.2). */
export const PUSHED_REQUEST_LIFETIME_SECONDS = 90;
/** How long a device waits for its user, and the code that it shows is good (RFC 8628 §3.2). */
export const DEVICE_CODE_LIFETIME_SECONDS = 10 * MINUTE;
/** How often a device may ask, and how much more seldom each time that it asked too often (RFC 8628 §3.5); clocks and networks are not exact. */
export const DEVICE_POLL_SECONDS = { interval: 5, step: 5, leeway: 0.5 } as const;
/** How long the immediate predecessor of a refresh token gets the same answer again; 0 is strict. */
export const REFRESH_REPLAY_SECONDS = { default: 30, max: MINUTE } as const;
export const SESSION_IDLE_SECONDS = 12 * HOUR;
export const SESSION_ABSOLUTE_SECONDS = 7 * DAY;
/** A browser session that was used within this time shows as active. */
export const SESSION_ACTIVE_SECONDS = 5 * MINUTE;
export const INVITATION_LIFETIME_SECONDS = 72 * HOUR;
/** A use is written within this time … */
export const LAST_USED_WRITE_SECONDS = 5;
/** … and not again within this one. */
export const LAST_USED_GRANULARITY_SECONDS = MINUTE;
/** A client that was not used for this long gets a mark. */
export const UNUSED_CLIENT_SECONDS = 90 * DAY;
/** Ended tokens stay listed, and reuse of theirs is still told, for this long. */
export const ENDED_TOKENS_LISTED_SECONDS = 30 * DAY;
export const UNEXCHANGED_CODE_KEPT_SECONDS = HOUR;
/** Window of the limit on wrong passwords, and of the one on failed client authentications. */
export const SIGN_IN_FAILURE_WINDOW_SECONDS = 15 * MINUTE;
export const CLIENT_FAILURE_WINDOW_SECONDS = MINUTE;
/** The one of the limit on wrong codes of devices. */
export const USER_CODE_FAILURE_WINDOW_SECONDS = 15 * MINUTE;
/** The one of the limits on what anybody may send who knows a public client's id: requests that wait for a user, and polls. */
export const PENDING_WINDOW_SECONDS = MINUTE;
/** Of one client this many pushed requests, and as many of devices, wait at once; whoever comes then may come again after so long. */
export const PENDING_REQUESTS_MAX = 50_000;
export const PENDING_RETRY_SECONDS = 30;
/** Refused authentications and reads through a token are audited once in this time, with a count. */
export const AUDIT_AGGREGATION_SECONDS = MINUTE;
export const AUDIT_WRITE_SECONDS = 5;
/** The use of a previous secret is audited at most once in this time. */
export const PREVIOUS_SECRET_AUDIT_SECONDS = HOUR;
/** Over these a refresh token calls for a security warning, and for a high-severity one. */
export const REFRESH_WARNING_OVER_SECONDS = 30 * DAY;
export const REFRESH_HIGH_SEVERITY_OVER_SECONDS = 90 * DAY;

export const LIFETIME_UNITS = [
  { unit: 'seconds', label: 'Seconds', seconds: 1 },
  { unit: 'minutes', label: 'Minutes', seconds: MINUTE },
  { unit: 'hours', label: 'Hours', seconds: HOUR },
  { unit: 'days', label: 'Days', seconds: DAY },
] as const;

export type LifetimeUnit = (typeof LIFETIME_UNITS)[number]['unit'];

const SINGULAR: Readonly<Record<LifetimeUnit, string>> = { seconds: 'Second', minutes: 'Minute', hours: 'Hour', days: 'Day' };
const SHORT: Readonly<Record<LifetimeUnit, readonly [one: string, many: string]>> = {
  seconds: ['sec', 'sec'],
  minutes: ['min', 'min'],
  hours: ['hour', 'hours'],
  days: ['day', 'days'],
};

/** A value and its unit in seconds. */
export function toLifetime(value: number, unit: LifetimeUnit): number {
  return value * LIFETIME_UNITS.find((candidate) => candidate.unit === unit)!.seconds;
}

/** What was typed as a lifetime, in seconds; NaN for anything but digits (`1e3` and `0x10` are numbers to a program, not to a person). */
export function parseLifetime(text: string, unit: LifetimeUnit): number {
  return /^\d+$/.test(text.trim()) ? toLifetime(Number(text), unit) : NaN;
}

/** The largest unit that divides a lifetime without rest. */
export function fromLifetime(seconds: number): { value: number; unit: LifetimeUnit } {
  const unit = LIFETIME_UNITS.findLast((candidate) => seconds > 0 && seconds % candidate.seconds === 0) ?? LIFETIME_UNITS[0];
  return { value: seconds / unit.seconds, unit: unit.unit };
}

/** As forms name it: '1 Hour', '90 Days'. */
export function formatLifetime(seconds: number): string {
  const { value, unit } = fromLifetime(seconds);
  return `${value} ${value === 1 ? SINGULAR[unit] : LIFETIME_UNITS.find((candidate) => candidate.unit === unit)!.label}`;
}

/** As tables name it: '8 hours', '30 min'. */
export function formatLifetimeShort(seconds: number): string {
  const { value, unit } = fromLifetime(seconds);
  return `${value} ${SHORT[unit][value === 1 ? 0 : 1]}`;
}

const option = (seconds: number) => ({ seconds, label: formatLifetime(seconds) });

/** What the lists of the drawer offer, `Custom` apart. */
export const ACCESS_TOKEN_LIFETIME_OPTIONS = [5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY].map(
  option,
);
export const REFRESH_TOKEN_LIFETIME_OPTIONS = [HOUR, 12 * HOUR, ...[1, 7, 14, 30, 60, 90, 180, 365].map((days) => days * DAY)].map(option);

export type RefreshTokenRisk = 'informational' | 'security_warning' | 'high_severity';

/** How much a refresh lifetime is warned of: up to and including 30 days, up to and including 90 days, beyond. */
export function refreshTokenRisk(seconds: number): RefreshTokenRisk {
  if (seconds > REFRESH_HIGH_SEVERITY_OVER_SECONDS) return 'high_severity';
  return seconds > REFRESH_WARNING_OVER_SECONDS ? 'security_warning' : 'informational';
}

/** The warning under the refresh lifetime. */
export function refreshTokenWarning(seconds: number): { risk: RefreshTokenRisk; title: string | null; text: string } {
  const risk = refreshTokenRisk(seconds);
  const span = formatLifetime(seconds).toLowerCase();
  switch (risk) {
    case 'informational':
      return { risk, title: null, text: `The integration can renew access on its own for ${span}. After that the user signs in again.` };
    case 'security_warning':
      return {
        risk,
        title: 'Security warning',
        text: `A stolen refresh token stays usable for up to ${span}. Choose 30 days or less, or rotate credentials on a schedule.`,
      };
    case 'high_severity':
      return {
        risk,
        title: 'High-severity warning',
        text: `A stolen refresh token gives access for up to ${span} without the user noticing. Keep it under 90 days unless a trusted, long-running integration needs it, and rotate its credentials on a schedule.`,
      };
  }
}

/** The least lifetimes that this server takes, in seconds. */
export interface LifetimeLimits {
  readonly min_access_seconds: number;
  readonly min_refresh_seconds: number;
}

/** The rule that an access lifetime breaks, if any. */
export function checkAccessTokenLifetime(seconds: number, limits: LifetimeLimits): Violation | null {
  return checkRange('/access_token_lifetime_seconds', seconds, limits.min_access_seconds, ACCESS_TOKEN_LIFETIME.max);
}

/** The rule that a refresh lifetime breaks, if any; while it is on it must not be below the access lifetime. */
export function checkRefreshTokenLifetime(seconds: number, access_seconds: number, on: boolean, limits: LifetimeLimits): Violation | null {
  const pointer = '/refresh_token_lifetime_seconds';
  const violation = checkRange(pointer, seconds, limits.min_refresh_seconds, REFRESH_TOKEN_LIFETIME.max);
  if (violation || !on || seconds >= access_seconds) return violation;
  return {
    pointer,
    code: 'below-access',
    detail: `Choose at least the access token lifetime, ${formatLifetime(access_seconds).toLowerCase()}.`,
  };
}

/**
 * The refresh lifetime that stays when refresh tokens are switched off. It is judged then too, but not shown: what no
 * client could have gives way to `stored`, the one until now.
 */
export function refreshLifetimeWhenOff(seconds: number, stored: number = REFRESH_TOKEN_LIFETIME.default): number {
  const broken = checkRange('/refresh_token_lifetime_seconds', seconds, REFRESH_TOKEN_LIFETIME.min, REFRESH_TOKEN_LIFETIME.max);
  return broken ? stored : seconds;
}

function checkRange(pointer: string, seconds: number, min: number, max: number): Violation | null {
  if (!Number.isInteger(seconds)) return { pointer, code: 'not-whole', detail: 'Enter a whole number.' };
  if (seconds >= min && seconds <= max) return null;
  const range = `from ${formatLifetime(min).toLowerCase()} to ${formatLifetime(max).toLowerCase()}`;
  return { pointer, code: seconds < min ? 'too-short' : 'too-long', detail: `Choose a lifetime ${range}.` };
}
