import { Button } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { messageOf, ProblemError } from '../lib/http.js';
import './page.css';

interface EmptyProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: ReactNode;
  readonly action?: ReactNode;
  /** The heading's level: 1 where the page has no other. */
  readonly level?: 1 | 2;
}

/** What stands where nothing is yet: what it is for, in two lines, with one action. */
export function EmptyState({ icon, title, text, action, level = 2 }: EmptyProps) {
  const Heading = level === 1 ? 'h1' : 'h2';
  return (
    <div className="b-empty">
      <span className="b-empty-icon" aria-hidden="true">
        {icon}
      </span>
      <Heading>{title}</Heading>
      <p>{text}</p>
      {action}
    </div>
  );
}

/** Something could not be loaded: what, why, and another try. */
export function ErrorState({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  return (
    <div className="b-empty" role="alert">
      <span className="b-empty-icon" aria-hidden="true">
        <IconAlertTriangle size={20} stroke={1.6} />
      </span>
      <h2>{what} could not be loaded</h2>
      <p>{messageOf(error)}</p>
      <RequestId error={error} />
      <Button variant="default" leftSection={<IconRefresh size={15} stroke={1.6} />} onClick={onRetry}>
        Retry
      </Button>
    </div>
  );
}

/** What to quote when asking for help: it finds the server's log line. */
export function RequestId({ error }: { error: unknown }) {
  if (!(error instanceof ProblemError) || error.request_id === null) return null;
  return (
    <p className="b-request-id">
      Request ID <code className="b-mono">{error.request_id}</code>
    </p>
  );
}
