/** `s` is the session, `u` its user; `now` and `idle` are placeholders of the clock's bind value and of idle seconds. */
export const sessionLive = (now: string, idle: string): string => `
  s.ended_at IS NULL AND s.expires_at > ${instant(now)} AND ${idleEnd(idle)} > ${instant(now)}
  AND s.user_epoch = u.epoch AND s.session_epoch = u.session_epoch AND u.status = 'active'`;

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
