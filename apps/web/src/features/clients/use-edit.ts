import { type Client, type ClientSettings, DEFAULT_CLIENT_SETTINGS, type RiskCode, risksToConfirm } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useState } from 'react';
import { api, isProblem } from '../../lib/http.js';
import { clientPath, clientQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { toast } from '../../ui/toast.js';
import { cleaned, focusFirstFault, takeViolations, toSettings, toValues, useSettings } from './use-settings.js';

const SETTINGS = ['client_name', 'redirect_uris', ...Object.keys(DEFAULT_CLIENT_SETTINGS)] as (keyof ClientSettings)[];

/** A client's settings alone. */
export function settingsOf(client: Client): ClientSettings {
  return Object.fromEntries(SETTINGS.map((name) => [name, client[name]])) as unknown as ClientSettings;
}

/** What of the settings differs. */
export function changesBetween(before: ClientSettings, after: ClientSettings): Partial<ClientSettings> {
  const changed = SETTINGS.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name]]));
}

/** An edit, and the version that it is based on. A stale one is never forced: both versions are put side by side first. */
export function useEdit(client: Client, element: RefObject<HTMLFormElement | null>) {
  const { form, base, settings, changes, changed, rebase } = useDraft(client);
  const [asked, setAsked] = useState<readonly RiskCode[]>([]);
  const [unplaced, setUnplaced] = useState<readonly string[]>([]);
  const [alsoRevoke, setAlsoRevoke] = useState(false);
  const save = useSave(base, {
    onSaved: (saved) => {
      setAsked([]);
      setAlsoRevoke(false);
      rebase(saved, settingsOf(saved));
    },
    onRefused: (error) => {
      setAsked(isProblem(error, 'confirmation-required') ? (error.document.risks ?? []) : []);
      const placed = isProblem(error, 'validation-failed');
      setUnplaced(placed ? takeViolations(form, error.document.errors ?? []) : []);
      if (placed) focusFirstFault(element.current);
    },
  });
  const send = (confirmed_risks: readonly RiskCode[]) => save.run({ ...changes, confirmed_risks, also_revoke_tokens: alsoRevoke });
  const submit = () => {
    if (!changed) return;
    if (form.validate().hasErrors) return focusFirstFault(element.current);
    const risks = risksToConfirm(settingsOf(base), settings, []);
    if (risks.length) setAsked(risks);
    else send([]);
  };
  const draft = { form, base, settings, changes, changed, alsoRevoke, setAlsoRevoke };
  const outcome = { asked, goBack: () => setAsked([]), pending: save.pending, error: save.error, unplaced };
  const resolve = (onto: Client, values: ClientSettings) => {
    save.reset();
    rebase(onto, values);
  };
  return { ...draft, ...outcome, submit, save: send, resolve };
}

/** What is typed, beside the version that it is based on. */
function useDraft(client: Client) {
  const [base, setBase] = useState(client);
  const form = useSettings(settingsOf(client));
  const settings = cleaned(toSettings(form.values));
  const changes = changesBetween(settingsOf(base), settings);
  const changed = Object.keys(changes).length > 0;
  const rebase = (onto: Client, values: ClientSettings) => {
    setBase(onto);
    form.setValues(toValues(values));
    form.clearErrors();
  };
  useEffect(() => {
    // Fetched anew while nothing was typed: show what is.
    if (!changed && client.version > base.version) rebase(client, settingsOf(client));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- Only a fetch may rebase, never a keystroke.
  }, [client]);
  return { form, base, settings, changes, changed, rebase };
}

export type Edit = ReturnType<typeof useEdit>;

interface Outcomes {
  readonly onSaved: (client: Client) => void;
  readonly onRefused: (error: Error) => void;
}

function useSave(base: Client, { onSaved, onRefused }: Outcomes) {
  const queryClient = useQueryClient();
  return useAction({
    mutationFn: (body: object) => api<Client>('PATCH', clientPath(base.client_id), { ...body, version: base.version }),
    onSuccess: async (saved) => {
      queryClient.setQueryData(clientQuery(base.client_id).queryKey, saved);
      onSaved(saved);
      toast(`${saved.client_name} was saved`);
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: onRefused,
  });
}
