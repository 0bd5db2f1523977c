import type { AccessPreset, Client, ClientSort, ClientStatus, TeamSelection } from '@behalf/domain';
import { Conditions, likePattern, type ListPlan, type SortKey } from '../platform/database/listing.js';
import { wireTime } from '../platform/database/wire-time.js';

/** What the list can be narrowed by. */
export interface ClientFilter {
  readonly search?: string | undefined;
  readonly team_selection?: TeamSelection | undefined;
  readonly access_preset?: AccessPreset | undefined;
  readonly status?: ClientStatus | undefined;
}

/** A client as the statements below give it: all of it but what is derived or counted. */
export interface ClientRow extends Omit<Client, 'notices' | 'live_tokens'> {
  readonly organization_id: string;
  readonly now: string;
}

const secretMember = (condition: string, more: string) => `
  (SELECT jsonb_build_object('hint', s.hint, 'last_used_at', ${wireTime('s.last_used_at')}, 'last_used_ip', host(s.last_used_ip), ${more})
     FROM client_secret s WHERE s.client_id = c.client_id AND ${condition} LIMIT 1)`;

/** `here.now` is the clock's bind value. */
const NOW = 'coalesce(here.now, clock_timestamp())';

export const CLIENT_COLUMNS = `
  c.client_id, c.organization_id, c.client_name, c.client_type, c.app_type, c.team_selection, c.team_restrictions, c.access_preset,
  c.access_token_lifetime_seconds, c.issue_refresh_token, c.refresh_token_lifetime_seconds, c.redirect_uris, c.resource_server, c.resources,
  c.require_pushed_authorization_requests, c.dpop_bound_access_tokens, c.device_authorization,
  c.status, c.status_reason, ${wireTime('c.resume_at')} AS resume_at,
  ${secretMember('s.expires_at IS NULL', `'created_at', ${wireTime('s.created_at')}`)} AS secret,
  ${secretMember(`s.expires_at > ${NOW}`, `'expires_at', ${wireTime('s.expires_at')}, 'uses', s.uses`)} AS previous_secret,
  ${wireTime('c.created_at')} AS created_at,
  (SELECT jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name) FROM user_account u WHERE u.id = c.created_by) AS created_by,
  ${wireTime('c.updated_at')} AS updated_at, ${wireTime('c.last_used_at')} AS last_used_at, c.version, ${wireTime(NOW)} AS now`;

/** $1 the clock's bind value. */
export const CLIENT_FROM = 'oauth_client c, (SELECT $1::timestamptz AS now) here';

export const CLIENT_PLAN: ListPlan = {
  name: 'oauth-clients',
  columns: CLIENT_COLUMNS,
  from: CLIENT_FROM,
  sorts: {
    client_name: { sql: 'lower(c.client_name)', type: 'text' },
    created_at: { sql: 'c.created_at', type: 'timestamptz' },
    last_used_at: { sql: 'c.last_used_at', type: 'timestamptz', nullable: true },
    status: { sql: 'c.status', type: 'text' },
    access_preset: { sql: 'c.access_preset', type: 'text' },
    team_selection: { sql: 'c.team_selection', type: 'text' },
    access_token_lifetime_seconds: { sql: 'c.access_token_lifetime_seconds', type: 'integer' },
    refresh_token_lifetime_seconds: { sql: 'c.refresh_token_lifetime_seconds', type: 'integer' },
  } satisfies Record<ClientSort, SortKey>,
  default_sort: '-created_at',
  id: { sql: 'c.client_id', type: 'text' },
};

/** One organization's clients that a filter lets through. */
export function clientConditions(now: Date | null, organization_id: string, filter: ClientFilter): Conditions {
  const where = new Conditions();
  where.bind(now);
  return where
    .add(organization_id, (value) => `c.organization_id = ${value}::uuid`)
    .add(
      filter.search ? likePattern(filter.search) : undefined,
      (value) => `(c.client_name ILIKE ${value} OR c.client_id COLLATE "C" ILIKE ${value})`,
    )
    .add(filter.team_selection, (value) => `c.team_selection = ${value}`)
    .add(filter.access_preset, (value) => `c.access_preset = ${value}`)
    .add(filter.status, (value) => `c.status = ${value}`);
}
