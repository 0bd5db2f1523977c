import { useLayoutEffect, useState } from 'react';

let locks = 0;
/** What the page's scroll bar takes of its width, in pixels. */
let bar = 0;

/**
 * The page stays where it is while this is open, and as wide. Only the root and the body are told: a rule that comes and goes, as the usual
 * libraries have it, has the style of every element in a long list worked out anew, at either end.
 */
export function useScrollLock(): void {
  // Before anything is drawn, when it costs nothing to ask.
  useState(() => {
    if (!locks) bar = window.innerWidth - document.documentElement.clientWidth;
  });
  useLayoutEffect(() => {
    if (!locks) lock();
    locks += 1;
    return () => {
      locks -= 1;
      if (!locks) unlock();
    };
  }, []);
}

function lock(): void {
  document.documentElement.style.overflow = 'hidden';
  if (bar > 0) document.body.style.paddingInlineEnd = `${bar}px`;
}

function unlock(): void {
  document.documentElement.style.overflow = '';
  document.body.style.paddingInlineEnd = '';
}
