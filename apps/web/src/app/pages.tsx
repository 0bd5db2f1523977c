import type { Permission } from '@behalf/domain';
import { Button } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { useTitle } from '../lib/use-title.js';
import { EmptyState, ErrorState, MissingPermission } from '../ui/states.js';

/** For an address that needs a permission the user lacks: which one, and whom to ask. */
export function MissingPermissionPage({ permission, support_url }: { permission: Permission; support_url: string | null }) {
  useTitle('Missing permission');
  return <MissingPermission level={1} title="You don’t have access to this page" permission={permission} support_url={support_url} />;
}

export function NotFoundPage() {
  useTitle('Not found');
  return (
    <main className="b-centre">
      <div className="b-centre-text">
        <EmptyState
          level={1}
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

/** What a fault in a page, or in loading it, is caught by. */
export function BrokenPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  useTitle('Something went wrong');
  return (
    <main className="b-centre">
      <div className="b-centre-text">
        <ErrorState
          what="This page"
          error={error}
          onRetry={() => {
            reset();
            void router.invalidate();
          }}
        />
      </div>
    </main>
  );
}
