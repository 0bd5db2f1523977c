import { useEffect, useState } from 'react';

/** What a drawer or dialog that was replaced by another one would have given the focus back to. */
let inherited: Element | null = null;

/** Where the focus goes when what had it is gone: the drawer that is still open, else the page. */
const fallback = () => document.querySelector<HTMLElement>('[role=dialog] [role=region]') ?? document.getElementById('content');

const SETTLED_MILLISECONDS = 500;

/** Gives the focus back, when a dialog or drawer goes, to what had it when it came, or near to where that was. */
export function useReturnFocus(): void {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // What had it may go a moment later, with the row that was ended.
      setTimeout(() => document.activeElement === document.body && fallback()?.focus({ preventScroll: true }), SETTLED_MILLISECONDS);
      requestAnimationFrame(() => {
        const open = [...document.querySelectorAll('[role=dialog]')].at(-1);
        // Another one has taken its place, from inside of it even: then what opened this one is that one's to give back to.
        if (open && (open.contains(document.activeElement) || (opener?.isConnected && !open.contains(opener)))) {
          inherited = opener;
          return;
        }
        const reachable = (element: Element | null) => canTakeFocus(element) && (!open || open.contains(element));
        const target = [opener, inherited].find(reachable) ?? fallback();
        inherited = null;
        if (canTakeFocus(target)) target.focus({ preventScroll: true });
      });
    },
    [opener],
  );
}

function canTakeFocus(element: Element | null): element is HTMLElement {
  return element instanceof HTMLElement && element !== document.body && element.isConnected;
}
