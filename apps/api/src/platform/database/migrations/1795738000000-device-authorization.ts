import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Device authorization (RFC 8628). A row is named by the grant that will come of it; the codes themselves are in none of its
 * columns. The pending request that a user decides on points to it, and has no redirect URI.
 */
const UP = `
CREATE TABLE device_authorization (
  grant_id uuid NOT NULL,
  user_code_hash bytea NOT NULL,
  client_id text NOT NULL,
  client_epoch integer NOT NULL,
  refresh_epoch integer,
  multi_team_epoch integer NOT NULL,
  scope text NOT NULL,
  resources text[],
  ip_address inet,
  interval_seconds integer NOT NULL,
  polls integer NOT NULL DEFAULT 0,
  last_polled_at timestamptz,
  outcome text,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT device_authorization_pkey PRIMARY KEY (grant_id),
  CONSTRAINT device_authorization_outcome_check CHECK (outcome IN ('allowed', 'denied'))
);
CREATE UNIQUE INDEX device_authorization_user_code_hash_idx ON device_authorization (user_code_hash);
CREATE INDEX device_authorization_expires_at_idx ON device_authorization (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_authorization TO behalf_app;
ALTER TABLE oauth_client ADD COLUMN device_authorization boolean NOT NULL DEFAULT false;
ALTER TABLE authorization_request ADD COLUMN device_grant_id uuid;
`;

const DOWN = `
DELETE FROM authorization_request WHERE device_grant_id IS NOT NULL;
ALTER TABLE authorization_request DROP COLUMN device_grant_id;
ALTER TABLE oauth_client DROP COLUMN device_authorization;
DROP TABLE device_authorization;
`;

export class DeviceAuthorization1795738000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
