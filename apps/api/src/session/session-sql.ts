/** `s` is the session, `u` its user; `now` and `idle` are placeholders of the clock's bind value and of idle seconds. */
export const sessionLive = (now: string, idle: string): string => `${unended(instant(now), idle)} AND ${USER_STANDS}`;

/**
 * The same without a join, and as of one instant, where very many sessions are asked: of the users, only those are looked at who were
 * ever disabled, changed their password or signed out elsewhere, one by one: EXISTS would be answered by a table of all users. A test holds
 * the two against each other.
 */
export const sessionLiveOfMany = (now: string, idle: string): string => `${unended(`(SELECT ${instant(now)})`, idle)} AND CASE
  WHEN s.user_id IN (SELECT id FROM user_account WHERE status <> 'active' OR epoch <> 0 OR session_epoch <> 0)
  THEN coalesce((SELECT ${USER_STANDS} FROM user_account u WHERE u.id = s.user_id), false)
  ELSE s.user_epoch = 0 AND s.session_epoch = 0 END`;

const USER_STANDS = `s.user_epoch = u.epoch AND s.session_epoch = u.session_epoch AND u.status = 'active'`;

const unended = (now: string, idle: string): string =>
  `s.ended_at IS NULL AND s.expires_at > ${now} AND s.last_active_at > ${now} - make_interval(secs => ${idle})`;

/** When a session ends by itself. */
export const sessionEnd = (idle: string): string => `least(s.expires_at, ${idleEnd(idle)})`;

export const instant = (now: string): string => `coalesce(${now}::timestamptz, clock_timestamp())`;

/**
 * The organization that a user acts in: the preferred one, else the home, else the first other by name; only one in
 * which the user has a team, or the home when there is none.
 */
export const actingOrganization = (preferred: string): string => `coalesce(
  (SELECT o.id FROM organization o WHERE EXISTS (SELECT FROM membership m WHERE m.user_id = u.id AND m.organization_id = o.id)
    ORDER BY o.id = ${preferred} DESC, o.id = u.home_organization_id DESC, lower(o.name), o.id LIMIT 1), u.home_organization_id)`;

function idleEnd(idle: string): string {
  return `s.last_active_at + make_interval(secs => ${idle})`;
}
