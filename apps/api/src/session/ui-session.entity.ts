import { Column, Entity, Index, PrimaryGeneratedColumn, Unique } from 'typeorm';

/** A browser login. The cookie holds a random reference; only its hash is stored. */
@Entity('ui_session')
@Unique('ui_session_token_hash_key', ['token_hash'])
@Index('ui_session_home_organization_id_last_active_at_idx', { synchronize: false })
export class UiSessionRow {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'ui_session_pkey' })
  id: string;

  @Column({ type: 'bytea' })
  token_hash: Buffer;

  @Column({ type: 'uuid' })
  @Index('ui_session_user_id_idx')
  user_id: string;

  /** The user's own, which never changes; the database tells it when the row is written. */
  @Column({ type: 'uuid', nullable: true })
  home_organization_id: string | null;

  /** Read with the password hash, before bcrypt: a sign-in under way must not survive disable and enable. */
  @Column({ type: 'integer' })
  user_epoch: number;

  @Column({ type: 'integer' })
  session_epoch: number;

  /** The organization that the session acts in now. */
  @Column({ type: 'uuid' })
  organization_id: string;

  @Column({ type: 'timestamptz' })
  authenticated_at: Date;

  @Column({ type: 'timestamptz' })
  last_active_at: Date;

  /** The absolute end; the idle one follows from last_active_at. */
  @Column({ type: 'timestamptz' })
  expires_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  ended_at: Date | null;

  @Column({ type: 'inet', nullable: true })
  ip_address: string | null;

  @Column({ type: 'text', nullable: true })
  user_agent: string | null;
}
