import { clientRisks, type ClientSettings, type CreatedClient, type RiskCode } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useState } from 'react';
import { api, isProblem, NetworkError } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { cleaned, focusFirstFault, type SettingsForm, takeViolations, toSettings } from './use-settings.js';

/** Sends the settings, and takes what comes back: credentials, a risk to confirm, faults for the fields, or nothing at all. */
export function useCreate(form: SettingsForm, element: RefObject<HTMLFormElement | null>) {
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<readonly RiskCode[]>([]);
  const [created, setCreated] = useState<CreatedClient | null>(null);
  const [unplaced, setUnplaced] = useState<readonly string[]>([]);
  const [lost, setLost] = useState<ClientSettings | null>(null);
  const [again, setAgain] = useState(false);
  const create = useAction({
    mutationFn: ({ settings, confirmed_risks }: { settings: ClientSettings; confirmed_risks: readonly RiskCode[] }) =>
      api<CreatedClient>('POST', '/oauth-clients', { ...settings, confirmed_risks }),
    onMutate: () => setUnplaced([]),
    onSuccess: async (answer) => {
      setCreated(answer);
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: async (error, { settings }) => {
      setAsked(isProblem(error, 'confirmation-required') ? (error.document.risks ?? []) : []);
      if (isProblem(error, 'validation-failed')) {
        setUnplaced(takeViolations(form, error.document.errors ?? []));
        focusFirstFault(element.current);
      }
      if (!(error instanceof NetworkError)) return;
      // Whether it was created is unknown, and stays so whatever a later attempt is answered: the list behind tells.
      setLost(settings);
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
  });
  const send = (confirmed_risks: readonly RiskCode[]) => create.run({ settings: cleaned(toSettings(form.getValues())), confirmed_risks });
  const proceed = () => {
    setAgain(false);
    const risks = clientRisks(toSettings(form.getValues()));
    if (risks.length) setAsked(risks);
    else send([]);
  };
  const submit = () => {
    if (form.validate().hasErrors) return focusFirstFault(element.current);
    if (lost) setAgain(true);
    else proceed();
  };
  const risk = { asked, confirm: () => send(asked), goBack: () => setAsked([]) };
  const repetition = { isAsked: again, goOn: proceed, goBack: () => setAgain(false) };
  return { submit, risk, repetition, lost, created, unplaced, pending: create.pending, error: create.error };
}

export type Creation = ReturnType<typeof useCreate>;
