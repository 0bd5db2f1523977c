import {
  type ComboboxProps,
  MultiSelect as LibraryMultiSelect,
  type MultiSelectProps,
  Select as LibrarySelect,
  type SelectProps,
} from '@mantine/core';
import { useReducer } from 'react';

/** A list of which one is chosen. */
export function Select<T extends string = string>(props: SelectProps<T>) {
  return <LibrarySelect {...props} comboboxProps={useAnnounced(props.comboboxProps)} />;
}

/** A list of which some are chosen. */
export function MultiSelect(props: MultiSelectProps) {
  return <LibraryMultiSelect {...props} comboboxProps={useAnnounced(props.comboboxProps)} />;
}

/**
 * A closed list is not in the page, so nothing finds its words there. The library learns the list's id only once it is
 * shown: it is made to look again, or a screen reader would not hear that the list opened.
 */
function useAnnounced(given: ComboboxProps | undefined): ComboboxProps {
  const [, look] = useReducer((looks: number) => looks + 1, 0);
  return { ...given, keepMounted: false, transitionProps: { duration: 0 }, onEnterTransitionEnd: () => setTimeout(look) };
}
