import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * DPoP (RFC 9449): proofs that were taken, by their hash, and the key that a pending request's code will be bound to. Codes and tokens say
 * themselves which key they are bound to.
 */
const UP = `
CREATE TABLE dpop_proof (
  proof_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT dpop_proof_pkey PRIMARY KEY (proof_hash)
);
CREATE INDEX dpop_proof_expires_at_idx ON dpop_proof (expires_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON dpop_proof TO behalf_app;
ALTER TABLE oauth_client ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false;
ALTER TABLE authorization_request ADD COLUMN dpop_jkt text;
`;

const DOWN = `
DELETE FROM authorization_request WHERE dpop_jkt IS NOT NULL;
ALTER TABLE authorization_request DROP COLUMN dpop_jkt;
ALTER TABLE oauth_client DROP COLUMN dpop_bound_access_tokens;
DROP TABLE dpop_proof;
`;

export class Dpop1795739000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
