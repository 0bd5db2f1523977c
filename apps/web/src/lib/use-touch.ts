import { useSyncExternalStore } from 'react';

const touch = window.matchMedia('(hover: none)');

function subscribe(listener: () => void): () => void {
  touch.addEventListener('change', listener);
  return () => touch.removeEventListener('change', listener);
}

/** Whether nothing can be hovered: what shows itself on hover is then reached in another way. */
export function useTouch(): boolean {
  return useSyncExternalStore(subscribe, () => touch.matches);
}
