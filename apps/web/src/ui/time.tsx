import { useSyncExternalStore } from 'react';
import { exactTime, relativeTime } from '../lib/format.js';
import { Tip } from './tip.js';

const TICK_MILLISECONDS = 30_000;

const listeners = new Set<() => void>();
setInterval(() => listeners.forEach((listener) => listener()), TICK_MILLISECONDS);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A time as people say it, with the exact one on hover and focus. One clock ticks for all of them. */
export function Time({ at, never = 'Never', text }: { at: string | null; never?: string; text?: string }) {
  // The words are what is looked at: a tick that changes none of them draws nothing.
  const words = useSyncExternalStore(subscribe, () => text ?? (at === null ? never : relativeTime(at)));
  if (at === null) return <span className="b-faint">{words}</span>;
  return (
    <Tip label={exactTime(at)}>
      <time dateTime={at} tabIndex={0} className="b-time">
        {words}
      </time>
    </Tip>
  );
}
