import { useEffect, useSyncExternalStore } from 'react';

/**
 * What happens on a page whose session has ended: it is left for the sign-in, or, when an action was under way or
 * something would be lost, one is asked to sign in again over it.
 */
export type SessionEnd = 'none' | 'leave' | 'ask';

let end: SessionEnd = 'none';
const listeners = new Set<() => void>();
/** What on the page holds something that cannot be had again. */
const holders = new Set<symbol>();

function become(next: SessionEnd): void {
  end = next;
  listeners.forEach((listener) => listener());
}

/** Something could not be loaded any more. */
export function tellSessionLost(): void {
  if (end === 'none') become(holders.size > 0 ? 'ask' : 'leave');
}

/** Something could not be done any more. */
export function tellActionLost(): void {
  become('ask');
}

export function tellSessionBack(): void {
  become('none');
}

/** Keeps the page while there is something on it that cannot be had again: typed input, a secret that is shown once. */
export function useHold(held: boolean): void {
  useEffect(() => {
    if (!held) return undefined;
    const holder = Symbol('holder');
    holders.add(holder);
    return () => {
      holders.delete(holder);
    };
  }, [held]);
}

export function useSessionEnd(): SessionEnd {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => end,
  );
}
