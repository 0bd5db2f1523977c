import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isProblem, NetworkError } from './http.js';
import { tellActionLost, tellSessionLost } from './session-end.js';

declare module '@tanstack/react-query' {
  interface Register {
    /** `signs_in_itself`: the page knows what to do when nobody is signed in. */
    mutationMeta: { signs_in_itself?: true };
    /** `incidental`: nobody waits for it, so its refusal is no reason to ask for anything. */
    queryMeta: { incidental?: true };
  }
}

/** One cache for the page. What is asked for is tried again where that may help; what changes something never is. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { state, meta }) => {
      if (meta?.incidental) return;
      // Nothing to lose before something was there: the routes ask for the session themselves.
      if (isProblem(error, 'not-signed-in') && (state.data !== undefined || hasSession())) tellSessionLost();
    },
  }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, { meta }) => {
      if (isProblem(error, 'not-signed-in') && !meta?.signs_in_itself) tellActionLost();
    },
  }),
  defaultOptions: {
    queries: { retry: (count, error) => count < triesAgain(error), staleTime: 5_000 },
    mutations: { retry: false },
  },
});

/** A refusal is an answer. A server that cannot now may be able to in a second, while its database fails over; more would only add to its load. */
function triesAgain(error: unknown): number {
  if (error instanceof NetworkError) return 2;
  return isProblem(error, 'unavailable') ? 1 : 0;
}

function hasSession(): boolean {
  return queryClient.getQueryData(['session']) !== undefined;
}
