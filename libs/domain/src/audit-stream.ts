/** Events that travel together, at most; a batch is what is sent again, and what is refused, as a whole. */
export const STREAM_BATCH_EVENTS = 100;
/** The same in bytes of their JSON; one event that is larger goes alone. */
export const STREAM_BATCH_BYTES = 262_144;
/** How often is looked whether there is something to deliver. */
export const STREAM_ROUND_SECONDS = 1;
/** How long a receiver may take to answer. */
export const STREAM_TIMEOUT_SECONDS = 10;
/** A batch that was refused this often is set aside, and the stream goes on. */
export const STREAM_REFUSALS = 8;
/** The longest that is waited between two attempts where the receiver does not ask for more. */
export const STREAM_DELAY_SECONDS = 300;
/** What a receiver may ask for, at most (RFC 9110 §10.2.3). */
export const STREAM_RETRY_AFTER_SECONDS = 3600;
/** Bytes of a signing secret, as Standard Webhooks has them. */
export const STREAM_SECRET_BYTES = { min: 24, max: 64 } as const;

/** `waiting`: the receiver is not there, or not able to, and will be; `refused`: it will say the same to the same batch. */
export type StreamOutcome = 'delivered' | 'refused' | 'waiting';

/** Statuses of the class 4xx that speak of the moment, not of what was sent: a timeout, too early, too many. */
const FOR_NOW = new Set([408, 425, 429]);

/** What an answer means for a batch. A redirect is not followed, since a secret path must not go elsewhere: it is waited for its end. */
export function streamOutcome(status: number): StreamOutcome {
  if (status >= 200 && status < 300) return 'delivered';
  return status >= 400 && status < 500 && !FOR_NOW.has(status) ? 'refused' : 'waiting';
}

/**
 * How long to wait before the next attempt: twice as long each time, half of it left to chance so that senders do not come at once.
 *
 * @param failures of this batch in a row, from 1
 * @param chance from 0 to 1
 * @param retry_after seconds that the receiver asked for, or null
 */
export function streamDelaySeconds(failures: number, chance: number, retry_after: number | null): number {
  const whole = Math.min(STREAM_DELAY_SECONDS, 2 ** Math.min(failures - 1, 16));
  const delay = whole / 2 + (whole / 2) * chance;
  return Math.max(delay, Math.min(retry_after ?? 0, STREAM_RETRY_AFTER_SECONDS));
}

/**
 * Retry-After in seconds (RFC 9110 §10.2.3); null where it is none.
 *
 * @param date the same answer's Date header, by whose clock an instant is meant
 */
export function retryAfterSeconds(value: string | null, date: string | null): number | null {
  if (value === null) return null;
  if (/^\d{1,9}$/.test(value)) return Number(value);
  if (!value.endsWith(' GMT')) return null;
  const seconds = (Date.parse(value) - Date.parse(date ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/**
 * How many of the next events make a batch.
 *
 * @param bytes of each, in order
 */
export function streamBatchLength(bytes: readonly number[]): number {
  let sum = 0;
  const beyond = bytes.findIndex((each) => (sum += each) > STREAM_BATCH_BYTES);
  const fitting = beyond < 0 ? bytes.length : Math.max(1, beyond);
  return Math.min(fitting, STREAM_BATCH_EVENTS);
}
