import type { ProblemError } from '../../lib/http.js';

const MINUTE_SECONDS = 60;

/** What a limit on guessing says, with how long to wait where the server told. */
export function tooManyAttempts({ retry_after_seconds }: ProblemError): string {
  return `Too many attempts. Try again ${inMinutes(retry_after_seconds)}.`;
}

function inMinutes(seconds: number | null): string {
  if (seconds === null) return 'later';
  const minutes = Math.ceil(seconds / MINUTE_SECONDS);
  return minutes <= 1 ? `in ${seconds} seconds` : `in ${minutes} minutes`;
}
