import { Tooltip } from '@mantine/core';
import { useEffect, useState } from 'react';
import { exactTime, relativeTime } from '../lib/format.js';

const TICK_MILLISECONDS = 30_000;

/** A time as people say it, with the exact one on hover and focus. */
export function Time({ at, never = 'Never' }: { at: string | null; never?: string }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  if (at === null) return <span className="b-faint">{never}</span>;
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} tabIndex={0} className="b-time">
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  );
}
