import {
  ACCESS_TOKEN_LIFETIME_OPTIONS,
  fromLifetime,
  LIFETIME_UNITS,
  type LifetimeUnit,
  parseLifetime,
  REFRESH_TOKEN_LIFETIME_OPTIONS,
} from '@behalf/domain';
import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { Select } from '../../ui/select.js';
import type { SettingsForm } from './use-settings.js';

const CUSTOM = 'custom';
const OPTIONS = { Access: ACCESS_TOKEN_LIFETIME_OPTIONS, Refresh: REFRESH_TOKEN_LIFETIME_OPTIONS };
const FIELDS = { Access: 'access_token_lifetime_seconds', Refresh: 'refresh_token_lifetime_seconds' } as const;

/** A value of its own, as it is typed. */
interface Entry {
  readonly value: string;
  readonly unit: LifetimeUnit;
}

interface Props {
  readonly kind: 'Access' | 'Refresh';
  readonly form: SettingsForm;
}

/** A lifetime: one of the usual ones, or any value in any unit. */
export function LifetimeField({ kind, form }: Props) {
  const field = FIELDS[kind];
  const seconds = form.values[field];
  const { entry, enter, leave } = useEntry(kind, seconds);
  const error = form.errors[field];
  const change = (next: number) => {
    form.setFieldValue(field, next);
    // The refresh lifetime is judged against the access lifetime.
    if (kind === 'Access') form.clearFieldError(FIELDS.Refresh);
  };
  const choose = (chosen: string) => {
    if (chosen === CUSTOM) return enter(toEntry(seconds));
    leave();
    change(Number(chosen));
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
        value={entry ? CUSTOM : String(seconds)}
        error={!entry && error}
        onChange={(chosen) => chosen && choose(chosen)}
        onBlur={() => form.validateField(field)}
      />
      {entry && (
        <CustomLifetime
          label={`${kind} token lifetime`}
          entry={entry}
          error={error}
          onChange={(next) => {
            enter(next);
            change(toSeconds(next));
          }}
          onBlur={() => form.validateField(field)}
        />
      )}
    </>
  );
}

/** What is typed, for as long as it is what the form holds: when the form takes another value, that is what shows. */
function useEntry(kind: Props['kind'], seconds: number) {
  const [typed, enter] = useState<Entry | null>(null);
  const listed = OPTIONS[kind].some((option) => option.seconds === seconds);
  const current = typed !== null && Object.is(toSeconds(typed), seconds);
  const entry = current ? typed : listed ? null : toEntry(seconds);
  return { entry, enter, leave: () => enter(null) };
}

function toEntry(seconds: number): Entry {
  const { value, unit } = fromLifetime(seconds);
  return { value: String(value), unit };
}

function toSeconds({ value, unit }: Entry): number {
  return parseLifetime(value, unit);
}

interface CustomProps {
  readonly label: string;
  readonly entry: Entry;
  readonly error: React.ReactNode;
  readonly onChange: (entry: Entry) => void;
  readonly onBlur: () => void;
}

function CustomLifetime({ label, entry, error, onChange, onBlur }: CustomProps) {
  return (
    <div className="b-lifetime">
      <TextInput
        label={`${label} value`}
        w={200}
        inputMode="numeric"
        autoComplete="off"
        value={entry.value}
        error={error}
        onChange={(event) => onChange({ ...entry, value: event.currentTarget.value })}
        onBlur={onBlur}
      />
      <Select
        label={`${label} unit`}
        w={200}
        allowDeselect={false}
        data={LIFETIME_UNITS.map(({ unit, label: name }) => ({ value: unit, label: name }))}
        value={entry.unit}
        onChange={(unit) => unit && onChange({ ...entry, unit })}
        onBlur={onBlur}
      />
    </div>
  );
}
