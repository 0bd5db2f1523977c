import { useEffect, useState } from 'react';

/** Where the focus goes when what had it is gone: the drawer that is still open, else the page. */
const fallback = () => document.querySelector<HTMLElement>('[role=dialog] [role=region]') ?? document.getElementById('content');

/** Gives the focus back, when a dialog or drawer goes, to what had it when it came, or near to where that was. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        // Another dialog may have taken over.
        if (document.activeElement !== document.body && document.activeElement?.closest('[role=dialog]')) return;
        const known = opener instanceof HTMLElement && opener !== document.body && opener.isConnected;
        if (known) opener.focus({ preventScroll: true });
        // Whoever opened this one may have been given the focus already.
        else if (document.activeElement === document.body) fallback()?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}
