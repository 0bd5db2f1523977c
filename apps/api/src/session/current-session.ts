import { LAST_USED_GRANULARITY_SECONDS, type Membership, SESSION_SECRET_PREFIX, type UserRef } from '@behalf/domain';
import { MEMBER_OF, toMemberships } from '../directory/index.js';
import type { Actor, Origin } from '../platform/actor.js';
import { SEPARATOR, SEPARATOR_ESCAPE, type Statement, type Text } from '../platform/database/batcher.js';
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

const COOKIE_VALUE = new RegExp(`^${SESSION_SECRET_PREFIX}[A-Za-z0-9_-]{43}$`);

/** Whether a cookie's value can be a session's; anything else is not worth a read. */
export function isSessionSecret(value: string | undefined): value is string {
  return value !== undefined && COOKIE_VALUE.test(value);
}

/** A short idle end, as tests set it, must not come before a use is written. */
export function granularity(idle_seconds: number): number {
  return Math.min(LAST_USED_GRANULARITY_SECONDS, idle_seconds / 4);
}

/**
 * $1 hashes of cookies, $2 the clock's bind value, $3 idle seconds, $4 seconds between two writes of the last use. Each session is looked
 * up by its hash, whatever a plan of joins would make of a table that is small when the statement is first prepared; the organization is
 * nearly always the one that it acted in before, which the memberships tell.
 */
export const CURRENT: Statement = {
  name: 'current_sessions',
  text: `
SELECT concat_ws(E'${SEPARATOR_ESCAPE}', k.n, s.id, u.id, s.user_epoch, s.session_epoch, u.home_organization_id,
         CASE WHEN m.stays THEN s.organization_id ELSE ${actingOrganization('s.organization_id')} END,
         trunc(extract(epoch FROM s.authenticated_at) * 1000), s.last_active_at < ${instant('$2')} - make_interval(secs => $4)),
       u.email, u.name, m.member_of
  FROM unnest($1::bytea[]) WITH ORDINALITY k(token_hash, n)
 CROSS JOIN LATERAL (SELECT * FROM ui_session one WHERE one.token_hash = k.token_hash LIMIT 1) s
  JOIN user_account u ON u.id = s.user_id
 CROSS JOIN LATERAL (SELECT ${MEMBER_OF} AS member_of, bool_or(m.organization_id = s.organization_id) AS stays
                       FROM membership m WHERE m.user_id = s.user_id) m
 WHERE ${sessionLive('$2', '$3')}`,
};

/** A row of CURRENT: all that can hold no separator packed into one column, then words that people chose, then the memberships. */
export type CurrentRow = [packed: string, email: string, name: string, member_of: Text];

// prettier-ignore
type PackedFields = [
  n: string, session_id: string, user_id: string, user_epoch: string, session_epoch: string, home_organization_id: string,
  organization_id: string, authenticated_at: string, stale: string,
];

/** A session, whether its last use was written long enough ago to be written again, and its place among the hashes, from 1. */
export function toCurrentSession([packed, email, name, member_of]: CurrentRow): { n: number; stale: boolean; session: CurrentSession } {
  const [n, session_id, user_id, user_epoch, session_epoch, home_organization_id, organization_id, authenticated_at, stale] = packed.split(
    SEPARATOR,
  ) as PackedFields;
  const session = {
    session_id,
    user: { id: user_id, email, name },
    user_epoch: Number(user_epoch),
    session_epoch: Number(session_epoch),
    home_organization_id,
    organization_id,
    memberships: toMemberships(member_of),
    authenticated_at: new Date(Number(authenticated_at)),
  };
  return { n: Number(n), stale: stale === 't', session };
}

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
