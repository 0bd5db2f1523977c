import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Everyone by name. Where an organization has many guests, a page of them is picked out of this order, instead of reading and sorting all of
 * them. It is written when a person is invited or renamed, and at no sign-in.
 */
const UP = `
CREATE INDEX user_account_name_idx ON user_account (lower(name), id);
`;

const DOWN = `
DROP INDEX user_account_name_idx;
`;

export class PeopleByName1795742300005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
