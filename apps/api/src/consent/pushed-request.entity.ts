import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An authorization request that a client has sent ahead (RFC 9126), until the browser comes with its reference. */
@Entity('pushed_authorization_request')
@Index('pushed_authorization_request_client_id_expires_at_idx', ['client_id', 'expires_at'])
export class PushedAuthorizationRequest {
  /** SHA-256 of the reference. */
  @PrimaryColumn({ type: 'bytea', primaryKeyConstraintName: 'pushed_authorization_request_pkey' })
  request_hash: Buffer;

  @Column({ type: 'text' })
  client_id: string;

  /** As a query; no credential of the client is among them. */
  @Column({ type: 'text' })
  parameters: string;

  @Column({ type: 'timestamptz' })
  @Index('pushed_authorization_request_expires_at_idx')
  expires_at: Date;

  @Column({ type: 'timestamptz', nullable: true })
  consumed_at: Date | null;
}
