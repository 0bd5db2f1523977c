import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Resource indicators (RFC 8707): null is an authorization for no resource in particular, as all of those before are. */
const UP = `
ALTER TABLE oauth_client ADD COLUMN resources text[] NOT NULL DEFAULT '{}';
CREATE INDEX oauth_client_organization_id_resources_idx ON oauth_client (organization_id) WHERE resources <> '{}';
ALTER TABLE authorization_request ADD COLUMN resources text[];
ALTER TABLE consent ADD COLUMN resources text[];
ALTER TABLE authorization_grant ADD COLUMN resources text[];
`;

const DOWN = `
ALTER TABLE authorization_grant DROP COLUMN resources;
ALTER TABLE consent DROP COLUMN resources;
ALTER TABLE authorization_request DROP COLUMN resources;
DROP INDEX oauth_client_organization_id_resources_idx;
ALTER TABLE oauth_client DROP COLUMN resources;
`;

export class ResourceIndicators1795736400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
