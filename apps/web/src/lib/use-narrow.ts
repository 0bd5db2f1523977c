import { useMediaQuery } from '@mantine/hooks';

const NARROW = '(max-width: 699px)';

/** Whether the screen is a phone's: tables become cards. */
export function useNarrow(): boolean {
  return useMediaQuery(NARROW, window.matchMedia(NARROW).matches);
}
