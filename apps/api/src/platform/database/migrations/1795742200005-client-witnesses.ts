import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Of each client a grant or two out of `standing_grant`, by which it is seen that something of it lives: counting the clients of an
 * organization then asks the others alone, each of which costs a search of a large index. A witness is judged like any grant, so a stale one
 * proves nothing and only costs that search.
 */
const TABLE = `
CREATE TABLE client_witness (LIKE standing_grant, CONSTRAINT client_witness_pkey PRIMARY KEY (grant_id))
  WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
CREATE INDEX client_witness_client_id_client_epoch_created_at_idx ON client_witness (client_id, client_epoch, created_at);
GRANT SELECT ON client_witness TO behalf_app;
`;

/** As in the migration of standing_grant, and frozen with this one. */
const PROJECTED = `NEW.id, NEW.client_id, NEW.client_epoch,
  CASE WHEN NEW.refresh_token_lifetime_seconds IS NOT NULL THEN NEW.refresh_epoch END,
  CASE WHEN cardinality(NEW.team_ids) > 1 THEN NEW.multi_team_epoch END, NEW.user_id, NEW.user_epoch, NEW.created_at,
  date_bin('1 second', NEW.created_at, timestamptz 'epoch') + NEW.refresh_token_lifetime_seconds * interval '1 second'`;

const keepStandingGrant = (removed: string, added: string) => `
CREATE OR REPLACE FUNCTION keep_standing_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.generation > 0 THEN DELETE FROM standing_grant WHERE grant_id = OLD.id;${removed} END IF;
  IF TG_OP <> 'DELETE' AND NEW.generation > 0 AND NEW.revoked_at IS NULL THEN INSERT INTO standing_grant SELECT ${PROJECTED};${added} END IF;
  RETURN NULL;
END $$;
`;

/**
 * Of eight exchanges one, by its id, which is a hash, looks for a witness that lasts for half of its own life at least, and writes one where
 * there is none: to look takes nearly as long as to keep the projection, and one witness is enough. Two of one client at once write one each, and
 * none waits for the other: old ones that somebody else takes away are passed over.
 */
const WITNESSED = keepStandingGrant(
  `
    DELETE FROM client_witness WHERE grant_id = OLD.id;`,
  `
    IF NEW.id < '20000000-0000-0000-0000-000000000000' AND NEW.refresh_token_lifetime_seconds IS NOT NULL THEN
    -- A condition of its own: with the search in it, each exchange would begin one.
    IF NOT EXISTS (
      SELECT FROM client_witness w WHERE w.client_id = NEW.client_id AND w.client_epoch = NEW.client_epoch AND w.refresh_epoch = NEW.refresh_epoch
         AND w.refresh_ends_at > NEW.created_at + NEW.refresh_token_lifetime_seconds * interval '0.5 seconds')
    THEN
      INSERT INTO client_witness SELECT ${PROJECTED};
      DELETE FROM client_witness WHERE grant_id IN (
        SELECT w.grant_id FROM client_witness w
         WHERE w.client_id = NEW.client_id AND w.created_at < NEW.created_at - NEW.refresh_token_lifetime_seconds * interval '1 second'
           FOR UPDATE SKIP LOCKED);
    END IF; END IF;`,
);

/** While no grant is written: who revokes one under the function of before would leave its witness. */
const FILL = `
INSERT INTO client_witness
SELECT n.* FROM oauth_client c CROSS JOIN LATERAL (
  SELECT s.* FROM standing_grant s WHERE s.client_id = c.client_id AND s.client_epoch = c.epoch AND s.refresh_ends_at IS NOT NULL
   ORDER BY s.created_at DESC LIMIT 1) n;
`;

export class ClientWitnesses1795742200005 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('LOCK TABLE authorization_grant IN SHARE ROW EXCLUSIVE MODE');
    for (const text of [TABLE, WITNESSED, FILL]) await queryRunner.query(text);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('LOCK TABLE authorization_grant IN SHARE ROW EXCLUSIVE MODE');
    await queryRunner.query(keepStandingGrant('', ''));
    await queryRunner.query('DROP TABLE client_witness');
  }
}
