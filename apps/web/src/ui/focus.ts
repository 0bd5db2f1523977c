import { useState } from 'react';

/** What had the focus when each drawer or dialog came, the latest last. */
let openers: readonly HTMLElement[] = [];

/** A drawer or dialog remembers what had the focus when it came, so that `keepFocus` can give it back. */
export function useOpener(): void {
  useState(() => {
    if (!topmost()) openers = [];
    const opener = standIn(document.activeElement);
    if (opener && opener !== document.body) openers = [...openers.filter((each) => each !== opener), opener];
  });
}

/**
 * Whoever works by keyboard never loses their place: when what has the focus is taken off the page, be it a dialog that closes,
 * one that gives way to another, or a row that was ended, the focus goes to the latest opener that can still be reached, else
 * to the drawer that is open, else to the page. Called once.
 */
export function keepFocus(): void {
  let latest: Element | null = null;
  const isLost = () => latest !== null && !latest.isConnected && document.activeElement === document.body;
  document.addEventListener('focusin', ({ target }) => (latest = target as Element));
  new MutationObserver(() => {
    // What comes in its place may want the focus for itself.
    if (isLost()) requestAnimationFrame(() => isLost() && giveBack());
  }).observe(document.body, { childList: true, subtree: true });
}

function giveBack(): void {
  const dialog = topmost();
  const place = openers.findLastIndex((opener) => opener.isConnected && (dialog?.contains(opener) ?? true));
  const target = openers[place] ?? dialog?.querySelector<HTMLElement>('[role=region]') ?? dialog ?? document.getElementById('content');
  // What was below it is for the dialogs that are open still.
  openers = dialog ? openers.slice(0, place < 0 ? undefined : place) : [];
  target?.focus({ preventScroll: true });
}

const topmost = () => [...document.querySelectorAll<HTMLElement>('[role=dialog]')].at(-1);

/** A menu's item goes with its menu: the button that opened the menu stands in for it. */
function standIn(element: Element | null): HTMLElement | null {
  const menu = element?.closest('[role=menu]')?.id;
  return menu ? document.querySelector<HTMLElement>(`[aria-controls="${CSS.escape(menu)}"]`) : (element as HTMLElement | null);
}
