import { effectivePermissions, type Membership, type Permission, type UserRef } from '@behalf/domain';
import { Problem } from './problem.js';

/** Where a request came from, as the audit log records it. */
export interface Origin {
  readonly request_id: string;
  readonly ip_address: string | null;
  readonly user_agent: string | null;
}

/**
 * Who is calling, judged for this request alone: from a browser session, or through an access token.
 * With a token `memberships` are only the teams it may act on now, so that it never borrows a role the user has elsewhere.
 */
export interface Actor {
  readonly channel: 'ui' | 'oauth';
  readonly user: UserRef;
  readonly home_organization_id: string;
  /** The organization that this request acts in: the browser session's current one, or the token's client's. */
  readonly organization_id: string;
  readonly memberships: readonly Membership[];
  /** Granted scope as of now; null for a browser session, which is not limited by one. */
  readonly scope: readonly string[] | null;
  readonly session_id: string | null;
  readonly client_id: string | null;
  readonly client_name: string | null;
  readonly token_id: string | null;
  readonly origin: Origin;
}

/** A client that calls as itself, once it has proven so. */
export interface ClientActor {
  readonly channel: 'oauth';
  readonly user: null;
  readonly organization_id: string;
  readonly client_id: string;
  readonly client_name: string;
  readonly token_id: null;
  readonly origin: Origin;
}

/** Permissions that the actor's roles hold in an organization now, before any scope narrows them. */
export function permissionsIn(actor: Actor, organization_id: string): Set<Permission> {
  return effectivePermissions(
    actor.memberships.filter((membership) => membership.organization_id === organization_id),
    null,
  );
}

/**
 * Demands a permission in the organization that the actor acts in (or another one that is named).
 *
 * @throws Problem `permission-required`
 */
export function requirePermission(actor: Actor, permission: Permission, organization_id = actor.organization_id): void {
  if (!permissionsIn(actor, organization_id).has(permission)) throw permissionRequired(permission, organization_id);
}

/** The refusal that names the permission which is missing. */
export function permissionRequired(permission: Permission, organization_id: string): Problem {
  return new Problem('permission-required', { members: { permission }, organization_id });
}
