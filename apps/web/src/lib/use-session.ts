import type { Permission, SessionInfo } from '@behalf/domain';
import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from './resources.js';

/** Who is signed in. For pages behind the sign-in, which has loaded it. */
export function useSession(): SessionInfo {
  return useSuspenseQuery(sessionQuery).data;
}

/** Whether the signed-in user holds a permission in the organization that is acted in. */
export function usePermission(permission: Permission): boolean {
  return useSession().permissions.includes(permission);
}
