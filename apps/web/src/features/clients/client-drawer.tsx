import type { Client } from '@behalf/domain';
import { Button, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { isProblem } from '../../lib/http.js';
import { clientFailuresQuery } from '../../lib/resources.js';
import { usePermission } from '../../lib/use-session.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { Identifier } from '../../ui/identifier.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { ConflictNote } from './conflict-note.js';
import { ConnectTab } from './connect-tab.js';
import { Consequences } from './consequences.js';
import { DrawerState } from './drawer-state.js';
import { FailuresTab } from './failures-tab.js';
import { HighRiskDialog } from './high-risk-dialog.js';
import { SaveFailure } from './save-failure.js';
import { SettingsTab } from './settings-tab.js';
import { TypeMark } from './client-cells.js';
import { type Edit, useEdit } from './use-edit.js';
import { toSettings } from './use-settings.js';

const route = getRouteApi('/shell/settings/oauth-clients/$client_id');

interface Props {
  readonly client: Client;
  readonly onClose: () => void;
}

/** Settings, how to connect, and what failed lately. */
export function ClientDrawer({ client, onClose }: Props) {
  const element = useRef<HTMLFormElement>(null);
  const manage = usePermission('OAUTH_CLIENT_MANAGE');
  const edit = useEdit(client, element);
  const unsaved = useUnsaved(edit.changed);
  return (
    <>
      <SideDrawer
        title="Edit OAuth client"
        label={client.client_name}
        onClose={onClose}
        onSubmit={() => manage && edit.submit()}
        formRef={element}
        note={<EditNote edit={edit} manage={manage} />}
        foot={<EditFoot edit={edit} manage={manage} onClose={onClose} />}
      >
        <DrawerTabs client={client} edit={edit} manage={manage} />
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
      {unsaved.asked && <DiscardDialog text="Your changes have not been saved." onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}

function EditNote({ edit, manage }: { edit: Edit; manage: boolean }) {
  const theirs = isProblem(edit.error, 'version-conflict') ? edit.error.document.current : undefined;
  if (theirs) return <ConflictNote edit={edit} theirs={theirs} />;
  if (!edit.error) return manage ? <Consequences edit={edit} /> : null;
  return <SaveFailure title="The client was not saved" error={edit.error} unplaced={edit.unplaced} lost={LOST} />;
}

const LOST = {
  title: 'The changes may have been saved',
  text: 'The connection was lost before the answer came. Save again: what was saved already is noticed.',
};

function EditFoot({ edit, manage, onClose }: { edit: Edit; manage: boolean; onClose: () => void }) {
  return (
    <>
      <DrawerState form={edit.form}>
        {manage ? (edit.changed ? 'Unsaved changes' : 'No unsaved changes') : 'You may look, but not change'}
      </DrawerState>
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

const TABS = [
  ['settings', 'Settings'],
  ['connect', 'Connect'],
  ['failures', 'Recent failures'],
] as const;

function DrawerTabs({ client, edit, manage }: { client: Client; edit: Edit; manage: boolean }) {
  const { tab = 'settings' } = route.useSearch();
  const navigate = useNavigate({ from: '/settings/oauth-clients/$client_id' });
  const show = (next: string | null) =>
    void navigate({
      to: '.',
      search: (search) => ({ ...search, tab: next === 'connect' || next === 'failures' ? next : undefined }),
      replace: true,
    });
  return (
    <Tabs value={tab} onChange={show} keepMounted={false}>
      <div className="b-drawer-top">
        <ClientHead client={client} />
        <Tabs.List>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value} aria-label={label} data-autofocus={tab === value || undefined}>
              {label} {value === 'failures' && <FailureCount client_id={client.client_id} />}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </div>
      <Tabs.Panel value="settings">
        <SettingsTab client={client} edit={edit} manage={manage} />
      </Tabs.Panel>
      <Tabs.Panel value="connect">
        <ConnectTab client={client} />
      </Tabs.Panel>
      <Tabs.Panel value="failures">
        <FailuresTab client_id={client.client_id} />
      </Tabs.Panel>
    </Tabs>
  );
}

/** As wide before the number is known; it stands beside the name, not in it. */
function FailureCount({ client_id }: { client_id: string }) {
  const { data } = useQuery(clientFailuresQuery(client_id));
  return <span className="b-tab-count">{data && data.items.length > 0 ? data.items.length : ''}</span>;
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
