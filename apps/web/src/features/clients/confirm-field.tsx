import { TextInput } from '@mantine/core';

/** What is typed, exactly, before something is done that cannot be undone. */
export function ConfirmField({ what, value, onChange }: { what: string; value: string; onChange: (typed: string) => void }) {
  return (
    <TextInput
      label={
        <>
          Type <span className="b-mono b-confirm-word">{what}</span> to confirm
        </>
      }
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      autoComplete="off"
      spellCheck={false}
      data-autofocus
    />
  );
}
