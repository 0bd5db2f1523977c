import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the API writes: every column but the position. */
const WRITTEN = `id, at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name, team_id, channel, client_id,
  client_name, token_id, ip_address, user_agent, request_id, result, reason, count, changes`;

/** Where a row stands in the order of sealing. A database that was moved to another server goes on above what it had: see `audit/upkeep.ts`. */
const POSITION = `
CREATE FUNCTION audit_position(xact xid8) RETURNS bigint
  LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN xact::text::bigint;
GRANT EXECUTE ON FUNCTION audit_position(xid8) TO behalf_app;

-- Rows that are there already all get this transaction's: a constant, so that nothing is rewritten.
ALTER TABLE audit_event ADD COLUMN position bigint NOT NULL DEFAULT audit_position(pg_current_xact_id());
ALTER TABLE audit_event ADD CONSTRAINT audit_event_at_check CHECK (isfinite(at));

-- The API cannot choose a row's place.
REVOKE INSERT ON audit_event FROM behalf_app;
GRANT INSERT (${WRITTEN}) ON audit_event TO behalf_app;
`;

/** An equality before the time and the id, so that one index finds a page of what a filter shows and counts it. */
const INDEXES = `
CREATE INDEX audit_event_position_id_idx ON audit_event (position, id);
CREATE INDEX audit_event_organization_id_action_at_idx ON audit_event (organization_id, action, at);
CREATE INDEX audit_event_organization_id_user_id_at_idx ON audit_event (organization_id, user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX audit_event_organization_id_target_id_at_idx ON audit_event (organization_id, target_id, at) WHERE target_id IS NOT NULL;
CREATE INDEX audit_event_organization_id_client_id_at_idx ON audit_event (organization_id, client_id, at) WHERE client_id IS NOT NULL;
CREATE INDEX audit_event_token_id_at_idx ON audit_event (token_id, at) WHERE token_id IS NOT NULL;
-- What is rare: a page of it must not read what lies between.
CREATE INDEX audit_event_organization_id_result_at_idx ON audit_event (organization_id, result, at) WHERE result <> 'success';
CREATE INDEX audit_event_organization_id_channel_at_idx ON audit_event (organization_id, channel, at) WHERE channel <> 'oauth';
`;

const SEALS = `
-- The HMAC chain. A seal covers a batch of rows, and with them a stretch of the order (position, id) without a gap.
CREATE TABLE audit_seal (
  number bigint NOT NULL,
  previous bytea NOT NULL,
  sealed_at timestamptz NOT NULL,
  position bigint NOT NULL,
  event_id uuid NOT NULL,
  actions text[] NOT NULL,
  leaves bytea NOT NULL,
  kept_from timestamptz,
  anchor bigint,
  mac bytea NOT NULL,
  CONSTRAINT audit_seal_pkey PRIMARY KEY (number),
  CONSTRAINT audit_seal_retention_check CHECK ((kept_from IS NULL) = (anchor IS NULL))
);
CREATE INDEX audit_seal_kept_from_idx ON audit_seal (number) WHERE kept_from IS NOT NULL;

CREATE TABLE audit_key (
  id uuid NOT NULL,
  sealed_key bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT audit_key_pkey PRIMARY KEY (id)
);

GRANT SELECT, INSERT ON audit_seal, audit_key TO behalf_app;
-- The key itself stays; it is sealed anew when SECRET_KEY is rotated.
GRANT UPDATE (sealed_key) ON audit_key TO behalf_app;
`;

/**
 * Makes the partition of a month unless it is there, with the rows of that month which the default partition took in.
 * The partition is filled before it is attached, in the caller's transaction, so no reader sees a row twice or not at
 * all. Rights are the parent's: whatever default privileges have given away on the new table is taken back.
 */
const MONTHS = `
CREATE FUNCTION audit_month(instant timestamptz) RETURNS boolean LANGUAGE plpgsql SET TimeZone = 'UTC' SET search_path = public, pg_temp AS $$
DECLARE
  lower_end timestamptz := date_trunc('month', instant);
  upper_end timestamptz := lower_end + interval '1 month';
  name text := 'audit_event_' || to_char(lower_end, 'YYYY_MM');
  holder text;
BEGIN
  IF to_regclass(quote_ident(name)) IS NOT NULL THEN RETURN false; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES)', name);
  FOR holder IN
    SELECT DISTINCT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
      FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = quote_ident(name)::regclass AND a.grantee <> c.relowner
  LOOP
    EXECUTE format('REVOKE ALL ON TABLE %I FROM %s', name, holder);
  END LOOP;
  LOCK TABLE audit_event IN SHARE UPDATE EXCLUSIVE MODE;
  LOCK TABLE audit_event_default IN ACCESS EXCLUSIVE MODE;
  EXECUTE format('WITH moved AS (DELETE FROM audit_event_default WHERE at >= %L AND at < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
                 lower_end, upper_end, name);
  EXECUTE format('ALTER TABLE audit_event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name, lower_end, upper_end);
  RETURN true;
END $$;
REVOKE ALL ON FUNCTION audit_month(timestamptz) FROM PUBLIC;

SELECT audit_month(m.month) FROM (
  SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS month FROM audit_event_default
  UNION
  SELECT date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
) m ORDER BY m.month;
`;

/** From where a secret was used, and by what: the audit log tells a leaked previous secret from one that is not replaced yet. */
const SECRETS = 'ALTER TABLE client_secret ADD COLUMN last_used_user_agent text;';

const DOWN = `
ALTER TABLE client_secret DROP COLUMN last_used_user_agent;
DO $$ DECLARE month text; BEGIN
  FOR month IN SELECT inhrelid::regclass::text FROM pg_inherits
                WHERE inhparent = 'audit_event'::regclass AND inhrelid <> 'audit_event_default'::regclass
  LOOP
    EXECUTE format('ALTER TABLE audit_event DETACH PARTITION %s', month);
    EXECUTE format('INSERT INTO audit_event_default SELECT * FROM %s', month);
    EXECUTE format('DROP TABLE %s', month);
  END LOOP;
END $$;
DROP FUNCTION audit_month(timestamptz);
DROP TABLE audit_key, audit_seal;
DROP INDEX audit_event_organization_id_channel_at_idx, audit_event_organization_id_result_at_idx, audit_event_token_id_at_idx, audit_event_organization_id_client_id_at_idx,
  audit_event_organization_id_target_id_at_idx, audit_event_organization_id_user_id_at_idx, audit_event_organization_id_action_at_idx,
  audit_event_position_id_idx;
ALTER TABLE audit_event DROP CONSTRAINT audit_event_at_check;
REVOKE INSERT (${WRITTEN}) ON audit_event FROM behalf_app;
GRANT INSERT ON audit_event TO behalf_app;
ALTER TABLE audit_event DROP COLUMN position;
DROP FUNCTION audit_position(xid8);
`;

/** The audit log by months, in an order that can be sealed, with its seals. */
export class AuditChain1765100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const text of [POSITION, INDEXES, SEALS, MONTHS, SECRETS]) await queryRunner.query(text);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
