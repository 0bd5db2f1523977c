import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { dropRows } from '../../lib/drop-rows.js';
import { act } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { type Receipt, useReceipt } from '../../ui/receipt.js';
import { toastFailure } from '../../ui/toast.js';

interface Revocation<Row, Answer> {
  readonly path: string;
  /** The list that the rows go from at once. */
  readonly list: QueryKey;
  readonly isGone: (row: Row) => boolean;
  readonly receipt: (answer: Answer) => Receipt;
}

/** What else a revocation shows in. */
const TOUCHED = ['connected-apps', 'tokens', 'ui-sessions', 'consents', 'effective-access'];

/** Ends access: the rows go at once, and come back when the server refuses; a receipt says what ended. */
export function useRevoke<Row, Answer = void>({ path, list, isGone, receipt }: Revocation<Row, Answer>) {
  const queryClient = useQueryClient();
  const show = useReceipt();
  const restore = useRef(() => undefined as void);
  const refresh = () => queryClient.invalidateQueries({ predicate: ({ queryKey }) => TOUCHED.includes(String(queryKey[0])) });
  return useAction({
    mutationFn: () => act<Answer>('DELETE', path),
    onMutate: async () => {
      await queryClient.cancelQueries({ queryKey: list });
      restore.current = dropRows(queryClient, list, isGone);
    },
    onSuccess: async (done) => {
      show(receipt(done.answer), done);
      await refresh();
    },
    onError: async (error) => {
      restore.current();
      toastFailure('Access was not revoked', error);
      await refresh();
    },
  });
}
