import type { IncidentVerdictCode } from './audit-incident.js';
import type { Timestamp, UserRef } from './wire.js';

export const AUDIT_ACTIONS = [
  'client.created',
  'client.updated',
  'client.paused',
  'client.resumed',
  'client.deleted',
  'client.secret_rotated',
  'client.previous_secret_ended',
  'client.previous_secret_used',
  'client.authentication_refused',
  'consent.given',
  'consent.denied',
  'consent.forgotten',
  'token.issued',
  'token.replayed',
  'token.reused',
  'token.revoked',
  'token.narrowed',
  'code.replayed',
  'session.started',
  'session.refused',
  'session.ended',
  'user.invited',
  'user.updated',
  'user.disabled',
  'user.enabled',
  'user.password_changed',
  'team.created',
  'team.updated',
  'member.added',
  'member.role_changed',
  'member.removed',
  'signing_key.added',
  'signing_key.withdrawn',
  'api.read',
  'api.called',
  'access.denied',
] as const;

export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What `incident=true` finds. */
export const INCIDENT_ACTIONS: readonly AuditAction[] = ['token.reused', 'code.replayed', 'client.previous_secret_used'];

export type AuditChannel = 'ui' | 'oauth' | 'system';
export type AuditResult = 'success' | 'denied' | 'failure';

export interface AuditEvent {
  id: string;
  at: Timestamp;
  user: UserRef | null;
  action: AuditAction;
  target_type: string | null;
  target_id: string | null;
  target_name: string | null;
  team_id: string | null;
  channel: AuditChannel;
  /** With what it was done; null for the web UI. */
  client_id: string | null;
  client_name: string | null;
  token_id: string | null;
  ip_address: string | null;
  user_agent: string | null;
  result: AuditResult;
  reason: string | null;
  count: number;
  changes: Record<string, [unknown, unknown]> | null;
  /** Names the log line; null for a row that stands for many requests. */
  request_id: string | null;
  /** Where its addresses are, as is known now. */
  locations: Record<string, string>;
  /** What the two uses that the entry holds most likely mean. */
  verdict: IncidentVerdictCode | null;
}
