import { useEffect, useState, useSyncExternalStore } from 'react';

/** Open drawers and dialogs, the topmost last. */
let layers: readonly symbol[] = [];
const listeners = new Set<() => void>();

function become(next: readonly symbol[]): void {
  layers = next;
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether nothing is open over this drawer or dialog, whoever opened it: Esc and a click outside are the topmost one's. */
export function useTopmost(): boolean {
  const [layer] = useState(() => Symbol('layer'));
  useEffect(() => {
    become([...layers, layer]);
    return () => become(layers.filter((each) => each !== layer));
  }, [layer]);
  return useSyncExternalStore(subscribe, () => layers.at(-1) === layer);
}
