import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The sessions of an organization's people, by their last use: with the user's home, which never changes, in the session itself, one index
 * has all that a count asks of a session that did not end. The database sees to it, also for servers of the version before.
 */
const UP = `
ALTER TABLE ui_session ADD COLUMN home_organization_id uuid;
CREATE FUNCTION tell_home() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.home_organization_id := (SELECT home_organization_id FROM user_account WHERE id = NEW.user_id);
  RETURN NEW;
END $$;
CREATE TRIGGER ui_session_home BEFORE INSERT OR UPDATE OF user_id ON ui_session FOR EACH ROW EXECUTE FUNCTION tell_home();
UPDATE ui_session s SET home_organization_id = u.home_organization_id FROM user_account u WHERE u.id = s.user_id;
CREATE INDEX ui_session_home_organization_id_last_active_at_idx ON ui_session (home_organization_id, last_active_at, id)
  INCLUDE (expires_at, user_id, user_epoch, session_epoch) WHERE ended_at IS NULL;
CREATE INDEX user_account_session_touched_idx ON user_account (id) WHERE status <> 'active' OR epoch <> 0 OR session_epoch <> 0;
DROP INDEX ui_session_last_active_at_id_idx;
`;

const DOWN = `
CREATE INDEX ui_session_last_active_at_id_idx ON ui_session (last_active_at, id);
DROP INDEX user_account_session_touched_idx, ui_session_home_organization_id_last_active_at_idx;
DROP TRIGGER ui_session_home ON ui_session;
DROP FUNCTION tell_home();
ALTER TABLE ui_session DROP COLUMN home_organization_id;
`;

export class SessionsByHome1795742000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
