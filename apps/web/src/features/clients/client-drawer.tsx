import type { Client } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useDeferredValue, useEffect, useRef } from 'react';
import { isProblem } from '../../lib/http.js';
import { clientFailuresQuery, clientQuery } from '../../lib/resources.js';
import { useRefetchAt } from '../../lib/use-refetch-at.js';
import { usePermission } from '../../lib/use-session.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { Identifier } from '../../ui/identifier.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { Consequences, UncountedDialog } from './consequences.js';
import { TabSkeleton } from './drawer-skeleton.js';
import { DrawerState } from './drawer-state.js';
import { DrawerTabs } from './drawer-tabs.js';
import { CloseButton, Gone, GoneNote } from './gone.js';
import { HighRiskDialog } from './high-risk-dialog.js';
import { SaveFailure } from './save-failure.js';
import { SettingsTab } from './settings-tab.js';
import { TypeMark } from './client-cells.js';
import { type Edit, useEdit } from './use-edit.js';
import { toSettings } from './use-settings.js';

// What is not looked at first is not loaded first, but soon after: an upgrade of the server takes these files away.
const parts = {
  conflict: () => import('./conflict-note.js'),
  connect: () => import('./connect-tab.js'),
  failures: () => import('./failures-tab.js'),
};
const ConflictNote = lazy(async () => ({ default: (await parts.conflict()).ConflictNote }));
const ConnectTab = lazy(async () => ({ default: (await parts.connect()).ConnectTab }));
const FailuresTab = lazy(async () => ({ default: (await parts.failures()).FailuresTab }));

/** Past the time in which whoever opened the drawer waits for it. */
const SOON_MILLISECONDS = 2_000;

function usePartsSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => {
      // One that cannot be had now is asked for again where it is shown.
      for (const load of Object.values(parts)) load().catch(() => undefined);
    }, SOON_MILLISECONDS);
    return () => clearTimeout(timer);
  }, []);
}

interface Props {
  readonly client: Client;
  /** It was deleted meanwhile. */
  readonly gone: boolean;
  /** It takes the place of the drawer in which it was loaded. */
  readonly still: boolean;
  readonly onClose: () => void;
}

/** Settings, how to connect, and what failed lately. */
export function ClientDrawer({ client, gone, still, onClose }: Props) {
  const element = useRef<HTMLFormElement>(null);
  const manage = usePermission('OAUTH_CLIENT_MANAGE');
  const edit = useEdit(client, element);
  const unsaved = useUnsaved(edit.changed);
  const queryClient = useQueryClient();
  usePartsSoon();
  useRefetchAt([client.previous_secret?.expires_at, client.resume_at], () => {
    void queryClient.invalidateQueries({ queryKey: clientQuery(client.client_id).queryKey });
  });
  const view = { client, edit, manage, gone };
  return (
    <>
      <SideDrawer
        title="Edit OAuth client"
        label={client.client_name}
        still={still}
        onClose={onClose}
        onSubmit={() => manage && !gone && edit.submit()}
        formRef={element}
        note={<EditNote {...view} />}
        foot={gone ? <CloseButton onClose={onClose} /> : <EditFoot edit={edit} manage={manage} onClose={onClose} />}
      >
        <Body {...view} />
      </SideDrawer>
      {edit.asked.length > 0 && (
        <HighRiskDialog
          settings={toSettings(edit.form.values)}
          risks={edit.asked}
          action="Save anyway"
          pending={edit.pending}
          onConfirm={() => edit.save(edit.asked)}
          onBack={edit.goBack}
        />
      )}
      {edit.hold.isAsking && <UncountedDialog onGoOn={edit.hold.goOn} onBack={edit.hold.goBack} />}
      {unsaved.asked && <DiscardDialog text="Your changes have not been saved." onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}

interface View {
  readonly client: Client;
  readonly edit: Edit;
  readonly manage: boolean;
  readonly gone: boolean;
}

function EditNote({ client, edit, manage, gone }: View) {
  if (gone) return edit.changed && <GoneNote />;
  const theirs = isProblem(edit.error, 'version-conflict') ? edit.error.document.current : undefined;
  if (theirs) {
    return (
      <Suspense>
        <ConflictNote edit={edit} theirs={theirs} />
      </Suspense>
    );
  }
  return (
    <>
      <SaveFailure title="The client was not saved" error={edit.error} unplaced={edit.unplaced} lost={LOST} />
      {manage && <Consequences edit={edit} live_tokens={client.live_tokens} />}
    </>
  );
}

const LOST = {
  title: 'The changes may have been saved',
  text: 'The connection was lost before the answer came. Save again: what was saved already is noticed.',
};

function EditFoot({ edit, manage, onClose }: Pick<View, 'edit' | 'manage'> & { onClose: () => void }) {
  const state = edit.preview.state === 'counting' ? 'Counting what this ends …' : 'Unsaved changes';
  return (
    <>
      <DrawerState form={edit.form}>{manage ? (edit.changed ? state : 'No unsaved changes') : 'You may look, but not change'}</DrawerState>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      {manage && (
        <Button type="submit" loading={edit.pending} disabled={!edit.changed}>
          Save changes
        </Button>
      )}
    </>
  );
}

function Body({ client, edit, manage, gone }: View) {
  // The drawer answers the click at once, and its longest part follows.
  const isDrawn = useDeferredValue(true, false);
  const settings = isDrawn ? <SettingsTab client={client} edit={edit} manage={manage} /> : <TabSkeleton />;
  if (gone) return edit.changed ? settings : <Gone />;
  return (
    <DrawerTabs head={<ClientHead client={client} />} failures={<FailureCount client_id={client.client_id} />}>
      {(tab) => {
        switch (tab) {
          case 'settings':
            return settings;
          case 'connect':
            return (
              <Suspense fallback={<TabSkeleton />}>
                <ConnectTab client={client} />
              </Suspense>
            );
          case 'failures':
            return (
              <Suspense fallback={<TabSkeleton />}>
                <FailuresTab client_id={client.client_id} />
              </Suspense>
            );
        }
      }}
    </DrawerTabs>
  );
}

/** As wide before the number is known; it stands beside the name, not in it. */
function FailureCount({ client_id }: { client_id: string }) {
  const { data } = useQuery(clientFailuresQuery(client_id));
  return data && data.items.length > 0 ? data.items.length : '';
}

function ClientHead({ client }: { client: Client }) {
  return (
    <div className="b-drawer-name">
      <strong>{client.client_name}</strong>
      <span className="b-badge">
        <TypeMark client={client} />
      </span>
      <span className="b-drawer-id">
        <Identifier id={client.client_id} what="client ID" />
      </span>
    </div>
  );
}
