import type { SessionInfo } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { api, isProblem } from '../../lib/http.js';
import { leaveTo, resumeAddress, safeReturnPath } from '../../lib/navigate.js';
import { sessionQuery } from '../../lib/resources.js';
import { tellSessionBack } from '../../lib/session-end.js';
import { useAction } from '../../lib/use-action.js';

/**
 * Signs in and goes on: back to the application's request, or to where one came from.
 *
 * @param onWrong what is typed again; a lost connection keeps it
 */
export function useSignIn(request_id: string | undefined, return_to: string | undefined, onWrong: () => void) {
  const queryClient = useQueryClient();
  const router = useRouter();
  return useAction({
    mutationFn: (credentials: { email: string; password: string }) => api<SessionInfo>('POST', '/session', credentials),
    meta: { signs_in_itself: true },
    onSuccess: (session) => {
      if (request_id !== undefined) return leaveTo(resumeAddress(request_id));
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      tellSessionBack();
      router.history.push(safeReturnPath(return_to) ?? '/');
    },
    onError: (error) => {
      if (isProblem(error, 'wrong-credentials')) onWrong();
    },
  });
}
