import { clientRisks, type CreatedClient, type RiskCode } from '@behalf/domain';
import { Button, Drawer } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, isProblem, NetworkError, ProblemError } from '../../lib/http.js';
import { Note } from '../../ui/states.js';
import { CloseButton } from './close-button.js';
import { CredentialsDialog } from './credentials-dialog.js';
import { DiscardDialog } from './discard-dialog.js';
import { HighRiskDialog } from './high-risk-dialog.js';
import { SettingsForm } from './settings-form.js';
import { SignInDialog } from './sign-in-dialog.js';
import { toSettings, useSettings } from './use-settings.js';

const BODY_ID = 'create-client-body';

/** Registering a client: six sections, then its credentials, once. */
export function CreateDrawer() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const form = useSettings();
  const [asked, setAsked] = useState<RiskCode[]>([]);
  const [created, setCreated] = useState<CreatedClient | null>(null);
  const leaving = useRef(false);
  const close = () => void navigate({ to: '/settings/oauth-clients', search: (search) => search });

  const create = useMutation({
    mutationFn: (confirmed_risks: RiskCode[]) => api<CreatedClient>('POST', '/oauth-clients', { ...toSettings(form.values), confirmed_risks }),
    onSuccess: async (answer) => {
      setAsked([]);
      setCreated(answer);
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: async (error) => {
      setAsked([]);
      if (isProblem(error, 'confirmation-required')) setAsked(error.document.risks ?? clientRisks(toSettings(form.values)));
      if (isProblem(error, 'validation-failed')) focusFirst(form.takeViolations(error.document.errors ?? []));
      // Whether it was created is unknown: the list behind tells.
      if (error instanceof NetworkError) await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
  });

  const blocker = useBlocker({
    shouldBlockFn: () => !leaving.current && form.isDirty() && created === null,
    enableBeforeUnload: () => form.isDirty() && created === null,
    withResolver: true,
  });

  const submit = () => {
    if (create.isPending) return;
    const broken = form.check();
    if (broken) return focusFirst(broken);
    const risks = clientRisks(toSettings(form.values));
    if (risks.length) setAsked(risks);
    else create.mutate([]);
  };

  if (created) {
    return (
      <CredentialsDialog
        client={created.client}
        client_secret={created.client_secret}
        onDone={() => {
          notifications.show({ message: `${created.client.client_name} was created` });
          close();
        }}
      />
    );
  }
  const faults = form.faults();
  return (
    <>
      <Drawer.Root opened onClose={close} position="right" size={560} closeOnClickOutside>
        <Drawer.Overlay />
        <Drawer.Content aria-label="Create a new OAuth client" className="b-drawer-content">
          <form
            className="b-drawer"
            style={{ height: '100%' }}
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <div className="b-drawer-head">
              <h2>Create a new OAuth client</h2>
              <CloseButton onClick={close} />
            </div>
            <div className="b-drawer-body" id={BODY_ID} tabIndex={0} role="region" aria-label="Client settings">
              <SettingsForm form={form} />
            </div>
            {create.isError && !isProblem(create.error, 'confirmation-required') && <Failure error={create.error} />}
            <div className="b-drawer-foot">
              <span className="b-drawer-state" data-error={faults > 0 || undefined} role="status">
                {faults > 0 && (
                  <span className="b-inline">
                    <IconAlertCircle size={15} stroke={1.6} aria-hidden="true" />
                    {faults === 1 ? '1 field needs attention' : `${faults} fields need attention`}
                  </span>
                )}
              </span>
              <Button variant="default" onClick={close}>
                Cancel
              </Button>
              <Button type="submit" loading={create.isPending}>
                Create OAuth client
              </Button>
            </div>
          </form>
        </Drawer.Content>
      </Drawer.Root>
      {asked.length > 0 && (
        <HighRiskDialog
          risks={asked}
          action="Create anyway"
          busy={create.isPending}
          onConfirm={() => create.mutate(asked)}
          onBack={() => setAsked([])}
        />
      )}
      {blocker.status === 'blocked' && (
        <DiscardDialog
          onStay={blocker.reset}
          onDiscard={() => {
            leaving.current = true;
            blocker.proceed();
          }}
        />
      )}
      {isProblem(create.error, 'not-signed-in') && <SignInDialog onSignedIn={() => create.reset()} />}
    </>
  );
}

/** Why it was not created; the form stays as it is. */
function Failure({ error }: { error: unknown }) {
  if (isProblem(error, 'validation-failed') || isProblem(error, 'not-signed-in')) return null;
  const lost = error instanceof NetworkError;
  return (
    <div role="alert" style={{ padding: '0 24px 12px' }}>
      <Note tone={lost ? 'warning' : 'danger'} title={lost ? 'The client may have been created' : 'The client was not created'}>
        {lost
          ? 'The connection was lost before the answer came. Look for it in the list: if it is there, rotate its secret to get a new one. If not, create it again.'
          : error instanceof Error
            ? error.message
            : 'Something unexpected happened.'}
        {error instanceof ProblemError && error.request_id && error.document.status >= 500 && (
          <>
            {' '}
            Request ID <code className="b-mono">{error.request_id}</code>
          </>
        )}
      </Note>
    </div>
  );
}

/** Scrolls to the first field at fault and puts the cursor there. */
function focusFirst(pointer: string): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(pointer)}"]`) ?? document.getElementById(BODY_ID);
    const input = field?.matches('input,button,textarea') ? field : field?.querySelector<HTMLElement>('input,button,textarea');
    (input ?? field)?.focus();
    (input ?? field)?.scrollIntoView({ block: 'center' });
  });
}

