import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a grant's row is in the projection; `g` is the grant. */
const PROJECTED = (g: string): string => `${g}.id, ${g}.client_id, ${g}.client_epoch,
  CASE WHEN ${g}.refresh_token_lifetime_seconds IS NOT NULL THEN ${g}.refresh_epoch END,
  CASE WHEN cardinality(${g}.team_ids) > 1 THEN ${g}.multi_team_epoch END, ${g}.user_id, ${g}.user_epoch, ${g}.created_at,
  date_bin('1 second', ${g}.created_at, timestamptz 'epoch') + ${g}.refresh_token_lifetime_seconds * interval '1 second'`;

/**
 * What lists and dialogs count by: grants that were exchanged and not revoked, with what no refresh changes. A grant's own row is wide,
 * lies anywhere and is written at every refresh, so that a thousand of them are a thousand pages; these are read from one index.
 */
const TABLE = `
CREATE TABLE standing_grant (
  grant_id uuid NOT NULL,
  client_id text NOT NULL,
  client_epoch integer NOT NULL,
  refresh_epoch integer,
  multi_team_epoch integer,
  user_id uuid NOT NULL,
  user_epoch integer NOT NULL,
  created_at timestamptz NOT NULL,
  refresh_ends_at timestamptz,
  CONSTRAINT standing_grant_pkey PRIMARY KEY (grant_id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
GRANT SELECT ON standing_grant TO behalf_app;
`;

/** As the owner: the API reads what the database keeps, and writes nothing here. */
const TRIGGERS = `
CREATE FUNCTION keep_standing_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.generation > 0 THEN DELETE FROM standing_grant WHERE grant_id = OLD.id; END IF;
  IF TG_OP <> 'DELETE' AND NEW.generation > 0 AND NEW.revoked_at IS NULL THEN INSERT INTO standing_grant SELECT ${PROJECTED('NEW')}; END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_standing_grant() FROM PUBLIC;
CREATE TRIGGER authorization_grant_inserted AFTER INSERT ON authorization_grant FOR EACH ROW WHEN (NEW.generation > 0)
  EXECUTE FUNCTION keep_standing_grant();
-- The exchange alone; a refresh, which has a generation before, goes no further than this condition.
CREATE TRIGGER authorization_grant_exchanged AFTER UPDATE OF generation ON authorization_grant FOR EACH ROW
  WHEN (OLD.generation = 0 AND NEW.generation > 0) EXECUTE FUNCTION keep_standing_grant();
CREATE TRIGGER authorization_grant_changed
  AFTER UPDATE OF client_id, client_epoch, refresh_epoch, multi_team_epoch, user_id, user_epoch, team_ids, created_at,
    refresh_token_lifetime_seconds, revoked_at
  ON authorization_grant FOR EACH ROW WHEN (OLD.generation > 0) EXECUTE FUNCTION keep_standing_grant();
CREATE TRIGGER authorization_grant_deleted AFTER DELETE ON authorization_grant FOR EACH ROW WHEN (OLD.generation > 0)
  EXECUTE FUNCTION keep_standing_grant();
`;

/** After the triggers, which hold off writers until all of it is committed: none is missed. The indexes last, at once and sorted. */
const FILL = `
INSERT INTO standing_grant SELECT ${PROJECTED('g')} FROM authorization_grant g WHERE g.generation > 0 AND g.revoked_at IS NULL;
CREATE INDEX standing_grant_client_id_client_epoch_created_at_idx ON standing_grant (client_id, client_epoch, created_at, grant_id)
  INCLUDE (user_id, user_epoch, refresh_epoch, multi_team_epoch, refresh_ends_at);
CREATE INDEX authorization_grant_client_id_revoked_at_idx ON authorization_grant (client_id, revoked_at) WHERE revoked_at IS NOT NULL;
CREATE INDEX user_account_touched_idx ON user_account (id) WHERE status <> 'active' OR epoch <> 0;
`;

const DOWN = `
DROP TRIGGER authorization_grant_inserted ON authorization_grant;
DROP TRIGGER authorization_grant_exchanged ON authorization_grant;
DROP TRIGGER authorization_grant_changed ON authorization_grant;
DROP TRIGGER authorization_grant_deleted ON authorization_grant;
DROP FUNCTION keep_standing_grant();
DROP TABLE standing_grant;
DROP INDEX authorization_grant_client_id_revoked_at_idx, user_account_touched_idx;
`;

export class StandingGrants1795739000005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const text of [TABLE, TRIGGERS, FILL]) await queryRunner.query(text);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
