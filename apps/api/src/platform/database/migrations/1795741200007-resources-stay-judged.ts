import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether an organization has ever named a resource is kept with it: the last resource server to list one may go. */
const UP = `
ALTER TABLE organization ADD COLUMN judges_resources boolean NOT NULL DEFAULT false;
UPDATE organization o SET judges_resources = true WHERE EXISTS (SELECT FROM oauth_client c WHERE c.organization_id = o.id AND c.resources <> '{}');
`;

const DOWN = `
ALTER TABLE organization DROP COLUMN judges_resources;
`;

export class ResourcesStayJudged1795741200007 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
