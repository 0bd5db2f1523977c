import { DataSource, type DataSourceOptions } from 'typeorm';
import { AuditDeadLetterRow, AuditEventRow, AuditKeyRow, AuditSealRow, AuditStreamRow } from './audit/index.js';
import { ClientFailureRow, ClientSecret, OAuthClient } from './client/index.js';
import { AuthorizationRequest, PushedAuthorizationRequest } from './consent/index.js';
import { Invitation, Membership, Organization, Team, UserAccount } from './directory/index.js';
import { managementLimits } from './platform/database/connections.js';
import { membersOf, primaryClient } from './platform/database/members.js';
import { MIGRATIONS } from './platform/database/migrations/index.js';
import { AuthenticationFailure } from './platform/failures/authentication-failure.entity.js';
import { UiSessionRow } from './session/index.js';
import {
  AuthorizationGrant,
  ClientWitness,
  Consent,
  DeviceAuthorization,
  DpopProof,
  RevokedAccessToken,
  SigningKey,
  StandingGrant,
} from './token/index.js';

const ENTITIES = [
  Organization,
  Team,
  UserAccount,
  Membership,
  Invitation,
  OAuthClient,
  ClientSecret,
  ClientFailureRow,
  AuthenticationFailure,
  UiSessionRow,
  AuthorizationRequest,
  PushedAuthorizationRequest,
  DeviceAuthorization,
  DpopProof,
  Consent,
  AuthorizationGrant,
  StandingGrant,
  ClientWitness,
  RevokedAccessToken,
  SigningKey,
  AuditEventRow,
  AuditSealRow,
  AuditKeyRow,
  AuditStreamRow,
  AuditDeadLetterRow,
];

/** `gen_random_uuid()` is PostgreSQL's own since 13; under this name the drift check knows it. */
const UUIDS = { uuidExtension: 'pgcrypto', installExtensions: false } as const;

/** The connection pool of the management API: works as the application's role, which cannot alter what was audited. */
export function appDataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url: membersOf(url)[0],
    ...UUIDS,
    entities: ENTITIES,
    synchronize: false,
    poolSize: 10,
    applicationName: 'behalf',
    connectTimeoutMS: 5_000,
    extra: managementLimits(url),
  };
}

/** The owner's connection: migrations, and the drift check that compares the entities with the database. */
export function ownerDataSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url: membersOf(url)[0],
    ...UUIDS,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    synchronize: false,
    poolSize: 1,
    extra: { Client: primaryClient(url) },
  });
}
