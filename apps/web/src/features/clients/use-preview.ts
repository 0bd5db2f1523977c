import type { Client, ClientSettings } from '@behalf/domain';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { NetworkError, ProblemError } from '../../lib/http.js';
import { plural } from '../../lib/format.js';
import { previewQuery } from '../../lib/resources.js';

const TYPING_PAUSE_MILLISECONDS = 300;
const SERVER_FAULT = 500;

export interface Preview {
  /**
   * What is known of exactly these changes: nothing to ask (`none`), the answer is under way (`counting`), there
   * (`counted`), or could not be had (`failed`). What the server refuses to count it refuses to save (`none`).
   */
  readonly state: 'none' | 'counting' | 'counted' | 'failed';
  /** In words; while counting, whether the changes before these had any. */
  readonly effects: readonly string[];
  readonly retry: () => void;
}

/** What an edit would do to live grants, counted by the server while it is typed. */
export function usePreview(base: Client, changes: Partial<ClientSettings>, isValid: boolean): Preview {
  const key = JSON.stringify(changes);
  const [settled] = useDebouncedValue(key, TYPING_PAUSE_MILLISECONDS);
  const wanted = isValid && key !== '{}';
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({
    ...previewQuery(base.client_id, JSON.parse(settled) as Partial<ClientSettings>),
    enabled: wanted && settled === key,
    placeholderData: keepPreviousData,
  });
  const effects = data && wanted ? effectsOf(data) : [];
  const retry = () => void refetch();
  if (!wanted) return { state: 'none', effects, retry };
  if (settled !== key || isPlaceholderData || (isFetching && !data)) return { state: 'counting', effects, retry };
  if (data) return { state: 'counted', effects, retry };
  return { state: isUnanswered(error) ? 'failed' : 'none', effects, retry };
}

function isUnanswered(error: Error | null): boolean {
  return error instanceof NetworkError || (error instanceof ProblemError && error.document.status >= SERVER_FAULT);
}

function effectsOf({ ends, narrows }: { ends: number; narrows: number }): string[] {
  return [
    ends > 0 ? `${plural(ends, 'authorization ends', 'authorizations end')} for good.` : '',
    narrows > 0 ? `${plural(narrows, 'authorization is', 'authorizations are')} narrowed.` : '',
  ].filter((text) => text !== '');
}
