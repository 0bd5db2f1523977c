import { Skeleton } from '@mantine/core';
import { DrawerTabs } from './drawer-tabs.js';

/** A client's drawer before the client is there: head, tabs and sections stand where they will stand. */
export function DrawerSkeleton() {
  return (
    <DrawerTabs head={<HeadSkeleton />}>
      {(tab) => (
        <div role="status" aria-label="Loading the client">
          {tab === 'settings' ? <SettingsSkeleton /> : <TabSkeleton />}
        </div>
      )}
    </DrawerTabs>
  );
}

function HeadSkeleton() {
  return (
    <div className="b-drawer-name">
      <span className="b-drawer-name-skeleton">
        <Skeleton height={14} width={140} radius="xs" />
        <Skeleton height={12} width={88} radius="xs" />
      </span>
      <Skeleton className="b-drawer-id" height={12} width={96} radius="xs" />
    </div>
  );
}

function SettingsSkeleton() {
  return (
    <>
      <div className="b-tab-note">
        <Skeleton height={10} width="64%" radius="xs" my={4} />
      </div>
      {[1, 2, 3].map((section) => (
        <div className="b-section b-section-skeleton" key={section}>
          <Skeleton height={12} width="22%" radius="xs" />
          <Skeleton height={10} width="52%" radius="xs" />
          <Skeleton height={10} width="16%" radius="xs" mt={8} />
          <Skeleton height={32} />
        </div>
      ))}
    </>
  );
}

/** A tab before it is there. */
export function TabSkeleton() {
  return (
    <div className="b-tab">
      <Skeleton height={180} radius="md" />
    </div>
  );
}
