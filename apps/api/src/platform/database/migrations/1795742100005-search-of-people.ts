import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Parts of names and addresses are looked up by their trigrams where PostgreSQL has the extension and lets the owner of this schema have
 * it, which a trusted one asks no superuser for. Where it does not, everything is found all the same, by reading all people.
 */
const UP = `
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN RETURN; END IF;
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX user_account_trigrams_idx ON user_account USING gin (name gin_trgm_ops, email gin_trgm_ops);
EXCEPTION WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
  RAISE NOTICE 'People are searched for without an index: %', SQLERRM;
END $$;
`;

/** The extension stays, which others may have come to use. */
const DOWN = `
DROP INDEX IF EXISTS user_account_trigrams_idx;
`;

export class SearchOfPeople1795742100005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
