import { useBlocker } from '@tanstack/react-router';
import { useRef } from 'react';
import { useHold } from './session-end.js';

/**
 * Guards what is not saved: leaving asks first, and a session that ends does not take it along.
 *
 * @returns `asked`: whether to ask now, with the two answers; `release` lets the next navigation pass
 */
export function useUnsaved(unsaved: boolean) {
  const released = useRef(false);
  useHold(unsaved);
  const blocker = useBlocker({
    // Tabs and filters of the same page lose nothing.
    shouldBlockFn: ({ current, next }) => unsaved && !released.current && current.pathname !== next.pathname,
    enableBeforeUnload: () => unsaved && !released.current,
    withResolver: true,
  });
  const release = () => {
    released.current = true;
  };
  const discard = () => {
    release();
    blocker.proceed?.();
  };
  return { asked: blocker.status === 'blocked', stay: () => blocker.reset?.(), discard, release };
}
