import { LAST_USED_GRANULARITY_SECONDS, type Membership, SESSION_SECRET_PREFIX, type UserRef } from '@behalf/domain';
import type { Actor, Origin } from '../platform/actor.js';
import type { Statement } from '../platform/database/batcher.js';
import { actingOrganization, instant, sessionLive } from './session-sql.js';

/** A live browser session with its user, both as of now. */
export interface CurrentSession {
  readonly session_id: string;
  readonly user: UserRef;
  /** As it was when the sign-in began; carried into every grant that this session consents to. */
  readonly user_epoch: number;
  readonly session_epoch: number;
  readonly home_organization_id: string;
  /** The organization that the session acts in. */
  readonly organization_id: string;
  readonly memberships: readonly Membership[];
  readonly authenticated_at: Date;
}

export interface CurrentRow extends CurrentSession {
  /** Its last use was written long enough ago to be written again. */
  readonly stale: boolean;
}

const COOKIE_VALUE = new RegExp(`^${SESSION_SECRET_PREFIX}[A-Za-z0-9_-]{43}$`);

/** Whether a cookie's value can be a session's; anything else is not worth a read. */
export function isSessionSecret(value: string | undefined): value is string {
  return value !== undefined && COOKIE_VALUE.test(value);
}

/** A short idle end, as tests set it, must not come before a use is written. */
export function granularity(idle_seconds: number): number {
  return Math.min(LAST_USED_GRANULARITY_SECONDS, idle_seconds / 4);
}

/** $1 hash of the cookie, $2 the clock's bind value, $3 idle seconds, $4 seconds between two writes of the last use. */
export const CURRENT: Statement = {
  name: 'current_session',
  text: `
SELECT s.id AS session_id, s.user_epoch, s.session_epoch, s.authenticated_at, u.home_organization_id,
       jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name) AS user,
       ${actingOrganization('s.organization_id')} AS organization_id,
       coalesce((SELECT jsonb_agg(jsonb_build_object('team_id', m.team_id, 'organization_id', m.organization_id, 'role', m.role))
                   FROM membership m WHERE m.user_id = u.id), '[]') AS memberships,
       s.last_active_at < ${instant('$2')} - make_interval(secs => $4) AS stale
  FROM ui_session s JOIN user_account u ON u.id = s.user_id
 WHERE s.token_hash = $1 AND ${sessionLive('$2', '$3')}`,
};

/** The caller that a browser session stands for. */
export function sessionActor(session: CurrentSession, origin: Origin): Actor {
  return {
    channel: 'ui',
    user: session.user,
    home_organization_id: session.home_organization_id,
    organization_id: session.organization_id,
    memberships: session.memberships,
    scope: null,
    session_id: session.session_id,
    client_id: null,
    client_name: null,
    token_id: null,
    origin,
  };
}
