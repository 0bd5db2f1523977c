import type { User, UserStatus } from '@behalf/domain';
import { useQueryClient } from '@tanstack/react-query';
import { api, isProblem } from '../../lib/http.js';
import { useAction } from '../../lib/use-action.js';
import { toast, toastFailure } from '../../ui/toast.js';

/** Everything that shows users. */
const USER_LISTS = ['users', 'user', 'teams'];

/** The server says only that there is nobody; for a user who stands in the list this is the reason. */
const HOME_ELSEWHERE = 'Only administrators of the user’s home organization can do this.';

/** Changes a user's name or status. Only the home organization's administrators may; for all others the user does not exist. */
export function useChangeUser({ id, name }: Pick<User, 'id' | 'name'>, onDone?: () => void) {
  const refresh = useRefreshUsers();
  return useAction({
    mutationFn: (change: { status?: UserStatus; name?: string }) => api<User>('PATCH', `/users/${encodeURIComponent(id)}`, change),
    onSuccess: async (changed, { status }) => {
      onDone?.();
      toast(status ? `${name} is ${changed.status === 'active' ? 'enabled' : 'disabled'}` : `${changed.name} was saved`);
      await refresh();
    },
    onError: (error) => toastFailure(`${name} was not changed`, error, isProblem(error, 'not-found') ? HOME_ELSEWHERE : undefined),
  });
}

export function useRefreshUsers() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ predicate: ({ queryKey }) => USER_LISTS.includes(String(queryKey[0])) });
}
