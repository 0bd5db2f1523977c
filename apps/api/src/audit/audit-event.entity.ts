import type { AuditAction } from '@behalf/domain';
import { Check, Column, Entity, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** One thing that happened. The API's database role can insert and read these rows, nothing else. */
@Entity('audit_event')
@Check('audit_event_channel_check', `channel IN ('ui', 'oauth', 'system')`)
@Check('audit_event_result_check', `result IN ('success', 'denied', 'failure')`)
@Check('audit_event_at_check', `isfinite(at)`)
@Index('audit_event_organization_id_at_idx', ['organization_id', 'at', 'id'])
@Index('audit_event_organization_id_action_at_idx', ['organization_id', 'action', 'at'])
@Index('audit_event_organization_id_user_id_at_idx', ['organization_id', 'user_id', 'at'], { where: 'user_id IS NOT NULL' })
@Index('audit_event_organization_id_target_id_at_idx', ['organization_id', 'target_id', 'at'], { where: 'target_id IS NOT NULL' })
@Index('audit_event_organization_id_client_id_at_idx', ['organization_id', 'client_id', 'at'], { where: 'client_id IS NOT NULL' })
@Index('audit_event_organization_id_result_at_idx', ['organization_id', 'result', 'at'], { where: `result <> 'success'` })
@Index('audit_event_organization_id_channel_at_idx', ['organization_id', 'channel', 'at'], { where: `channel <> 'oauth'` })
@Index('audit_event_organization_id_client_id_denied_idx', ['organization_id', 'client_id', 'at'], {
  where: `result <> 'success' AND client_id IS NOT NULL`,
})
@Index('audit_event_organization_id_incident_idx', ['organization_id', 'at', 'id'], {
  where: `action = ANY (ARRAY['token.reused', 'code.replayed', 'client.previous_secret_used'])`,
})
@Index('audit_event_token_id_at_idx', ['token_id', 'at'], { where: 'token_id IS NOT NULL' })
@Index('audit_event_position_id_idx', ['position', 'id'])
export class AuditEventRow {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'audit_event_pkey' })
  id: string;

  @PrimaryColumn({ type: 'timestamptz', primaryKeyConstraintName: 'audit_event_pkey', default: () => 'clock_timestamp()' })
  at: Date;

  /** Whose log the row stands in; null for what belongs to no organization, such as a sign-in for an unknown address. */
  @Column({ type: 'uuid', nullable: true })
  organization_id: string | null;

  @Column({ type: 'uuid', nullable: true })
  user_id: string | null;

  @Column({ type: 'text', nullable: true })
  user_email: string | null;

  @Column({ type: 'text', nullable: true })
  user_name: string | null;

  @Column({ type: 'text' })
  action: AuditAction;

  @Column({ type: 'text', nullable: true })
  target_type: string | null;

  @Column({ type: 'text', nullable: true })
  target_id: string | null;

  @Column({ type: 'text', nullable: true })
  target_name: string | null;

  @Column({ type: 'uuid', nullable: true })
  team_id: string | null;

  @Column({ type: 'text' })
  channel: 'ui' | 'oauth' | 'system';

  /** The client through which it was done, not the one it was done to; null for the web UI. */
  @Column({ type: 'text', nullable: true })
  client_id: string | null;

  @Column({ type: 'text', nullable: true })
  client_name: string | null;

  @Column({ type: 'uuid', nullable: true })
  token_id: string | null;

  @Column({ type: 'inet', nullable: true })
  ip_address: string | null;

  @Column({ type: 'text', nullable: true })
  user_agent: string | null;

  @Column({ type: 'uuid', nullable: true })
  request_id: string | null;

  @Column({ type: 'text', default: 'success' })
  result: 'success' | 'denied' | 'failure';

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'integer', default: 1 })
  count: number;

  @Column({ type: 'jsonb', nullable: true })
  changes: Record<string, [unknown, unknown]> | null;

  /** The transaction that wrote the row: what is below the oldest one under way is complete, and can be sealed in the order (position, id). */
  @Column({ type: 'bigint', default: () => 'audit_position(pg_current_xact_id())' })
  position: string;
}
