import { type Permission, permissionLabel } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconAlertTriangle, IconGhost, IconLock, IconRefresh } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { isProblem, messageOf, ProblemError } from '../lib/http.js';
import { sessionQuery } from '../lib/resources.js';
import './page.css';

interface MissingPermissionProps {
  readonly title: string;
  readonly permission: Permission;
  readonly support_url: string | null;
  readonly level?: 1 | 2;
}

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

/** Why a page, or a part of it, is closed to the user: the permission that is missing, and whom to ask for it. */
export function MissingPermission({ title, permission, support_url, level = 2 }: MissingPermissionProps) {
  return (
    <EmptyState
      level={level}
      icon={<IconLock size={20} stroke={1.6} />}
      title={title}
      text={
        <>
          It needs the permission <strong className="b-strong">{permissionLabel(permission)}</strong> (
          <code className="b-mono">{permission}</code>). Ask your administrator for a role that has it.
        </>
      }
      action={
        support_url && (
          <Button component="a" href={support_url} variant="default">
            Ask for access
          </Button>
        )
      }
    />
  );
}

/** Something could not be loaded: what, why, and another try where one may help. */
export function ErrorState({ what, error, onRetry }: { what: string; error: unknown; onRetry: () => void }) {
  const queryClient = useQueryClient();
  if (isProblem(error, 'not-found')) return <Nothing />;
  if (isProblem(error, 'permission-required') && error.document.permission) {
    const support_url = queryClient.getQueryData(sessionQuery.queryKey)?.support_url ?? null;
    return <MissingPermission title="You don’t have access to this" permission={error.document.permission} support_url={support_url} />;
  }
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

/** Whether it is gone, another organization's, or never was, is told alike: not at all. */
function Nothing() {
  return (
    <EmptyState
      icon={<IconGhost size={20} stroke={1.6} />}
      title="There is nothing here"
      text="It is gone, or it belongs to another organization."
    />
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
