import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * For a million grants, a hundred thousand users and sessions, and ten million audit rows. What an epoch has ended is not visited by
 * a list of what lives; neither the epoch nor the time of consent is a column that a refresh changes.
 */
const UP = `
-- Denials are few, and whoever looks for those of one client or user must not read all others.
CREATE INDEX audit_event_organization_id_client_id_denied_idx ON audit_event (organization_id, client_id, at)
  WHERE result <> 'success' AND client_id IS NOT NULL;
CREATE INDEX audit_event_organization_id_incident_idx ON audit_event (organization_id, at, id)
  WHERE action = ANY (ARRAY['token.reused', 'code.replayed', 'client.previous_secret_used']);
CREATE INDEX ui_session_last_active_at_id_idx ON ui_session (last_active_at, id);
-- Grants last: from here on servers of the version before wait, and with the drop, which waits for nothing, they could not even read.
CREATE INDEX authorization_grant_client_id_client_epoch_created_at_idx ON authorization_grant (client_id, client_epoch, created_at);
DROP INDEX authorization_grant_client_id_created_at_idx;
`;

const DOWN = `
DROP INDEX audit_event_organization_id_incident_idx, audit_event_organization_id_client_id_denied_idx;
DROP INDEX ui_session_last_active_at_id_idx;
CREATE INDEX authorization_grant_client_id_created_at_idx ON authorization_grant (client_id, created_at);
DROP INDEX authorization_grant_client_id_client_epoch_created_at_idx;
`;

export class LargeInstallations1765310000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DOWN);
  }
}
