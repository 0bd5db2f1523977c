import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
CREATE TABLE organization (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT organization_pkey PRIMARY KEY (id)
);

CREATE TABLE team (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT team_pkey PRIMARY KEY (id),
  CONSTRAINT team_organization_id_name_key UNIQUE (organization_id, name),
  CONSTRAINT team_id_organization_id_key UNIQUE (id, organization_id),
  CONSTRAINT team_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id)
);

CREATE TABLE user_account (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email text NOT NULL,
  email_verified boolean NOT NULL DEFAULT false,
  name text NOT NULL,
  password_hash text,
  status text NOT NULL DEFAULT 'active',
  home_organization_id uuid NOT NULL,
  epoch integer NOT NULL DEFAULT 0,
  session_epoch integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT user_account_pkey PRIMARY KEY (id),
  CONSTRAINT user_account_email_key UNIQUE (email),
  CONSTRAINT user_account_email_check CHECK (email = lower(email)),
  CONSTRAINT user_account_status_check CHECK (status IN ('active', 'disabled')),
  CONSTRAINT user_account_home_organization_id_fkey FOREIGN KEY (home_organization_id) REFERENCES organization (id)
);
CREATE INDEX user_account_home_organization_id_idx ON user_account (home_organization_id);

-- The team's organization stands here too, so that the live read of a token needs no join with team.
CREATE TABLE membership (
  user_id uuid NOT NULL,
  team_id uuid NOT NULL,
  organization_id uuid NOT NULL,
  role text NOT NULL,
  CONSTRAINT membership_pkey PRIMARY KEY (user_id, team_id),
  CONSTRAINT membership_role_check CHECK (role IN ('platform_admin', 'security_user', 'standard_user', 'read_only_user')),
  CONSTRAINT membership_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id),
  CONSTRAINT membership_team_id_organization_id_fkey FOREIGN KEY (team_id, organization_id) REFERENCES team (id, organization_id)
);
CREATE INDEX membership_team_id_idx ON membership (team_id);
CREATE INDEX membership_organization_id_idx ON membership (organization_id);

CREATE TABLE invitation (
  token_hash bytea NOT NULL,
  user_id uuid NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT invitation_pkey PRIMARY KEY (token_hash),
  CONSTRAINT invitation_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id)
);
CREATE INDEX invitation_user_id_idx ON invitation (user_id);

CREATE TABLE oauth_client (
  client_id text NOT NULL,
  organization_id uuid NOT NULL,
  client_name text NOT NULL,
  client_type text NOT NULL,
  app_type text NOT NULL,
  team_selection text NOT NULL,
  team_restrictions jsonb NOT NULL,
  access_preset text NOT NULL,
  access_token_lifetime_seconds integer NOT NULL,
  issue_refresh_token boolean NOT NULL,
  refresh_token_lifetime_seconds integer NOT NULL,
  redirect_uris text[] NOT NULL,
  resource_server boolean NOT NULL,
  status text NOT NULL DEFAULT 'enabled',
  status_reason text,
  resume_at timestamptz,
  epoch integer NOT NULL DEFAULT 0,
  refresh_epoch integer NOT NULL DEFAULT 0,
  multi_team_epoch integer NOT NULL DEFAULT 0,
  consent_epoch integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  created_by uuid,
  updated_at timestamptz NOT NULL,
  last_used_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT oauth_client_pkey PRIMARY KEY (client_id),
  CONSTRAINT oauth_client_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization (id),
  CONSTRAINT oauth_client_client_type_check CHECK (client_type IN ('confidential', 'public')),
  CONSTRAINT oauth_client_team_selection_check CHECK (team_selection IN ('single', 'multiple')),
  CONSTRAINT oauth_client_access_preset_check CHECK (access_preset IN ('read_only', 'full_access')),
  CONSTRAINT oauth_client_status_check CHECK (status IN ('enabled', 'disabled'))
) WITH (fillfactor = 80);
CREATE INDEX oauth_client_organization_id_created_at_idx ON oauth_client (organization_id, created_at, client_id);
CREATE INDEX oauth_client_organization_id_client_name_idx ON oauth_client (organization_id, lower(client_name), client_id);
CREATE INDEX oauth_client_resume_at_idx ON oauth_client (resume_at) WHERE resume_at IS NOT NULL;

CREATE TABLE client_secret (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  client_id text NOT NULL,
  secret_hash bytea NOT NULL,
  hint text NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz,
  last_used_at timestamptz,
  last_used_ip inet,
  uses integer NOT NULL DEFAULT 0,
  use_audited_at timestamptz,
  CONSTRAINT client_secret_pkey PRIMARY KEY (id),
  CONSTRAINT client_secret_client_id_fkey FOREIGN KEY (client_id) REFERENCES oauth_client (client_id) ON DELETE CASCADE
) WITH (fillfactor = 80);
CREATE INDEX client_secret_client_id_idx ON client_secret (client_id);

-- What integrators have to know about refused requests; the newest of each client are kept.
CREATE TABLE client_failure (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  client_id text NOT NULL,
  at timestamptz NOT NULL,
  endpoint text NOT NULL,
  reason text NOT NULL,
  received text,
  registered text[],
  request_id uuid NOT NULL,
  ip_address inet,
  CONSTRAINT client_failure_pkey PRIMARY KEY (id),
  CONSTRAINT client_failure_client_id_fkey FOREIGN KEY (client_id) REFERENCES oauth_client (client_id) ON DELETE CASCADE
);
CREATE INDEX client_failure_client_id_at_idx ON client_failure (client_id, at);

CREATE TABLE authentication_failure (
  key bytea NOT NULL,
  count integer NOT NULL,
  "limit" integer NOT NULL,
  ends_at timestamptz NOT NULL,
  CONSTRAINT authentication_failure_pkey PRIMARY KEY (key)
);
CREATE INDEX authentication_failure_ends_at_idx ON authentication_failure (ends_at);

CREATE TABLE ui_session (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  token_hash bytea NOT NULL,
  user_id uuid NOT NULL,
  user_epoch integer NOT NULL,
  session_epoch integer NOT NULL,
  organization_id uuid NOT NULL,
  authenticated_at timestamptz NOT NULL,
  last_active_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ip_address inet,
  user_agent text,
  CONSTRAINT ui_session_pkey PRIMARY KEY (id),
  CONSTRAINT ui_session_token_hash_key UNIQUE (token_hash)
) WITH (fillfactor = 80);
CREATE INDEX ui_session_user_id_idx ON ui_session (user_id);

CREATE TABLE authorization_request (
  id uuid NOT NULL,
  browser_hash bytea NOT NULL,
  client_id text NOT NULL,
  client_epoch integer NOT NULL,
  refresh_epoch integer,
  multi_team_epoch integer NOT NULL,
  redirect_uri text NOT NULL,
  code_challenge text NOT NULL,
  scope text NOT NULL,
  state text,
  nonce text,
  prompt text,
  login_hint text,
  authenticated_after timestamptz,
  user_id uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  consumed_at timestamptz,
  CONSTRAINT authorization_request_pkey PRIMARY KEY (id)
);
CREATE INDEX authorization_request_expires_at_idx ON authorization_request (expires_at);

CREATE TABLE consent (
  user_id uuid NOT NULL,
  client_id text NOT NULL,
  team_ids uuid[] NOT NULL,
  scope text NOT NULL,
  user_epoch integer NOT NULL,
  consent_epoch integer NOT NULL,
  given_at timestamptz NOT NULL,
  CONSTRAINT consent_pkey PRIMARY KEY (user_id, client_id)
);
CREATE INDEX consent_client_id_idx ON consent (client_id);

-- One row per authorization. No foreign key leads out of it, and no index stands on a column that a refresh changes,
-- so that a refresh is a heap-only update.
CREATE TABLE authorization_grant (
  id uuid NOT NULL,
  client_id text NOT NULL,
  user_id uuid NOT NULL,
  client_epoch integer NOT NULL,
  refresh_epoch integer,
  multi_team_epoch integer NOT NULL,
  user_epoch integer NOT NULL,
  team_ids uuid[] NOT NULL,
  scope text NOT NULL,
  narrowed_scope text,
  redirect_uri text NOT NULL,
  code_challenge text NOT NULL,
  nonce text,
  authenticated_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  refresh_token_lifetime_seconds integer,
  generation integer NOT NULL DEFAULT 0,
  rotated_at timestamptz,
  rotated_request_id uuid,
  rotated_ip inet,
  rotated_user_agent text,
  access_token_lifetime_seconds integer NOT NULL,
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_reason text,
  CONSTRAINT authorization_grant_pkey PRIMARY KEY (id)
) WITH (fillfactor = 60);
CREATE INDEX authorization_grant_client_id_created_at_idx ON authorization_grant (client_id, created_at);
CREATE INDEX authorization_grant_user_id_client_id_idx ON authorization_grant (user_id, client_id);

CREATE TABLE revoked_access_token (
  grant_id uuid NOT NULL,
  generation integer NOT NULL,
  expires_at timestamptz NOT NULL,
  CONSTRAINT revoked_access_token_pkey PRIMARY KEY (grant_id, generation)
);
CREATE INDEX revoked_access_token_expires_at_idx ON revoked_access_token (expires_at);

CREATE TABLE signing_key (
  kid text NOT NULL,
  alg text NOT NULL,
  public_jwk jsonb NOT NULL,
  sealed_private_key bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  active_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  retired_at timestamptz,
  CONSTRAINT signing_key_pkey PRIMARY KEY (kid)
);

-- Partitioned by month from the first row on: retention drops months. The default partition keeps a write from failing.
CREATE TABLE audit_event (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  organization_id uuid,
  user_id uuid,
  user_email text,
  user_name text,
  action text NOT NULL,
  target_type text,
  target_id text,
  target_name text,
  team_id uuid,
  channel text NOT NULL,
  client_id text,
  client_name text,
  token_id uuid,
  ip_address inet,
  user_agent text,
  request_id uuid,
  result text NOT NULL DEFAULT 'success',
  reason text,
  count integer NOT NULL DEFAULT 1,
  changes jsonb,
  CONSTRAINT audit_event_pkey PRIMARY KEY (id, at),
  CONSTRAINT audit_event_channel_check CHECK (channel IN ('ui', 'oauth', 'system')),
  CONSTRAINT audit_event_result_check CHECK (result IN ('success', 'denied', 'failure'))
) PARTITION BY RANGE (at);
CREATE INDEX audit_event_organization_id_at_idx ON audit_event (organization_id, at, id);
CREATE TABLE audit_event_default PARTITION OF audit_event DEFAULT;
`;

/** The role that the API works as: it can neither change the schema nor touch what was audited. */
const ROLE = `
DO $$ BEGIN
  CREATE ROLE behalf_app NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  IF NOT pg_has_role(current_user, 'behalf_app', 'MEMBER') THEN GRANT behalf_app TO CURRENT_USER; END IF;
END $$;
GRANT USAGE ON SCHEMA public TO behalf_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON
  organization, team, user_account, membership, invitation, oauth_client, client_secret, client_failure,
  authentication_failure, ui_session,
  authorization_request, consent, authorization_grant, revoked_access_token, signing_key TO behalf_app;
GRANT SELECT, INSERT ON audit_event TO behalf_app;
`;

const TABLES = [
  'audit_event',
  'signing_key',
  'revoked_access_token',
  'authorization_grant',
  'consent',
  'authorization_request',
  'ui_session',
  'authentication_failure',
  'client_failure',
  'client_secret',
  'oauth_client',
  'invitation',
  'membership',
  'user_account',
  'team',
  'organization',
];

export class InitialSchema1764000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(UP);
    await queryRunner.query(ROLE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${TABLES.join(', ')}`);
  }
}
