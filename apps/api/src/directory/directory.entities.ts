import type { Role, UserStatus } from '@behalf/domain';
import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, PrimaryGeneratedColumn, Unique } from 'typeorm';

@Entity('organization')
export class Organization {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'organization_pkey' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  created_at: Date;

  /** From the first resource on that one of its resource servers lists; it never goes back. */
  @Column({ type: 'boolean', default: false })
  judges_resources: boolean;
}

@Entity('team')
@Unique('team_organization_id_name_key', ['organization_id', 'name'])
@Unique('team_id_organization_id_key', ['id', 'organization_id'])
export class Team {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'team_pkey' })
  id: string;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Organization, { name: 'team_organization_id_fkey' })
  organization_id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  created_at: Date;
}

@Entity('user_account')
@Unique('user_account_email_key', ['email'])
@Check('user_account_email_check', `email = lower(email)`)
@Check('user_account_status_check', `status IN ('active', 'disabled')`)
@Index('user_account_touched_idx', ['id'], { where: `status <> 'active' OR epoch <> 0` })
@Index('user_account_session_touched_idx', ['id'], { where: `status <> 'active' OR epoch <> 0 OR session_epoch <> 0` })
@Index('user_account_trigrams_idx', { synchronize: false })
@Index('user_account_home_organization_id_name_idx', { synchronize: false })
@Index('user_account_name_idx', { synchronize: false })
@Index('user_account_home_organization_id_email_idx', ['home_organization_id', 'email', 'id'])
@Index('user_account_home_organization_id_status_idx', ['home_organization_id', 'status', 'id'])
export class UserAccount {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'user_account_pkey' })
  id: string;

  @Column({ type: 'text' })
  email: string;

  @Column({ type: 'boolean', default: false })
  email_verified: boolean;

  @Column({ type: 'text' })
  name: string;

  /** bcrypt; null until an invitation was accepted. */
  @Column({ type: 'text', nullable: true })
  password_hash: string | null;

  @Column({ type: 'text', default: 'active' })
  status: UserStatus;

  @Column({ type: 'uuid' })
  @ForeignKey(() => Organization, { name: 'user_account_home_organization_id_fkey' })
  home_organization_id: string;

  /** Grows when the user is disabled: everything that carries an older value is dead for good. */
  @Column({ type: 'integer', default: 0 })
  epoch: number;

  /** Grows on a password change or 'sign out everywhere': ends browser sessions, not grants. */
  @Column({ type: 'integer', default: 0 })
  session_epoch: number;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  created_at: Date;
}

@Entity('membership')
@ForeignKey(() => Team, ['team_id', 'organization_id'], ['id', 'organization_id'], { name: 'membership_team_id_organization_id_fkey' })
@Index('membership_organization_id_guest_idx', ['organization_id', 'user_id'], { where: 'is_guest' })
@Check('membership_role_check', `role IN ('platform_admin', 'security_user', 'standard_user', 'read_only_user')`)
export class Membership {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'membership_pkey' })
  @ForeignKey(() => UserAccount, { name: 'membership_user_id_fkey' })
  user_id: string;

  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'membership_pkey' })
  @Index('membership_team_id_idx')
  team_id: string;

  @Column({ type: 'uuid' })
  @Index('membership_organization_id_idx')
  organization_id: string;

  @Column({ type: 'text' })
  role: Role;

  /** Whether the user is at home in another organization; the database tells it when the row is written. */
  @Column({ type: 'boolean', default: false })
  is_guest: boolean;
}

@Entity('invitation')
export class Invitation {
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'invitation_pkey' })
  token_hash: Buffer;

  @Column({ type: 'uuid' })
  @Index('invitation_user_id_idx')
  @ForeignKey(() => UserAccount, { name: 'invitation_user_id_fkey' })
  user_id: string;

  @Column({ type: 'uuid', nullable: true })
  created_by: string | null;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'timestamptz' })
  expires_at: Date;
}
