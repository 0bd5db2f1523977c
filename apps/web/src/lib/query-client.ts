import { QueryClient } from '@tanstack/react-query';
import { NetworkError } from './http.js';

/** One cache for the page; a refusal is an answer, so only a lost network is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: (count, error) => error instanceof NetworkError && count < 2, staleTime: 5_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
