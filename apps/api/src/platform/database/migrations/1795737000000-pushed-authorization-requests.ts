import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pushed authorization requests (RFC 9126): what a client has sent ahead, under the hash of the reference that it was given. */
const UP = `
CREATE TABLE pushed_authorization_request (
  request_hash bytea NOT NULL,
  client_id text NOT NULL,
  parameters text NOT NULL,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  CONSTRAINT pushed_authorization_request_pkey PRIMARY KEY (request_hash)
);
CREATE INDEX pushed_authorization_request_expires_at_idx ON pushed_authorization_request (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON pushed_authorization_request TO behalf_app;
ALTER TABLE oauth_client ADD COLUMN require_pushed_authorization_requests boolean NOT NULL DEFAULT false;
`;

const DOWN = `
ALTER TABLE oauth_client DROP COLUMN require_pushed_authorization_requests;
DROP TABLE pushed_authorization_request;
`;

export class PushedAuthorizationRequests1795737000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
