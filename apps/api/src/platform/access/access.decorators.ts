import type { Permission } from '@behalf/domain';
import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Actor } from '../actor.js';
import type { Request } from '../http/request.js';

/** What a route of the management API asks of its caller. A route that declares nothing is refused, and stops the start. */
export type AccessRule =
  | { readonly kind: 'public' }
  | { readonly kind: 'resource-server' }
  | { readonly kind: 'signed-in'; readonly token: boolean; readonly everyones?: Permission | undefined }
  | { readonly kind: 'permission'; readonly permission: Permission; readonly token: boolean }
  | { readonly kind: 'named-organization-permission'; readonly permission: Permission }
  | { readonly kind: 'team-permission'; readonly permission: Permission };

/** Whether a route takes access tokens; where it does not, one is answered 401. */
export function takesTokens(rule: AccessRule): boolean {
  if (rule.kind === 'public' || rule.kind === 'resource-server') return false;
  return 'token' in rule ? rule.token : true;
}

export const ACCESS_RULE = 'behalf:access-rule';

/** Open to every browser, still guarded against writes from foreign sites; an access token is answered 401. */
export const Public = () => SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'public' });

/**
 * Whoever is signed in, by browser session or access token; the handler itself judges whose rows it touches.
 *
 * @param everyones the permission that `show=organization` asks for
 */
export const SignedIn = ({ everyones }: { everyones?: Permission } = {}) =>
  SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'signed-in', token: true, everyones });

/** Whoever is signed in with a browser session; an access token is answered 401. */
export const BrowserOnly = () => SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'signed-in', token: false });

/** A client that is marked as resource server and proves itself by HTTP Basic; browsers and access tokens are answered 401. */
export const ResourceServerOnly = () => SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'resource-server' });

/**
 * Whoever holds the permission in the organization that the request acts in.
 *
 * @param token false for what hands out more than a token may hold; one is answered 401
 */
export const RequirePermission = (permission: Permission, { token = true }: { token?: boolean } = {}) =>
  SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'permission', permission, token });

/** Whoever holds the permission in the organization that the body names as `organization_id`; one out of reach is a 404. */
export const RequirePermissionInNamedOrganization = (permission: Permission) =>
  SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'named-organization-permission', permission });

/** Whoever holds the permission in the organization of the team that the path names as `:team_id`; a team out of reach is a 404. */
export const RequireTeamPermission = (permission: Permission) =>
  SetMetadata<string, AccessRule>(ACCESS_RULE, { kind: 'team-permission', permission });

export const GUARDED_BODY = 'behalf:guarded-body';

/** Names the body that a guard reads and judges, where the handler itself takes none. */
export const GuardedBody = (dto: new () => object) => SetMetadata(GUARDED_BODY, dto);

/** The caller, for a handler's parameter. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<Request>();
  if (!actor) throw new Error('A handler asked for the actor on a route that admits anyone.');
  return actor;
});
