import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A checked authorization request (RFC 6749 §4.1.1), pending on the server and bound to one browser. */
@Entity('authorization_request')
export class AuthorizationRequest {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'authorization_request_pkey' })
  id: string;

  /** SHA-256 of the request's own cookie. */
  @Column({ type: 'bytea' })
  browser_hash: Buffer;

  @Column({ type: 'text' })
  client_id: string;

  @Column({ type: 'integer' })
  client_epoch: number;

  @Column({ type: 'integer', nullable: true })
  refresh_epoch: number | null;

  @Column({ type: 'integer' })
  multi_team_epoch: number;

  /** The grant that a device waits for; with it redirect URI and challenge are empty. */
  @Column({ type: 'uuid', nullable: true })
  device_grant_id: string | null;

  @Column({ type: 'text' })
  redirect_uri: string;

  @Column({ type: 'text' })
  code_challenge: string;

  @Column({ type: 'text' })
  scope: string;

  /** The resources that were asked for, as they are registered (RFC 8707); null for none in particular. */
  @Column({ type: 'text', array: true, nullable: true })
  resources: string[] | null;

  @Column({ type: 'text', nullable: true })
  state: string | null;

  @Column({ type: 'text', nullable: true })
  nonce: string | null;

  /** The key that the code will be bound to (RFC 9449 §10). */
  @Column({ type: 'text', nullable: true })
  dpop_jkt: string | null;

  @Column({ type: 'text', nullable: true })
  prompt: string | null;

  @Column({ type: 'text', nullable: true })
  login_hint: string | null;

  /** Only a sign-in after this instant counts (`prompt=login`, `max_age`). */
  @Column({ type: 'timestamptz', nullable: true })
  authenticated_after: Date | null;

  /** The user whom the page was last shown to; only their decision counts. */
  @Column({ type: 'uuid', nullable: true })
  user_id: string | null;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'timestamptz' })
  @Index('authorization_request_expires_at_idx')
  expires_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  consumed_at: Date | null;
}
