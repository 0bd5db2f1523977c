import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every order that the list of clients offers has its index: a page costs the same, wherever it stands and however it is sorted. */
const UP = `
CREATE INDEX oauth_client_organization_id_status_idx ON oauth_client (organization_id, status, client_id);
CREATE INDEX oauth_client_organization_id_access_preset_idx ON oauth_client (organization_id, access_preset, client_id);
CREATE INDEX oauth_client_organization_id_team_selection_idx ON oauth_client (organization_id, team_selection, client_id);
CREATE INDEX oauth_client_organization_id_access_lifetime_idx ON oauth_client (organization_id, access_token_lifetime_seconds, client_id);
CREATE INDEX oauth_client_organization_id_refresh_lifetime_idx ON oauth_client (organization_id, refresh_token_lifetime_seconds, client_id);
CREATE INDEX oauth_client_organization_id_last_used_at_idx
  ON oauth_client (organization_id, coalesce(last_used_at, 'infinity'::timestamptz), client_id);
CREATE INDEX oauth_client_organization_id_last_used_at_desc_idx
  ON oauth_client (organization_id, coalesce(last_used_at, '-infinity'::timestamptz), client_id);
`;

const INDEXES = [
  'oauth_client_organization_id_status_idx',
  'oauth_client_organization_id_access_preset_idx',
  'oauth_client_organization_id_team_selection_idx',
  'oauth_client_organization_id_access_lifetime_idx',
  'oauth_client_organization_id_refresh_lifetime_idx',
  'oauth_client_organization_id_last_used_at_idx',
  'oauth_client_organization_id_last_used_at_desc_idx',
];

export class ClientSortIndexes1764230000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX ${INDEXES.join(', ')}`);
  }
}
