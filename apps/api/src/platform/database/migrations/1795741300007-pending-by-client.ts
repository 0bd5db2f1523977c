import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is pending of one client is counted before more is taken. */
const UP = `
CREATE INDEX pushed_authorization_request_client_id_expires_at_idx ON pushed_authorization_request (client_id, expires_at);
CREATE INDEX device_authorization_client_id_expires_at_idx ON device_authorization (client_id, expires_at);
`;

const DOWN = `
DROP INDEX device_authorization_client_id_expires_at_idx;
DROP INDEX pushed_authorization_request_client_id_expires_at_idx;
`;

export class PendingByClient1795741300007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
