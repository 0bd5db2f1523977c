import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The people of an organization, by name: those at home in it stand in one index in that order, and its guests, of whom there are few,
 * in another one. Whether a member is a guest follows from the user's home, which never changes; the database sees to it.
 */
const UP = `
ALTER TABLE membership ADD COLUMN is_guest boolean NOT NULL DEFAULT false;
CREATE FUNCTION tell_guest() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.is_guest := NEW.organization_id <> (SELECT home_organization_id FROM user_account WHERE id = NEW.user_id);
  RETURN NEW;
END $$;
CREATE TRIGGER membership_guest BEFORE INSERT OR UPDATE OF user_id, organization_id ON membership FOR EACH ROW EXECUTE FUNCTION tell_guest();
UPDATE membership m SET is_guest = true FROM user_account u WHERE u.id = m.user_id AND u.home_organization_id <> m.organization_id;
CREATE INDEX membership_organization_id_guest_idx ON membership (organization_id, user_id) WHERE is_guest;
CREATE INDEX user_account_home_organization_id_name_idx ON user_account (home_organization_id, lower(name), id);
CREATE INDEX user_account_home_organization_id_email_idx ON user_account (home_organization_id, email, id);
CREATE INDEX user_account_home_organization_id_status_idx ON user_account (home_organization_id, status, id);
DROP INDEX user_account_home_organization_id_idx;
`;

const DOWN = `
CREATE INDEX user_account_home_organization_id_idx ON user_account (home_organization_id);
DROP INDEX user_account_home_organization_id_name_idx, user_account_home_organization_id_email_idx, user_account_home_organization_id_status_idx;
DROP INDEX membership_organization_id_guest_idx;
DROP TRIGGER membership_guest ON membership;
DROP FUNCTION tell_guest();
ALTER TABLE membership DROP COLUMN is_guest;
`;

export class Guests1795739100005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
