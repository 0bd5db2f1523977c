import { useEffect, useState } from 'react';

/** Gives the focus back, when a dialog or drawer goes, to what had it when it came; to the page if that is gone. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        // Another dialog may have taken over.
        if (document.activeElement !== document.body && document.activeElement?.closest('[role=dialog]')) return;
        const target =
          opener instanceof HTMLElement && opener !== document.body && opener.isConnected ? opener : document.getElementById('content');
        target?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}
