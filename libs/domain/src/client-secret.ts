import type { Violation } from './errors.js';

/** In front of every client secret, so that secret scanners can find a leaked one. */
export const CLIENT_SECRET_PREFIX = 'bhf_cs_';
export const SESSION_SECRET_PREFIX = 'bhf_ss_';
export const INVITATION_PREFIX = 'bhf_iv_';

/** 256 bits in base64url behind the prefix. */
const CLIENT_SECRET = /^bhf_cs_[A-Za-z0-9_-]{43}$/;

/** So many ended secrets of a client are still recognised. */
export const ENDED_SECRETS_KEPT = 5;

const HINT_CHARACTERS = 4;
const HOUR = 3600;

/** How long a rotated secret may go on working, in seconds. */
export const PREVIOUS_SECRET_LIFETIME = {
  default: 24 * HOUR,
  max: 7 * 24 * HOUR,
  options: [
    { seconds: 0, label: 'Stop now' },
    { seconds: HOUR, label: '1 hour' },
    { seconds: 24 * HOUR, label: '24 hours' },
    { seconds: 7 * 24 * HOUR, label: '7 days' },
  ],
} as const;

/** The end of a secret, by which people tell secrets apart. */
export function secretHint(secret: string): string {
  return secret.slice(-HINT_CHARACTERS);
}

/**
 * The hint of a secret that was presented and refused. Only what looks like a client secret of ours has one: anything
 * else may be a password that was put into the wrong place.
 */
export function presentedSecretHint(presented: string): string | null {
  return CLIENT_SECRET.test(presented) ? secretHint(presented) : null;
}

/** The rule that an overlap breaks, if any. */
export function checkPreviousSecretLifetime(seconds: number): Violation | null {
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= PREVIOUS_SECRET_LIFETIME.max) return null;
  return {
    pointer: '/previous_secret_lifetime_seconds',
    code: 'out-of-range',
    detail: `Choose a whole number of seconds from 0 to ${PREVIOUS_SECRET_LIFETIME.max}.`,
  };
}

/** Whether a secret still works at `now`: to the shown second, and not a moment longer. */
export function isSecretLive(secret: { readonly expires_at: Date | null }, now: Date): boolean {
  return secret.expires_at === null || now < secret.expires_at;
}

export interface RotationPlan {
  /** Secrets that stop working at an instant. */
  readonly expire: readonly { readonly id: string; readonly expires_at: Date }[];
  /** Secrets that are gone at once. */
  readonly end: readonly string[];
}

/**
 * What a rotation does to the secrets there are: the current one lives on for `lifetime_seconds` (0: not at all),
 * an earlier one ends at once, so that at most two live.
 */
export function planRotation(
  secrets: readonly { readonly id: string; readonly expires_at: Date | null }[],
  lifetime_seconds: number,
  now: Date,
): RotationPlan {
  const current = secrets.filter((secret) => secret.expires_at === null);
  const earlier = secrets.filter((secret) => secret.expires_at !== null).map((secret) => secret.id);
  if (lifetime_seconds === 0) return { expire: [], end: [...earlier, ...current.map((secret) => secret.id)] };
  // The shown second is a whole one: the secret stops exactly then.
  const expires_at = new Date((Math.floor(now.getTime() / 1000) + lifetime_seconds) * 1000);
  return { expire: current.map(({ id }) => ({ id, expires_at })), end: earlier };
}

/** Whether a name was typed exactly: case and spaces count. */
export function confirmsName(typed: string, name: string): boolean {
  return typed === name;
}
