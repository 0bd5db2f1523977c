import { permissionLabel, type Permission } from '@behalf/domain';
import { Anchor, Button } from '@mantine/core';
import { IconCompass, IconLock } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { EmptyState, ErrorState } from '../ui/states.js';

/** For an address that needs a permission the user lacks: which one, and whom to ask. */
export function MissingPermissionPage({ permission, support_url }: { permission: Permission; support_url: string | null }) {
  return (
    <main className="b-content" id="content">
      <EmptyState
        icon={<IconLock size={20} stroke={1.6} />}
        title="You don't have access to this page"
        text={`It needs the permission ${permissionLabel(permission)} (${permission}). Ask your administrator to change your role.`}
        action={
          support_url && (
            <Anchor href={support_url} size="sm">
              Ask for access
            </Anchor>
          )
        }
      />
    </main>
  );
}

export function NotFoundPage() {
  return (
    <main className="b-centre">
      <div style={{ maxWidth: 520, width: '100%' }}>
        <EmptyState
          icon={<IconCompass size={20} stroke={1.6} />}
          title="There is no such page"
          text="The address may have been mistyped, or what stood here is gone."
          action={
            <Button component="a" href="/" variant="default">
              Go to the first page
            </Button>
          }
        />
      </div>
    </main>
  );
}

export function BrokenPage({ error, reset }: ErrorComponentProps) {
  return (
    <main className="b-centre">
      <div style={{ maxWidth: 520, width: '100%' }}>
        <ErrorState what="This page" error={error} onRetry={reset} />
      </div>
    </main>
  );
}
