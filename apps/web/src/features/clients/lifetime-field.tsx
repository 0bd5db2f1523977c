import {
  ACCESS_TOKEN_LIFETIME_OPTIONS,
  fromLifetime,
  LIFETIME_UNITS,
  type LifetimeUnit,
  REFRESH_TOKEN_LIFETIME_OPTIONS,
  toLifetime,
} from '@behalf/domain';
import { NumberInput, Select } from '@mantine/core';
import { useState } from 'react';

const CUSTOM = 'custom';
const OPTIONS = { Access: ACCESS_TOKEN_LIFETIME_OPTIONS, Refresh: REFRESH_TOKEN_LIFETIME_OPTIONS };

interface Props {
  readonly kind: 'Access' | 'Refresh';
  readonly seconds: number;
  readonly error: string | undefined;
  readonly onChange: (seconds: number) => void;
  readonly onBlur: () => void;
}

/** A lifetime: one of the usual ones, or any value in any unit. */
export function LifetimeField({ kind, seconds, error, onChange, onBlur }: Props) {
  const label = `${kind} token lifetime`;
  const listed = OPTIONS[kind].some((option) => option.seconds === seconds);
  const [custom, setCustom] = useState(!listed);
  const [{ value, unit }, setEntry] = useState<{ value: number | string; unit: LifetimeUnit }>(() => fromLifetime(seconds));
  const enter = (entry: { value: number | string; unit: LifetimeUnit }) => {
    setEntry(entry);
    onChange(typeof entry.value === 'number' ? toLifetime(entry.value, entry.unit) : NaN);
  };
  const pointer = `/${kind.toLowerCase()}_token_lifetime_seconds`;
  return (
    <div data-pointer={pointer}>
      <div className="b-lifetime">
        <Select
          label={label}
          w={200}
          allowDeselect={false}
          data={[...OPTIONS[kind].map((option) => ({ value: String(option.seconds), label: option.label })), { value: CUSTOM, label: 'Custom' }]}
          value={custom ? CUSTOM : String(seconds)}
          error={!custom && error}
          onChange={(chosen) => {
            setCustom(chosen === CUSTOM);
            if (chosen === CUSTOM) setEntry(fromLifetime(seconds));
            else onChange(Number(chosen));
          }}
        />
      </div>
      {custom && (
        <div className="b-lifetime" style={{ marginTop: 12 }}>
          <NumberInput
            label={`${label} value`}
            w={200}
            min={1}
            allowDecimal={false}
            allowNegative={false}
            value={value}
            error={error}
            onChange={(entered) => enter({ value: entered, unit })}
            onBlur={onBlur}
          />
          <Select
            label={`${label} unit`}
            w={150}
            allowDeselect={false}
            data={LIFETIME_UNITS.map((each) => ({ value: each.unit, label: each.label }))}
            value={unit}
            onChange={(chosen) => chosen && enter({ value, unit: chosen as LifetimeUnit })}
          />
        </div>
      )}
    </div>
  );
}
