import type { AccessPreset, AppType, ClientStatus, ClientType, TeamRestrictions, TeamSelection } from '@behalf/domain';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';
import { Organization } from '../directory/index.js';

@Entity('oauth_client')
@Index('oauth_client_organization_id_created_at_idx', ['organization_id', 'created_at', 'client_id'])
// On an expression, which the entity cannot say: (organization_id, lower(client_name), client_id), for pages by name.
@Index('oauth_client_organization_id_client_name_idx', { synchronize: false })
// Likewise: (organization_id, last_used_at, client_id) with what was never used as infinitely late, and as infinitely early.
@Index('oauth_client_organization_id_last_used_at_idx', { synchronize: false })
@Index('oauth_client_organization_id_last_used_at_desc_idx', { synchronize: false })
@Index('oauth_client_organization_id_status_idx', ['organization_id', 'status', 'client_id'])
@Index('oauth_client_organization_id_access_preset_idx', ['organization_id', 'access_preset', 'client_id'])
@Index('oauth_client_organization_id_team_selection_idx', ['organization_id', 'team_selection', 'client_id'])
@Index('oauth_client_organization_id_access_lifetime_idx', ['organization_id', 'access_token_lifetime_seconds', 'client_id'])
@Index('oauth_client_organization_id_refresh_lifetime_idx', ['organization_id', 'refresh_token_lifetime_seconds', 'client_id'])
@Index('oauth_client_organization_id_resources_idx', ['organization_id'], { where: `resources <> '{}'` })
@Index('oauth_client_resume_at_idx', ['resume_at'], { where: 'resume_at IS NOT NULL' })
@Check('oauth_client_client_type_check', `client_type IN ('confidential', 'public')`)
@Check('oauth_client_team_selection_check', `team_selection IN ('single', 'multiple')`)
@Check('oauth_client_access_preset_check', `access_preset IN ('read_only', 'full_access')`)
@Check('oauth_client_status_check', `status IN ('enabled', 'disabled')`)
export class OAuthClient {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'oauth_client_pkey' })
  client_id: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Organization, { name: 'oauth_client_organization_id_fkey' })
  organization_id: string;

  @Column({ type: 'text' })
  client_name: string;

  @Column({ type: 'text' })
  client_type: ClientType;

  @Column({ type: 'text' })
  app_type: AppType;

  @Column({ type: 'text' })
  team_selection: TeamSelection;

  @Column({ type: 'jsonb' })
  team_restrictions: TeamRestrictions;

  @Column({ type: 'text' })
  access_preset: AccessPreset;

  @Column({ type: 'integer' })
  access_token_lifetime_seconds: number;

  @Column({ type: 'boolean' })
  issue_refresh_token: boolean;

  @Column({ type: 'integer' })
  refresh_token_lifetime_seconds: number;

  @Column({ type: 'text', array: true })
  redirect_uris: string[];

  @Column({ type: 'boolean' })
  resource_server: boolean;

  /** Identifiers of the API behind a resource server, which tokens can be bound to (RFC 8707). */
  @Column({ type: 'text', array: true, default: () => "'{}'" })
  resources: string[];

  @Column({ type: 'boolean', default: false })
  require_pushed_authorization_requests: boolean;

  @Column({ type: 'boolean', default: false })
  dpop_bound_access_tokens: boolean;

  @Column({ type: 'boolean', default: false })
  device_authorization: boolean;

  @Column({ type: 'text', default: 'enabled' })
  status: ClientStatus;

  @Column({ type: 'text', nullable: true })
  status_reason: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  resume_at: Date | null;

  /** Grows on pause and on 'revoke all': grants, codes and open consent pages that carry an older value are dead for good. */
  @Column({ type: 'integer', default: 0 })
  epoch: number;

  /** Grows when refresh tokens are switched off. */
  @Column({ type: 'integer', default: 0 })
  refresh_epoch: number;

  /** Grows when Multiple teams becomes Single team; compared only by grants that hold more than one team. */
  @Column({ type: 'integer', default: 0 })
  multi_team_epoch: number;

  /** Grows when everyone's consent is forgotten at once. */
  @Column({ type: 'integer', default: 0 })
  consent_epoch: number;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'uuid', nullable: true })
  created_by: string | null;

  @Column({ type: 'timestamptz' })
  updated_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  last_used_at: Date | null;

  @Column({ type: 'integer', default: 1 })
  version: number;
}

/** A client's secret, kept as SHA-256 of 256 random bits; at most two of a client live at once. */
@Entity('client_secret')
export class ClientSecret {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'client_secret_pkey' })
  id: string;

  @Column({ type: 'text' })
  @Index('client_secret_client_id_idx')
  @ForeignKey(() => OAuthClient, { name: 'client_secret_client_id_fkey', onDelete: 'CASCADE' })
  client_id: string;

  @Column({ type: 'bytea' })
  secret_hash: Buffer;

  @Column({ type: 'text' })
  hint: string;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  /** When a rotated secret stops working; null for the current one. */
  @Column({ type: 'timestamptz', nullable: true })
  expires_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  last_used_at: Date | null;

  @Column({ type: 'inet', nullable: true })
  last_used_ip: string | null;

  @Column({ type: 'text', nullable: true })
  last_used_user_agent: string | null;

  @Column({ type: 'integer', default: 0 })
  uses: number;

  /** When the use of a previous secret was last written to the audit log. */
  @Column({ type: 'timestamptz', nullable: true })
  use_audited_at: Date | null;
}
