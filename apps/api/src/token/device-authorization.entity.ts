import type { DeviceOutcome } from '@behalf/domain';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A request of a device that waits for its user (RFC 8628). The device code is a handle to the grant that will come of it. */
@Entity('device_authorization')
@Index('device_authorization_client_id_expires_at_idx', ['client_id', 'expires_at'])
@Check('device_authorization_outcome_check', `outcome IN ('allowed', 'denied')`)
export class DeviceAuthorization {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'device_authorization_pkey' })
  grant_id: string;

  /** Keyed: a code has too few letters for a plain hash. */
  @Column({ type: 'bytea' })
  @Index('device_authorization_user_code_hash_idx', { unique: true })
  user_code_hash: Buffer;

  @Column({ type: 'text' })
  client_id: string;

  /** Carried from where the device began into the grant. */
  @Column({ type: 'integer' })
  client_epoch: number;

  @Column({ type: 'integer', nullable: true })
  refresh_epoch: number | null;

  @Column({ type: 'integer' })
  multi_team_epoch: number;

  @Column({ type: 'text' })
  scope: string;

  @Column({ type: 'text', array: true, nullable: true })
  resources: string[] | null;

  /** Where the device is, for the user to compare. */
  @Column({ type: 'inet', nullable: true })
  ip_address: string | null;

  @Column({ type: 'integer' })
  interval_seconds: number;

  @Column({ type: 'integer', default: 0 })
  polls: number;

  @Column({ type: 'timestamptz', nullable: true })
  last_polled_at: Date | null;

  @Column({ type: 'text', nullable: true })
  outcome: DeviceOutcome | null;

  @Column({ type: 'timestamptz' })
  created_at: Date;

  @Column({ type: 'timestamptz' })
  @Index('device_authorization_expires_at_idx')
  expires_at: Date;
}
