import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

const TYPING_PAUSE_MILLISECONDS = 200;

interface Props {
  readonly label?: string;
  readonly placeholder: string;
  /** What the address says; typing changes it after a pause. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly withIcon?: boolean;
  readonly className?: string;
}

/** A field that narrows a list while one types. */
export function SearchField({ label = 'Search', placeholder, value, onChange, withIcon = true, className = 'b-search' }: Props) {
  const [typed, setTyped] = useState(value);
  const settle = useDebouncedCallback((next: string) => onChange(next.trim()), TYPING_PAUSE_MILLISECONDS);
  // eslint-disable-next-line react/set-state-in-effect -- The field follows the address when that changes by itself.
  useEffect(() => setTyped((current) => (current.trim() === value ? current : value)), [value]);
  return (
    <TextInput
      aria-label={label}
      placeholder={placeholder}
      type="search"
      size="sm"
      leftSection={withIcon && <IconSearch size={15} stroke={1.6} />}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        settle(event.currentTarget.value);
      }}
      className={className}
    />
  );
}
