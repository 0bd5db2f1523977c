import { useEffect, useState } from 'react';

/** What a drawer or dialog that was replaced by another one would have given the focus back to. */
let inherited: Element | null = null;

/** Gives the focus back, when a dialog or drawer goes, to what had it when it came; to the page if that is gone. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      requestAnimationFrame(() => {
        const open = [...document.querySelectorAll('[role=dialog]')].at(-1);
        // Another one has taken its place, from inside of it even: then what opened this one is that one's to give back to.
        if (open && (!open.contains(opener) || open.contains(document.activeElement))) {
          inherited = opener;
          return;
        }
        const target = [opener, inherited].find(canTakeFocus) ?? document.getElementById('content');
        inherited = null;
        target?.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}

function canTakeFocus(element: Element | null): element is HTMLElement {
  return element instanceof HTMLElement && element !== document.body && element.isConnected;
}
