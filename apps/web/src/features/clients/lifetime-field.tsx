import { ACCESS_TOKEN_LIFETIME_OPTIONS, fromLifetime, LIFETIME_UNITS, REFRESH_TOKEN_LIFETIME_OPTIONS, toLifetime } from '@behalf/domain';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Select } from '../../ui/select.js';
import type { SettingsForm } from './use-settings.js';

const CUSTOM = 'custom';
const OPTIONS = { Access: ACCESS_TOKEN_LIFETIME_OPTIONS, Refresh: REFRESH_TOKEN_LIFETIME_OPTIONS };
const FIELDS = { Access: 'access_token_lifetime_seconds', Refresh: 'refresh_token_lifetime_seconds' } as const;

interface Props {
  readonly kind: 'Access' | 'Refresh';
  readonly form: SettingsForm;
}

/** A lifetime: one of the usual ones, or any value in any unit. */
export function LifetimeField({ kind, form }: Props) {
  const field = FIELDS[kind];
  const seconds = form.values[field];
  const [custom, setCustom] = useState(() => !OPTIONS[kind].some((option) => option.seconds === seconds));
  const error = form.errors[field];
  const change = (next: number) => {
    form.setFieldValue(field, next);
    // The refresh lifetime is judged against the access lifetime.
    if (kind === 'Access') form.clearFieldError(FIELDS.Refresh);
  };
  return (
    <>
      <Select
        label={`${kind} token lifetime`}
        w={200}
        allowDeselect={false}
        data={[
          ...OPTIONS[kind].map((option) => ({ value: String(option.seconds), label: option.label })),
          { value: CUSTOM, label: 'Custom' },
        ]}
        value={custom ? CUSTOM : String(seconds)}
        error={!custom && error}
        onChange={(chosen) => {
          setCustom(chosen === CUSTOM);
          if (chosen !== CUSTOM) change(Number(chosen));
        }}
        onBlur={() => form.validateField(field)}
      />
      {custom && (
        <CustomLifetime
          label={`${kind} token lifetime`}
          seconds={seconds}
          error={error}
          onChange={change}
          onBlur={() => form.validateField(field)}
        />
      )}
    </>
  );
}

interface CustomProps {
  readonly label: string;
  readonly seconds: number;
  readonly error: React.ReactNode;
  readonly onChange: (seconds: number) => void;
  readonly onBlur: () => void;
}

function CustomLifetime({ label, seconds, error, onChange, onBlur }: CustomProps) {
  const [entry, setEntry] = useState(() => {
    const { value, unit } = fromLifetime(seconds);
    return { value: String(value), unit };
  });
  const enter = (next: typeof entry) => {
    setEntry(next);
    onChange(next.value.trim() === '' ? NaN : toLifetime(Number(next.value), next.unit));
  };
  return (
    <div className="b-lifetime">
      <TextInput
        label={`${label} value`}
        w={200}
        inputMode="numeric"
        autoComplete="off"
        value={entry.value}
        error={error}
        onChange={(event) => enter({ ...entry, value: event.currentTarget.value })}
        onBlur={onBlur}
      />
      <Select
        label={`${label} unit`}
        w={200}
        allowDeselect={false}
        data={LIFETIME_UNITS.map(({ unit, label: name }) => ({ value: unit, label: name }))}
        value={entry.unit}
        onChange={(unit) => unit && enter({ ...entry, unit })}
        onBlur={onBlur}
      />
    </div>
  );
}
