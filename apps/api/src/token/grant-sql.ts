/** The client and the user that judge a grant g, as c and u. */
export const OWNERS = `JOIN oauth_client c ON c.client_id = g.client_id JOIN user_account u ON u.id = g.user_id`;

/** Grants with the client and the user that judge them, as g, c and u. */
export const GRANTS_WITH_OWNERS = `authorization_grant g ${OWNERS}`;

/** The grant's refresh token still counts: `refresh_live` of the live read. */
const REFRESH_LIVE = `(g.refresh_token_lifetime_seconds IS NOT NULL AND c.issue_refresh_token AND g.refresh_epoch = c.refresh_epoch)`;

interface EndTerms {
  readonly refresh?: string | undefined;
  readonly refresh_lifetime?: string;
  readonly access_lifetime?: string;
}

/** `grantEnd` of the rules library as an expression, for lists and counts; a test holds the two against each other. */
export function grantEnd({
  refresh = REFRESH_LIVE,
  refresh_lifetime = 'c.refresh_token_lifetime_seconds',
  access_lifetime = 'c.access_token_lifetime_seconds',
}: EndTerms = {}): string {
  return `(CASE WHEN ${refresh}
  THEN ${wholeSeconds('g.created_at')} + least(g.refresh_token_lifetime_seconds, ${refresh_lifetime}) * interval '1 second'
  ELSE ${wholeSeconds('coalesce(g.rotated_at, g.created_at)')} + least(g.access_token_lifetime_seconds, ${access_lifetime}) * interval '1 second' END)`;
}

export const GRANT_END = grantEnd();

/** `date_bin` is plain arithmetic, where `date_trunc` takes the calendar and its zones apart: on 10,000 rows it halves a page's time. */
function wholeSeconds(instant: string): string {
  return `date_bin('1 second', ${instant}, timestamptz 'epoch')`;
}

const isNow = (now: string): string => `coalesce(${now}::timestamptz, clock_timestamp())`;

/** Of a whole statement: known before an index is searched by it, which the clock, asked row by row, is not. */
const oneNow = (now: string): string => `(SELECT ${isNow(now)})`;

/** The user u of a grant g does not stand against it. */
const USER_STANDS = `g.user_epoch = u.epoch AND u.status = 'active'`;

/**
 * The same without a join: of the users, only those are looked at who were ever disabled. There are few, where a thousand grants have a
 * thousand users.
 *
 * @param of the grant, or its projection
 */
const userStands = (of: string): string => `CASE WHEN ${of}.user_id IN (SELECT id FROM user_account WHERE status <> 'active' OR epoch <> 0)
  THEN coalesce((SELECT u.epoch FROM user_account u WHERE u.id = ${of}.user_id AND u.status = 'active') = ${of}.user_epoch, false)
  ELSE ${of}.user_epoch = 0 END`;

/**
 * Live but for its own revocation: its code was exchanged, it has not ended, and neither client nor user stands against it.
 *
 * @param now a placeholder for the clock's bind value
 * @param client_epoch the epoch that the grant has to carry; another one for what an epoch has just ended
 */
export const GRANT_STANDS = (now: string, client_epoch = 'c.epoch', user = USER_STANDS): string => `g.generation > 0
  AND g.client_epoch = ${client_epoch} AND c.status = 'enabled' AND ${user}
  AND (cardinality(g.team_ids) < 2 OR g.multi_team_epoch = c.multi_team_epoch)
  AND ${GRANT_END} > ${isNow(now)}`;

/** Nothing final stands against it, its code was exchanged, and it has not ended; `now` is a placeholder for the clock's bind value. */
export const GRANT_LIVE = (now: string, client_epoch?: string): string => `g.revoked_at IS NULL AND ${GRANT_STANDS(now, client_epoch)}`;

/** The same for a grant with its client c alone, of which very many are asked. */
export const GRANT_LIVE_OF_MANY = (now: string): string => `g.revoked_at IS NULL AND ${GRANT_STANDS(now, 'c.epoch', userStands('g'))}`;

/** What a grant's end is without its refresh token; that moves with each refresh, so the grant itself is asked. */
const accessEnd = `(SELECT ${wholeSeconds('coalesce(g.rotated_at, g.created_at)')} + least(g.access_token_lifetime_seconds, c.access_token_lifetime_seconds) * interval '1 second'
  FROM authorization_grant g WHERE g.id = s.grant_id)`;

/** `grantEnd` for a row s of standing_grant, which tells it without the grant while the refresh token counts. */
export const STANDING_END = `CASE WHEN c.issue_refresh_token AND s.refresh_epoch = c.refresh_epoch
  THEN least(s.refresh_ends_at, ${wholeSeconds('s.created_at')} + c.refresh_token_lifetime_seconds * interval '1 second') ELSE ${accessEnd} END`;

/** All of `STANDING_LIVE` but its end. */
const standingStands = (client_epoch: string): string => `s.client_id = c.client_id AND s.client_epoch = ${client_epoch}
  AND c.status = 'enabled' AND (s.multi_team_epoch IS NULL OR s.multi_team_epoch = c.multi_team_epoch) AND ${userStands('s')}`;

/**
 * `GRANT_LIVE` for a row s of standing_grant, which the database keeps for every grant that was exchanged and not revoked, and its
 * client c; a test holds the two against each other.
 */
export const STANDING_LIVE = (now: string, client_epoch = 'c.epoch'): string =>
  `${standingStands(client_epoch)} AND ${STANDING_END} > ${oneNow(now)}`;

/** The first instant from which on a grant has not outlived the lifetime that its client c has now: `STANDING_END` the other way round. */
const notOutlivedSince = (now: string): string =>
  `${wholeSeconds(`${oneNow(now)} - c.refresh_token_lifetime_seconds * interval '1 second'`)} + interval '1 second'`;

/**
 * `STANDING_LIVE` inside a subselect for one client c of many, where what depends on the client alone is worked out once for all of its
 * grants.
 */
export const STANDING_LIVE_OF_EACH = (now: string): string => `${standingStands('c.epoch')}
  AND CASE WHEN c.issue_refresh_token AND s.refresh_epoch = c.refresh_epoch
  THEN s.refresh_ends_at > ${oneNow(now)} AND s.created_at >= (SELECT ${notOutlivedSince(now)}) ELSE ${accessEnd} > ${oneNow(now)} END`;

/** How many of a client c live, up to `cap` (a placeholder or a number): the newest first, since what has ended is kept for a while. */
export const LIVE_TOKENS = (now: string, cap: string): string => `(SELECT count(*)::integer FROM (
  SELECT FROM standing_grant s WHERE ${STANDING_LIVE_OF_EACH(now)} ORDER BY s.created_at DESC LIMIT ${cap}) x)`;

/** It was live once, and ended within the last `seconds` (a placeholder). */
export const GRANT_ENDED = (now: string, seconds: string): string => `g.generation > 0 AND NOT (${GRANT_LIVE(now)})
  AND coalesce(g.revoked_at, ${GRANT_END}) > ${isNow(now)} - ${seconds}::integer * interval '1 second'`;

/** `GRANT_ENDED` of those that were revoked, which an index finds; `c` is the client. */
export const REVOKED_GRANTS = (now: string, seconds: string): string => `authorization_grant g
  WHERE g.client_id = c.client_id AND g.revoked_at > ${oneNow(now)} - ${seconds}::integer * interval '1 second' AND g.generation > 0`;

/** `GRANT_ENDED` of those that were not, and ended by themselves or by an epoch. */
export const ENDED_STANDING_GRANTS = (now: string, seconds: string): string => `standing_grant s
  WHERE s.client_id = c.client_id AND NOT (${STANDING_LIVE(now)}) AND ${STANDING_END} > ${oneNow(now)} - ${seconds}::integer * interval '1 second'`;
