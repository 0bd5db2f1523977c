import {
  checkClientSettings,
  type ClientSettings,
  DEFAULT_CLIENT_SETTINGS,
  DEFAULT_LIMITS,
  mayLackRedirectUris,
  type SettingsLimits,
  type Violation,
} from '@behalf/domain';
import { type FormErrors, useForm, type UseFormReturnType } from '@mantine/form';
import { randomId } from '@mantine/hooks';
import { useState } from 'react';

/** The settings as the form holds them: a redirect URI has an identity of its own, so that removing one keeps the others' fields. */
export interface SettingsValues extends Omit<ClientSettings, 'redirect_uris'> {
  redirect_uris: { key: string; uri: string }[];
}

export type SettingsForm = UseFormReturnType<SettingsValues>;

/** A server setting may lower the least lifetimes: the server has the last word on them, and here only the highest are judged. */
const LOOSE_LIMITS: SettingsLimits = { ...DEFAULT_LIMITS, min_access_seconds: 1, min_refresh_seconds: 1 };

const NEW_CLIENT: ClientSettings = { ...DEFAULT_CLIENT_SETTINGS, client_name: '', redirect_uris: [''] };

export const newRedirectUri = (uri = '') => ({ key: randomId(), uri });

/** What the form holds for settings. */
export function toValues({ redirect_uris, ...settings }: ClientSettings): SettingsValues {
  return { ...settings, redirect_uris: redirect_uris.map(newRedirectUri) };
}

/** What goes to the server. */
export function toSettings({ redirect_uris, ...values }: SettingsValues): ClientSettings {
  return { ...values, redirect_uris: redirect_uris.map(({ uri }) => uri) };
}

/** The form's state; its rules are the server's own. */
export function useSettings(settings: ClientSettings = NEW_CLIENT): SettingsForm {
  const [initialValues] = useState(() => toValues(settings));
  return useForm<SettingsValues>({ initialValues, validate: (values) => toErrors(judge(cleaned(toSettings(values)))) });
}

/** What is broken by the loose limits, in the words of the usual ones. */
function judge(settings: ClientSettings): Violation[] {
  const usual = checkClientSettings(settings);
  return checkClientSettings(settings, LOOSE_LIMITS).map(
    (violation) => usual.find(({ pointer, code }) => pointer === violation.pointer && code === violation.code) ?? violation,
  );
}

/** Whether settings break none of the rules that are known here. */
export function isSound(settings: ClientSettings): boolean {
  return judge(settings).length === 0;
}

/** Violations under the form's own paths: `/redirect_uris/0` is `redirect_uris.0.uri`. Of several on one field the first is told. */
function toErrors(violations: readonly Violation[]): FormErrors {
  const entries = violations.map(({ pointer, detail }) => [
    pointer
      .slice(1)
      .replaceAll('/', '.')
      .replace(/^(redirect_uris\.\d+)$/, '$1.uri'),
    detail,
  ]);
  return Object.fromEntries(entries.toReversed()) as FormErrors;
}

/** What the server found: on the fields that there are, and the rest in words. */
export function takeViolations(form: SettingsForm, violations: readonly Violation[]): string[] {
  const isField = ({ pointer }: Violation) => (pointer.split('/')[1] ?? '') in form.getValues();
  form.setErrors(toErrors(violations.filter(isField)));
  return violations.filter((violation) => !isField(violation)).map(({ detail }) => detail);
}

/** Puts the cursor into the first field at fault. */
export function focusFirstFault(element: HTMLFormElement | null): void {
  requestAnimationFrame(() => {
    const field = element?.querySelector<HTMLElement>('[aria-invalid="true"], [data-fault]');
    field?.focus({ preventScroll: true });
    field?.scrollIntoView({ block: 'center' });
  });
}

export const withoutBlankLines = (lines: readonly string[]): string[] => lines.map((line) => line.trim()).filter(Boolean);

/** Where there may be no redirect URI, one empty field is none. Nor is an empty line a resource. */
export function cleaned(settings: ClientSettings): ClientSettings {
  const { redirect_uris } = settings;
  const resources = withoutBlankLines(settings.resources);
  return {
    ...settings,
    resources,
    ...(mayLackRedirectUris(settings) && redirect_uris.every((uri) => uri === '') && { redirect_uris: [] }),
  };
}
