import { Button, Skeleton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { ProblemError } from '../lib/http.js';

/** A page's head: title, one line, and the main action at its right. */
export function PageHead({ title, text, action }: { title: string; text: string; action?: ReactNode }) {
  return (
    <header className="b-page-head">
      <div>
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
      {action}
    </header>
  );
}

/** What stands where nothing is yet: what it is for, in two lines, with one action. */
export function EmptyState({ icon, title, text, action }: { icon: ReactNode; title: string; text: string; action?: ReactNode }) {
  return (
    <div className="b-empty">
      <span className="b-empty-icon" aria-hidden="true">
        {icon}
      </span>
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  );
}

/** Something could not be loaded: what, why, and another try. */
export function ErrorState({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  const request_id = error instanceof ProblemError ? error.request_id : null;
  return (
    <div className="b-empty" role="alert">
      <span className="b-empty-icon" aria-hidden="true">
        <IconAlertTriangle size={20} stroke={1.6} />
      </span>
      <h2>{what} could not be loaded</h2>
      <p>{error instanceof Error ? error.message : 'Something unexpected happened.'}</p>
      {request_id && (
        <p>
          Request ID <code className="b-mono">{request_id}</code>
        </p>
      )}
      <Button variant="default" leftSection={<IconRefresh size={15} stroke={1.6} />} onClick={onRetry}>
        Retry
      </Button>
    </div>
  );
}

/** Rows in the shape of what comes. */
export function TableSkeleton({ rows = 6, what }: { rows?: number; what: string }) {
  return (
    <div className="b-frame" role="status" aria-label={`Loading ${what}`}>
      <div className="b-skeleton-head" />
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="b-skeleton-row">
          <Skeleton height={12} width={16} radius="xs" />
          <Skeleton height={12} width="14%" radius="xs" />
          <Skeleton height={12} width="9%" radius="xs" />
          <Skeleton height={12} width="22%" radius="xs" />
          <Skeleton height={12} width="12%" radius="xs" />
        </div>
      ))}
    </div>
  );
}

/** A note that looks like what it is: a quiet line, an amber panel, a red panel. */
export function Note({ tone, title, children }: { tone: 'info' | 'warning' | 'danger'; title?: string | null; children: ReactNode }) {
  const Icon = tone === 'info' ? IconInfoCircle : IconAlertTriangle;
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
