import type { ReactNode } from 'react';
import { Note } from '../../ui/states.js';

/** A note that appears with a choice, and is told when it appears. */
export function NoticeNote({ tone = 'info', children }: { tone?: 'info' | 'warning'; children: ReactNode }) {
  return (
    <div aria-live="polite">
      <Note tone={tone}>{children}</Note>
    </div>
  );
}
