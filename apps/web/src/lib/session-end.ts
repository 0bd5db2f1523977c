import { useSyncExternalStore } from 'react';

/**
 * What happens on a page whose session has ended: it is left for the sign-in, or, when an action was under way or input
 * would be lost, one is asked to sign in again over it.
 */
export type SessionEnd = 'none' | 'leave' | 'ask';

let end: SessionEnd = 'none';
const listeners = new Set<() => void>();
/** Forms on the page that hold typed input. */
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

/** Marks typed input as worth keeping; answers what takes the mark away. */
export function holdInput(): () => void {
  const holder = Symbol('input');
  holders.add(holder);
  return () => holders.delete(holder);
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
