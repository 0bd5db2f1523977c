import { Column, Entity, ForeignKey, Index, PrimaryGeneratedColumn } from 'typeorm';
import { OAuthClient } from './oauth-client.entity.js';

/** A request of a client that was refused: what whoever runs the integration has to know. The newest of each client are kept. */
@Entity('client_failure')
@Index('client_failure_client_id_at_idx', ['client_id', 'at'])
export class ClientFailureRow {
  @PrimaryGeneratedColumn('uuid', { primaryKeyConstraintName: 'client_failure_pkey' })
  id: string;

  @Column({ type: 'text' })
  @ForeignKey(() => OAuthClient, { name: 'client_failure_client_id_fkey', onDelete: 'CASCADE' })
  client_id: string;

  @Column({ type: 'timestamptz' })
  at: Date;

  @Column({ type: 'text' })
  endpoint: string;

  @Column({ type: 'text' })
  reason: string;

  /** What was sent where something registered was expected, such as a redirect URI; never a credential. */
  @Column({ type: 'text', nullable: true })
  received: string | null;

  @Column({ type: 'text', array: true, nullable: true })
  registered: string[] | null;

  @Column({ type: 'uuid' })
  request_id: string;

  @Column({ type: 'inet', nullable: true })
  ip_address: string | null;
}
