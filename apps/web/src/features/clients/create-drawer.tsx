import { clientRisks, type CreatedClient, type RiskCode } from '@behalf/domain';
import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useRef, useState } from 'react';
import { api, isProblem, NetworkError } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { useUnsaved } from '../../lib/use-unsaved.js';
import { DiscardDialog } from '../../ui/dialog.js';
import { SideDrawer } from '../../ui/side-drawer.js';
import { toast } from '../../ui/toast.js';
import { CredentialsDialog } from './credentials-dialog.js';
import { DrawerState } from './drawer-state.js';
import { HighRiskDialog } from './high-risk-dialog.js';
import { SaveFailure } from './save-failure.js';
import { SettingsFields } from './settings-fields.js';
import { useCloseDrawer } from './use-open-client.js';
import { cleaned, focusFirstFault, type SettingsForm, takeViolations, toSettings, useSettings } from './use-settings.js';

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
  readonly creation: ReturnType<typeof useCreate>;
  readonly onClose: () => void;
}

function CreateForm({ form, element, creation, onClose }: FormProps) {
  const { asked, setAsked, create, unplaced } = creation;
  const unsaved = useUnsaved(form.isDirty());
  const submit = () => {
    if (form.validate().hasErrors) return focusFirstFault(element.current);
    const risks = clientRisks(toSettings(form.getValues()));
    if (risks.length) setAsked(risks);
    else create.run([]);
  };
  return (
    <>
      <SideDrawer
        title="Create a new OAuth client"
        label="Client settings"
        onClose={onClose}
        onSubmit={submit}
        formRef={element}
        note={<SaveFailure title="The client was not created" error={create.error} unplaced={unplaced} lost={LOST} />}
        foot={<CreateFoot form={form} pending={create.pending} onClose={onClose} />}
      >
        <SettingsFields form={form} />
      </SideDrawer>
      {asked.length > 0 && (
        <HighRiskDialog
          settings={toSettings(form.values)}
          risks={asked}
          action="Create anyway"
          pending={create.pending}
          onConfirm={() => create.run(asked)}
          onBack={() => setAsked([])}
        />
      )}
      {unsaved.asked && <DiscardDialog text={NOT_CREATED} onStay={unsaved.stay} onDiscard={unsaved.discard} />}
    </>
  );
}

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

const NOT_CREATED = 'The client has not been created. What you entered is not kept.';

const LOST = {
  title: 'The client may have been created',
  text: 'The connection was lost before the answer came. Look for it in the list: if it is there, rotate its secret to get a new one. If not, create it again.',
};

/** Sends the settings, and takes what comes back: credentials, a risk to confirm, or faults for the fields. */
function useCreate(form: SettingsForm, element: RefObject<HTMLFormElement | null>) {
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<readonly RiskCode[]>([]);
  const [created, setCreated] = useState<CreatedClient | null>(null);
  const [unplaced, setUnplaced] = useState<readonly string[]>([]);
  const create = useAction({
    mutationFn: (confirmed_risks: readonly RiskCode[]) =>
      api<CreatedClient>('POST', '/oauth-clients', { ...cleaned(toSettings(form.getValues())), confirmed_risks }),
    onMutate: () => setUnplaced([]),
    onSuccess: async (answer) => {
      setCreated(answer);
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: async (error) => {
      setAsked(isProblem(error, 'confirmation-required') ? (error.document.risks ?? []) : []);
      if (isProblem(error, 'validation-failed')) {
        setUnplaced(takeViolations(form, error.document.errors ?? []));
        focusFirstFault(element.current);
      }
      // Whether it was created is unknown: the list behind tells.
      if (error instanceof NetworkError) await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
  });
  return { asked, setAsked, created, create, unplaced };
}
