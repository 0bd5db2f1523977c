/**
 * After when the user must have signed in for a request (OIDC Core §3.1.2.1): `prompt=login` and `max_age=0` ask for a sign-in
 * that is yet to come, any other `max_age` for one that is no older.
 *
 * @param now seconds since the epoch, when the request came
 * @returns seconds since the epoch, or null where any sign-in will do
 */
export function signInAfter(
  { prompt, max_age_seconds }: { readonly prompt: readonly string[]; readonly max_age_seconds: number | null },
  now: number,
): number | null {
  if (prompt.includes('login')) return now;
  return max_age_seconds === null ? null : now - max_age_seconds;
}

/** Whether a sign-in is as recent as a request asks for; both in seconds since the epoch. */
export function isRecentSignIn(authenticated_at: number, after: number | null): boolean {
  return after === null || authenticated_at > after;
}
