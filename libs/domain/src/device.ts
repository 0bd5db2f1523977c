import { DEVICE_POLL_SECONDS } from './token-lifetime.js';
import type { Seconds } from './token-status.js';

/** RFC 8628 §3.4. */
export const DEVICE_CODE_GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code';
/** Where a user enters the code that a device shows, below the issuer. */
export const DEVICE_PAGE = '/device';

/** RFC 8628 §6.1: no vowels, so that no word comes of it, and no digits, so that none can be taken for a letter. */
export const USER_CODE_ALPHABET = 'BCDFGHJKLMNPQRSTVWXZ';
export const USER_CODE_LENGTH = 8;
const HALF = USER_CODE_LENGTH / 2;
const USER_CODE = new RegExp(`^[${USER_CODE_ALPHABET}]{${USER_CODE_LENGTH}}$`);
/** What people put between the halves, or copy with them. */
const SEPARATORS = /[\s\p{Pd}\p{Cf}._]/gu;

/** A code as it was typed, in the form that is compared: in any case, with any separators; null for what can be none. */
export function normalizeUserCode(typed: string): string | null {
  const code = typed.replace(SEPARATORS, '').toUpperCase();
  return USER_CODE.test(code) ? code : null;
}

/** As a device shows it: `BCDF-GHJK`. */
export function formatUserCode(code: string): string {
  return `${code.slice(0, HALF)}-${code.slice(HALF)}`;
}

/** What became of a request of a device. */
export type DeviceOutcome = 'allowed' | 'denied';

/** A request of a device, as it is read at one instant. */
export interface DeviceFacts {
  readonly outcome: DeviceOutcome | null;
  readonly expires_at: Seconds;
  readonly last_polled_at: Seconds | null;
  readonly interval_seconds: number;
  /** The client is as it was when the device began: not paused in between. */
  readonly client_live: boolean;
}

export type DevicePoll = 'pending' | 'slow_down' | 'denied' | 'expired' | 'allowed';

/** What a device that asks now is told (RFC 8628 §3.5). Only who is still waiting can be too fast. */
export function judgeDevicePoll(
  { outcome, expires_at, last_polled_at, interval_seconds, client_live }: DeviceFacts,
  now: Seconds,
): DevicePoll {
  if (outcome === 'denied') return 'denied';
  if (now >= expires_at || !client_live) return 'expired';
  if (outcome === 'allowed') return 'allowed';
  const waited = last_polled_at === null ? Infinity : Math.max(0, now - last_polled_at);
  return waited < interval_seconds - DEVICE_POLL_SECONDS.leeway ? 'slow_down' : 'pending';
}

/** How long a device has to wait from now on: longer for good once it was too fast. */
export function nextPollInterval(interval_seconds: number, poll: DevicePoll): number {
  return poll === 'slow_down' ? interval_seconds + DEVICE_POLL_SECONDS.step : interval_seconds;
}
