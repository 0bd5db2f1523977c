import { checkClientSettings, checkRedirectUris, type ClientSettings, DEFAULT_CLIENT_SETTINGS, type Violation } from '@behalf/domain';
import { useForm } from '@mantine/form';
import { randomId } from '@mantine/hooks';
import { useState } from 'react';

/** The settings as the form holds them: a redirect URI has an identity of its own, so that removing one keeps the others' fields. */
export interface SettingsValues extends Omit<ClientSettings, 'redirect_uris'> {
  redirect_uris: { key: string; uri: string }[];
}

export const newRedirectUri = (uri = '') => ({ key: randomId(), uri });

/** What goes to the server. */
export function toSettings({ redirect_uris, ...values }: SettingsValues): ClientSettings {
  return { ...values, redirect_uris: redirect_uris.map(({ uri }) => uri) };
}

/** The form's state; the rules are the server's own, each violation at its field. */
export function useSettings() {
  const [violations, setViolations] = useState<readonly Violation[]>([]);
  const form = useForm<SettingsValues>({
    initialValues: { ...DEFAULT_CLIENT_SETTINGS, client_name: '', redirect_uris: [newRedirectUri()] },
  });

  /** The field's message, until the field changes. */
  const errorAt = (pointer: string): string | undefined => violations.find((violation) => violation.pointer === pointer)?.detail;

  /** Forgets what was said about a field and what hangs on it. */
  const clear = (pointer: string) => setViolations((all) => all.filter((each) => each.pointer !== pointer && !each.pointer.startsWith(`${pointer}/`)));

  const set = <K extends keyof SettingsValues>(field: K, value: SettingsValues[K]) => {
    form.setFieldValue(field as string, value as never);
    clear(`/${field}`);
  };

  /** Judges one field when it is left. */
  const judge = (pointer: string) => {
    const found = allViolations(form.getValues()).filter((each) => each.pointer === pointer);
    setViolations((all) => [...all.filter((each) => each.pointer !== pointer), ...found]);
  };

  /** Judges everything; answers the first field at fault, in the order of the form. */
  const check = (): string | undefined => {
    const found = allViolations(form.getValues());
    setViolations(found);
    return first(found);
  };

  /** Shows what the server found. */
  const takeViolations = (found: readonly Violation[]): string => {
    setViolations(found);
    return first(found) ?? '';
  };

  return {
    values: form.values,
    isDirty: () => form.isDirty(),
    set,
    errorAt,
    clear,
    judge,
    check,
    takeViolations,
    faults: () => violations.length,
  };
}

export type SettingsState = ReturnType<typeof useSettings>;

/** The server has the last word on the lowest lifetimes, which a setting of it may lower: only the highest are judged here. */
const NO_MINIMUM = { min_access_seconds: 1, min_refresh_seconds: 1, allow_ipv6_loopback: true };

function allViolations(values: SettingsValues): Violation[] {
  const settings = toSettings(values);
  const violations = checkClientSettings(settings, NO_MINIMUM).filter(({ pointer }) => !pointer.startsWith('/redirect_uris'));
  const uris = checkRedirectUris(settings.redirect_uris, { may_be_empty: settings.resource_server });
  return [...violations, ...uris];
}

const ORDER = [
  '/client_name',
  '/resource_server',
  '/app_type',
  '/team_restrictions',
  '/access_preset',
  '/access_token_lifetime_seconds',
  '/refresh_token_lifetime_seconds',
  '/redirect_uris',
];

function first(found: readonly Violation[]): string | undefined {
  const place = ({ pointer }: Violation) => ORDER.findIndex((each) => pointer.startsWith(each));
  return found.toSorted((left, right) => place(left) - place(right))[0]?.pointer;
}
