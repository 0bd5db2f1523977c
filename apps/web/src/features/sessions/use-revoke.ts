import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { dropRows } from '../../lib/drop-rows.js';
import { api } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { toast, toastFailure } from '../../ui/toast.js';

interface Revocation<Row, Answer> {
  readonly path: string;
  /** The list that the rows go from at once. */
  readonly list: QueryKey;
  readonly isGone: (row: Row) => boolean;
  readonly done: (answer: Answer) => string;
}

/** What else a revocation shows in. */
const TOUCHED = ['connected-apps', 'tokens', 'ui-sessions', 'consents'];

/** Ends access: the rows go at once, and come back when the server refuses. */
export function useRevoke<Row, Answer = void>({ path, list, isGone, done }: Revocation<Row, Answer>) {
  const queryClient = useQueryClient();
  const restore = useRef(() => undefined as void);
  const refresh = () => queryClient.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
  return useAction({
    mutationFn: () => api<Answer>('DELETE', path),
    onMutate: async () => {
      await queryClient.cancelQueries({ queryKey: list });
      restore.current = dropRows(queryClient, list, isGone);
    },
    onSuccess: async (answer) => {
      toast(done(answer));
      await refresh();
    },
    onError: async (error) => {
      restore.current();
      toastFailure('Access was not revoked', error);
      await refresh();
    },
  });
}
