import { ACCESS_TOKEN_LIFETIME } from './token-lifetime.js';

const DAY = 86_400;

/** How long the metadata documents and the key set may be kept by whoever reads them. */
export const METADATA_MAX_AGE_SECONDS = 300;
/** A key signs for this long before the next one takes over. */
export const SIGNING_KEY_LIFETIME_SECONDS = 90 * DAY;
/** A key is published this long before it signs: far longer than any reader keeps the set (OIDC Core §10.1.1). */
export const SIGNING_KEY_LEAD_SECONDS = DAY;
/** An ID token lives as long as the access token it came with: after this a retired key has nothing left to verify. */
export const SIGNING_KEY_KEPT_SECONDS = ACCESS_TOKEN_LIFETIME.max;
/** Each process looks for keys that others made or withdrew once in this time. */
export const SIGNING_KEYS_READ_SECONDS = 5;

/** When a key signs: from `active_at` on, until `retired_at`, when its successor takes over. */
export interface SigningKeyTimes {
  readonly active_at: Date;
  readonly retired_at: Date | null;
}

/** Published and not yet signing; signing; published for what it has signed; without use. */
export type SigningKeyState = 'next' | 'current' | 'retired' | 'ended';

export function signingKeyState({ active_at, retired_at }: SigningKeyTimes, now: Date): SigningKeyState {
  if (now < active_at) return 'next';
  if (retired_at === null || now < retired_at) return 'current';
  return now < after(retired_at, SIGNING_KEY_KEPT_SECONDS) ? 'retired' : 'ended';
}

/**
 * The key that signs a token issued at an instant. All processes agree on it, since the instant is the database's. A
 * token that is derived a second time is signed by the key of the first, unless that one was withdrawn.
 */
export function signingKeyAt<Key extends SigningKeyTimes>(keys: readonly Key[], issued_at: Date): Key | undefined {
  const current = keys.find((key) => signingKeyState(key, issued_at) === 'current');
  return current ?? keys.toSorted((one, other) => one.active_at.getTime() - other.active_at.getTime())[0];
}

/** Why a new key is made: the time has come, somebody asks for it, or what the old ones signed is to be believed no more. */
export type SigningKeyCause = 'scheduled' | 'requested' | 'compromised';

/**
 * When a new key is to begin to sign.
 *
 * @param keys that are published now
 * @returns null where none is needed: the newest is young enough, or one is waiting already
 */
export function planSigningKey(keys: readonly SigningKeyTimes[], now: Date, cause: SigningKeyCause): Date | null {
  const newest = keys.find(({ retired_at }) => retired_at === null);
  if (!newest || cause === 'compromised') return now;
  if (now < newest.active_at) return null;
  const earliest = after(now, SIGNING_KEY_LEAD_SECONDS);
  if (cause === 'requested') return earliest;
  return earliest < after(newest.active_at, SIGNING_KEY_LIFETIME_SECONDS) ? null : earliest;
}

function after(instant: Date, seconds: number): Date {
  return new Date(instant.getTime() + seconds * 1000);
}
