import { type Client, type ClientSettings, DEFAULT_CLIENT_SETTINGS, type RiskCode, risksToConfirm } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { type RefObject, useEffect, useState } from 'react';
import { api, isProblem } from '../../lib/http.js';
import { clientPath, clientQuery } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { toast } from '../../ui/toast.js';
import { type Preview, usePreview } from './use-preview.js';
import { cleaned, focusFirstFault, isSound, takeViolations, toSettings, toValues, useSettings } from './use-settings.js';

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
  const { rebase, ...draft } = useDraft(client);
  const { form, base, settings, changes } = draft;
  const preview = usePreview(base, changes, isSound(settings));
  const revocation = useRevocation(base, settings);
  const [asked, setAsked] = useState<readonly RiskCode[]>([]);
  const [unplaced, setUnplaced] = useState<readonly string[]>([]);
  const save = useSave(base, {
    onSaved: (saved) => {
      setAsked([]);
      revocation.tick(false);
      rebase(saved, settingsOf(saved));
      toast([`${saved.client_name} was saved`, ...preview.effects].join('. '));
    },
    onRefused: (error) => {
      setAsked(isProblem(error, 'confirmation-required') ? (error.document.risks ?? []) : []);
      const placed = isProblem(error, 'validation-failed');
      setUnplaced(placed ? takeViolations(form, error.document.errors ?? []) : []);
      if (placed) focusFirstFault(element.current);
    },
  });
  const send = (confirmed_risks: readonly RiskCode[]) => save.run({ ...changes, confirmed_risks, also_revoke_tokens: revocation.isTicked });
  const hold = useCountFirst(JSON.stringify(changes), preview, () => {
    const risks = risksToConfirm(settingsOf(base), settings, []);
    if (risks.length) setAsked(risks);
    else send([]);
  });
  const submit = () => {
    if (!draft.changed) return;
    if (form.validate().hasErrors) return focusFirstFault(element.current);
    hold.begin();
  };
  const resolve = (onto: Client, values: ClientSettings) => {
    save.reset();
    revocation.tick(false);
    rebase(onto, values);
  };
  const outcome = { asked, goBack: () => setAsked([]), pending: save.pending || hold.isWaiting, error: save.error, unplaced };
  return { ...draft, ...outcome, preview, revocation, hold, submit, save: send, resolve };
}

/** The offer to revoke the live tokens too, for as long as the edit takes a redirect URI away. */
function useRevocation(base: Client, settings: ClientSettings) {
  const [ticked, tick] = useState(false);
  const isOffered = base.redirect_uris.some((uri) => !settings.redirect_uris.includes(uri));
  // Offered anew it has to be chosen anew.
  if (ticked && !isOffered) tick(false);
  return { isOffered, isTicked: isOffered && ticked, tick };
}

/** Nothing is saved before it was said what it ends: a save waits for the count, and where there is none it asks. */
function useCountFirst(key: string, { state }: Preview, proceed: () => void) {
  const [waiting, setWaiting] = useState<string | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const isWaiting = waiting === key;
  // Other changes are another save.
  if (waiting !== null && waiting !== key) setWaiting(null);
  if (asking !== null && asking !== key) setAsking(null);
  useEffect(() => {
    if (!isWaiting || state === 'counting') return;
    setWaiting(null);
    if (state === 'failed') setAsking(key);
    else proceed();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- What is saved is what the key stands for.
  }, [isWaiting, state]);
  const goOn = () => {
    setAsking(null);
    proceed();
  };
  return { isWaiting, isAsking: asking === key, begin: () => setWaiting(key), goOn, goBack: () => setAsking(null) };
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
      await queryClient.invalidateQueries({ queryKey: ['oauth-clients'] });
    },
    onError: async (error) => {
      onRefused(error);
      // Gone: what is shown has to be looked at again.
      if (isProblem(error, 'not-found'))
        await queryClient.invalidateQueries({ queryKey: clientQuery(base.client_id).queryKey, exact: true });
    },
  });
}
