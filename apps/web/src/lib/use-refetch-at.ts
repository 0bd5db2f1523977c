import { useEffect } from 'react';

/** The longest that a timer of the browser can run. */
const MAX_TIMER_MILLISECONDS = 2_147_483_647;
/** What ends at an instant has ended a moment later, by any clock. */
const GRACE_MILLISECONDS = 500;

/** Fetches anew once the first of the given instants has come: what they end or begin is then shown as it is. */
export function useRefetchAt(instants: readonly (string | null | undefined)[], refetch: () => void): void {
  const ahead = instants.filter((at) => at !== null && at !== undefined).map((at) => new Date(at).getTime());
  const next = Math.min(...ahead.filter((at) => at + GRACE_MILLISECONDS > Date.now()));
  useEffect(() => {
    if (next === Infinity) return undefined;
    const timer = setTimeout(refetch, Math.min(Math.max(next - Date.now(), 0) + GRACE_MILLISECONDS, MAX_TIMER_MILLISECONDS));
    return () => clearTimeout(timer);
    // eslint-disable-next-line react/exhaustive-deps -- A new function each time is the same wish.
  }, [next]);
}
