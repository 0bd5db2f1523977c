import { Button } from '@mantine/core';
import { type RefObject, useRef } from 'react';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { toast } from '../../ui/toast.js';
import { CredentialsDialog } from './credentials-dialog.js';
import { DrawerState } from './drawer-state.js';
import { HighRiskDialog } from './high-risk-dialog.js';
import { CreateAgainDialog, lostCreation } from './lost-creation.js';
import { SaveFailure } from './save-failure.js';
import { SettingsFields } from './settings-fields.js';
import { type Creation, useCreate } from './use-create.js';
import { useCloseDrawer } from './use-open-client.js';
import { type SettingsForm, toSettings, useSettings } from './use-settings.js';

/** Registering a client: six sections, then its credentials, once. */
export function CreateDrawer() {
  const form = useSettings();
  const element = useRef<HTMLFormElement>(null);
  const creation = useCreate(form, element);
  const close = useCloseDrawer();
  const { created } = creation;
  if (!created) return <CreateForm form={form} element={element} creation={creation} onClose={close} />;
  const done = () => {
    toast(`${created.client.client_name} was created`);
    close();
  };
  return <CredentialsDialog client={created.client} client_secret={created.client_secret} onDone={done} />;
}

interface FormProps {
  readonly form: SettingsForm;
  readonly element: RefObject<HTMLFormElement | null>;
  readonly creation: Creation;
  readonly onClose: () => void;
}

function CreateForm({ form, element, creation, onClose }: FormProps) {
  const { error, unplaced, lost, pending } = creation;
  return (
    <>
      <SideDrawer
        title="Create a new OAuth client"
        label="Client settings"
        onClose={onClose}
        onSubmit={creation.submit}
        formRef={element}
        note={
          <SaveFailure title="The client was not created" error={error} unplaced={unplaced} lost={lost ? lostCreation(lost) : undefined} />
        }
        foot={<CreateFoot form={form} pending={pending} onClose={onClose} />}
      >
        <SettingsFields form={form} />
      </SideDrawer>
      <CreateDialogs form={form} creation={creation} />
    </>
  );
}

function CreateDialogs({ form, creation: { risk, repetition, lost, pending } }: Pick<FormProps, 'form' | 'creation'>) {
  const unsaved = useUnsaved(form.isDirty());
  return (
    <>
      {risk.asked.length > 0 && (
        <HighRiskDialog
          settings={toSettings(form.values)}
          risks={risk.asked}
          action="Create anyway"
          pending={pending}
          onConfirm={risk.confirm}
          onBack={risk.goBack}
        />
      )}
      {lost && repetition.isAsked && <CreateAgainDialog sent={lost} onGoOn={repetition.goOn} onBack={repetition.goBack} />}
      {unsaved.asked && <DiscardDialog text={lost ? MAY_BE_CREATED : NOT_CREATED} onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}

const NOT_CREATED = 'The client has not been created. What you entered is not kept.';
const MAY_BE_CREATED = 'The client may have been created: look for it in the list. What you entered is not kept.';

function CreateFoot({ form, pending, onClose }: { form: SettingsForm; pending: boolean; onClose: () => void }) {
  return (
    <>
      <DrawerState form={form} />
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
      <Button type="submit" loading={pending}>
        Create OAuth client
      </Button>
    </>
  );
}
