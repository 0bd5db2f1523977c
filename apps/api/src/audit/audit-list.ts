import { INCIDENT_ACTIONS } from '@behalf/domain';
import { Conditions, type ListPlan } from '../platform/database/listing.js';
import { wireTime } from '../platform/database/wire-time.js';

/** What the log can be narrowed by; each field names a column. */
export interface AuditFilter {
  readonly id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly user_id?: string | undefined;
  readonly action?: string | undefined;
  readonly channel?: string | undefined;
  readonly client_id?: string | undefined;
  readonly target_id?: string | undefined;
  readonly token_id?: string | undefined;
  readonly result?: string | undefined;
  readonly incident?: boolean | undefined;
}

const COLUMNS = `
  a.id, ${wireTime('a.at')} AS at,
  CASE WHEN a.user_id IS NOT NULL THEN jsonb_build_object('id', a.user_id, 'email', a.user_email, 'name', a.user_name) END AS user,
  a.action, a.target_type, a.target_id, a.target_name, a.team_id, a.channel, a.client_id, a.client_name, a.token_id,
  host(a.ip_address) AS ip_address, a.user_agent, a.request_id, a.result, a.reason, a.count, a.changes`;

export const AUDIT_PLAN: ListPlan = {
  name: 'audit-events',
  columns: COLUMNS,
  from: 'audit_event a',
  sorts: { at: { sql: 'a.at', type: 'timestamptz' } },
  default_sort: '-at',
  id: { sql: 'a.id', type: 'uuid' },
};

/** The rows of one organization that a filter lets through; `from` is inclusive, `to` exclusive. */
export function auditConditions(organization_id: string, filter: AuditFilter): Conditions {
  return new Conditions()
    .add(organization_id, (value) => `a.organization_id = ${value}::uuid`)
    .add(filter.id, (value) => `a.id = ${value}::uuid`)
    .add(instant(filter.from), (value) => `a.at >= ${value}::timestamptz`)
    .add(instant(filter.to), (value) => `a.at < ${value}::timestamptz`)
    .add(filter.user_id, (value) => `a.user_id = ${value}::uuid`)
    .add(filter.action, (value) => `a.action = ${value}`)
    .add(filter.channel, (value) => `a.channel = ${value}`)
    .add(filter.client_id, (value) => `a.client_id = ${value}`)
    .add(filter.target_id, (value) => `a.target_id = ${value}`)
    .add(filter.token_id, (value) => `a.token_id = ${value}::uuid`)
    .add(filter.result, (value) => `a.result = ${value}`)
    .add(filter.incident === undefined ? undefined : INCIDENT_ACTIONS, (value) =>
      filter.incident ? `a.action = ANY (${value}::text[])` : `a.action <> ALL (${value}::text[])`,
    );
}

/** Bound as a Date: a day that no calendar has is then still an instant to PostgreSQL. */
function instant(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
