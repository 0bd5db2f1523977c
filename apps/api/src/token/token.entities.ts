import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One consented run of the flow. Code, access token and refresh token are handles to this row; its id is the Token ID. */
@Entity('authorization_grant')
@Index('authorization_grant_client_id_client_epoch_created_at_idx', ['client_id', 'client_epoch', 'created_at'])
@Index('authorization_grant_client_id_revoked_at_idx', ['client_id', 'revoked_at'], { where: 'revoked_at IS NOT NULL' })
@Index('authorization_grant_user_id_client_id_idx', ['user_id', 'client_id'])
export class AuthorizationGrant {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'authorization_grant_pkey' })
  id: string;

  @Column({ type: 'text' })
  client_id: string;

  @Column({ type: 'uuid' })
  user_id: string;

  /** Carried from where the flow began, never read again: see the epochs of client and user. */
  @Column({ type: 'integer' })
  client_epoch: number;

  /** Null when the client issued no refresh tokens at the start of the flow. */
  @Column({ type: 'integer', nullable: true })
  refresh_epoch: number | null;

  @Column({ type: 'integer' })
  multi_team_epoch: number;

  @Column({ type: 'integer' })
  user_epoch: number;

  @Column({ type: 'uuid', array: true })
  team_ids: string[];

  /** What was consented to; tokens index it by bits, so it never changes. */
  @Column({ type: 'text' })
  scope: string;

  /** What is left of it, once it was narrowed afterwards. */
  @Column({ type: 'text', nullable: true })
  narrowed_scope: string | null;

  /** Which resources it is for, as they were registered (RFC 8707); null for none in particular. Tokens index them by bits. */
  @Column({ type: 'text', array: true, nullable: true })
  resources: string[] | null;

  /** Empty, as is the challenge, for a device, which is sent back to nowhere. */
  @Column({ type: 'text' })
  redirect_uri: string;

  @Column({ type: 'text' })
  code_challenge: string;

  @Column({ type: 'text', nullable: true })
  nonce: string | null;

  @Column({ type: 'timestamptz' })
  authenticated_at: Date;

  /** The consent; the grant's end counts from here, and no rotation moves it. */
  @Column({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'integer', nullable: true })
  refresh_token_lifetime_seconds: number | null;

  /** 0 = the code, unexchanged; every rotation adds one. */
  @Column({ type: 'integer', default: 0 })
  generation: number;

  @Column({ type: 'timestamptz', nullable: true })
  rotated_at: Date | null;

  @Column({ type: 'uuid', nullable: true })
  rotated_request_id: string | null;

  @Column({ type: 'inet', nullable: true })
  rotated_ip: string | null;

  @Column({ type: 'text', nullable: true })
  rotated_user_agent: string | null;

  /** Of the newest access token, so that a replay can derive the same one. */
  @Column({ type: 'integer' })
  access_token_lifetime_seconds: number;

  @Column({ type: 'timestamptz', nullable: true })
  last_used_at: Date | null;

  @Column({ type: 'timestamptz', nullable: true })
  revoked_at: Date | null;

  @Column({ type: 'text', nullable: true })
  revoked_reason: string | null;
}

/** What no refresh changes of a grant that was exchanged and not revoked. */
abstract class Standing {
  @Column({ type: 'text' })
  client_id: string;

  @Column({ type: 'integer' })
  client_epoch: number;

  /** Null without a refresh token. */
  @Column({ type: 'integer', nullable: true })
  refresh_epoch: number | null;

  /** Null for a single team: a switch to Single does not end it. */
  @Column({ type: 'integer', nullable: true })
  multi_team_epoch: number | null;

  @Column({ type: 'uuid' })
  user_id: string;

  @Column({ type: 'integer' })
  user_epoch: number;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  /** By its own lifetime; the client's may be shorter by now. */
  @Column({ type: 'timestamptz', nullable: true })
  refresh_ends_at: Date | null;
}

/**
 * Of every grant that was exchanged and not revoked, what no refresh changes: lists and dialogs count by it. Triggers of the database
 * keep it in the transaction that changes the grant; nobody else writes here.
 */
@Entity('standing_grant')
@Index('standing_grant_client_id_client_epoch_created_at_idx', { synchronize: false })
export class StandingGrant extends Standing {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'standing_grant_pkey' })
  grant_id: string;
}

/** A few of those for each client, by which it is seen at once that something of it lives; kept by the same triggers. */
@Entity('client_witness')
@Index('client_witness_client_id_client_epoch_created_at_idx', ['client_id', 'client_epoch', 'created_at'])
export class ClientWitness extends Standing {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'client_witness_pkey' })
  grant_id: string;
}

/** What a user once allowed a client; remembered so that the page may be skipped. Void when either epoch differs. */
@Entity('consent')
export class Consent {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'consent_pkey' })
  user_id: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'consent_pkey' })
  @Index('consent_client_id_idx')
  client_id: string;

  @Column({ type: 'uuid', array: true })
  team_ids: string[];

  @Column({ type: 'text' })
  scope: string;

  @Column({ type: 'text', array: true, nullable: true })
  resources: string[] | null;

  @Column({ type: 'integer' })
  user_epoch: number;

  @Column({ type: 'integer' })
  consent_epoch: number;

  @Column({ type: 'timestamptz' })
  given_at: Date;
}

/** A single access token revoked by itself (RFC 7009 §2.1); kept until that token would have ended. */
@Entity('revoked_access_token')
export class RevokedAccessToken {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'revoked_access_token_pkey' })
  grant_id: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'revoked_access_token_pkey' })
  generation: number;

  @Column({ type: 'timestamptz' })
  @Index('revoked_access_token_expires_at_idx')
  expires_at: Date;
}

/** A key that signs ID tokens; the private half is sealed under SECRET_KEY. */
@Entity('signing_key')
export class SigningKey {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'signing_key_pkey' })
  kid: string;

  @Column({ type: 'text' })
  alg: string;

  @Column({ type: 'jsonb' })
  public_jwk: Record<string, unknown>;

  @Column({ type: 'bytea' })
  sealed_private_key: Buffer;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  created_at: Date;

  @Column({ type: 'timestamptz', default: () => 'clock_timestamp()' })
  active_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  retired_at: Date | null;
}
