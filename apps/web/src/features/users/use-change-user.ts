import type { User, UserStatus } from '@behalf/domain';
import { api } from '../../lib/http.js';
import { userPath } from '../../lib/resources.js';
import { useAction } from '../../lib/use-action.js';
import { toast } from '../../ui/toast.js';
import { useRefreshPeople } from './use-people.js';

interface Told {
  /** What the toast says. */
  readonly done: (changed: User) => string;
  readonly onDone: () => void;
  readonly onRefused?: (error: Error) => void;
}

/** Changes a user's name or status, which is for the administrators of their home organization. */
export function useChangeUser({ id }: Pick<User, 'id'>, { done, onDone, onRefused }: Told) {
  const refresh = useRefreshPeople();
  return useAction({
    mutationFn: (change: { status?: UserStatus; name?: string }) => api<User>('PATCH', userPath(id), change),
    onSuccess: async (changed) => {
      toast(done(changed));
      await refresh(onDone);
    },
    ...(onRefused && { onError: onRefused }),
  });
}
