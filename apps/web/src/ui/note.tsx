import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import './note.css';

interface Props {
  readonly tone: 'info' | 'warning' | 'danger';
  readonly title?: string | null;
  readonly icon?: typeof IconInfoCircle;
  readonly children: ReactNode;
}

/** A note that looks like what it is: a quiet line, an amber panel, a red panel. */
export function Note({ tone, title, icon, children }: Props) {
  const Icon = icon ?? (tone === 'info' ? IconInfoCircle : IconAlertTriangle);
  return (
    <div className={`b-note b-note-${tone}`}>
      <Icon size={16} stroke={1.6} aria-hidden="true" />
      <div>
        {title && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
    </div>
  );
}
