import { DpopNonces } from '@behalf/dpop';
import { Global, Module } from '@nestjs/common';
import { PassportModule } from '@nestjs/passport';
import { AuditModule } from '../audit/index.js';
import { ClientModule, GrantUsage } from '../client/index.js';
import { UserGrants } from '../directory/index.js';
import { CONFIG, type Config } from '../platform/config.js';
import { AuditReports } from './audit-reports.js';
import { AuditReportsController } from './audit-reports.controller.js';
import { BearerStrategy } from './bearer.js';
import { ClientAuthentication } from './client-authentication.js';
import { ClientProof } from './client-proof.js';
import { RememberedConsents } from './remembered-consents.js';
import { ResourceServerStrategy } from './resource-server-strategy.js';
import { AccessCuts } from './access-cuts.js';
import { ConnectedApps } from './connected-apps.js';
import { ConnectedAppsController, EffectiveAccessController, TokensController } from './connected-apps.controller.js';
import { Consents } from './consents.js';
import { ConsentsController } from './consents.controller.js';
import { EffectiveAccesses } from './effective-access.js';
import { DeviceAuthorizations } from './device-authorizations.js';
import { DpopProofs } from './dpop/dpop-proofs.js';
import { PresentedTokens } from './dpop/presented-tokens.js';
import { AuthorizationCodeGrant } from './grants/authorization-code.js';
import { DeviceCodeGrant } from './grants/device-code.js';
import { RefreshTokenGrant } from './grants/refresh-token.js';
import { GrantCounts, UserGrantCounts } from './grant-counts.js';
import { GrantResources } from './grant-resources.js';
import { IdTokens } from './id-token.js';
import { LastUsed } from './last-used.js';
import { LiveGrants } from './live-grants.js';
import { MetadataController } from './metadata.controller.js';
import { Revocations } from './revocation.js';
import { PendingLimit } from './pending-limit.js';
import { Rotations } from './rotation.js';
import { SigningKeyStore } from './signing-key-store.js';
import { SigningKeys } from './signing-keys.js';
import { TokenAnswers } from './token-answer.js';
import { TokenController } from './token.controller.js';
import { TokenEndpoints } from './token-endpoints.js';
import { TokenMetrics } from './token-metrics.js';
import { TokenHandles } from './token-handle.js';
import { TokenRows } from './token-rows.js';
import { TokenSweep } from './token-sweep.js';
import { Tokens } from './tokens.js';
import { UserInfoController } from './userinfo.controller.js';

/** Global, since it answers for the ports that client and directory declare: who imports whom stays one way. */
@Global()
@Module({
  imports: [PassportModule, AuditModule, ClientModule],
  controllers: [
    TokenController,
    UserInfoController,
    MetadataController,
    ConsentsController,
    ConnectedAppsController,
    TokensController,
    EffectiveAccessController,
    AuditReportsController,
  ],
  providers: [
    { provide: TokenHandles, useFactory: (config: Config) => new TokenHandles(config.secret_keys), inject: [CONFIG] },
    LiveGrants,
    Rotations,
    Revocations,
    SigningKeyStore,
    SigningKeys,
    IdTokens,
    TokenAnswers,
    { provide: DpopNonces, useFactory: (config: Config) => new DpopNonces(config.secret_keys), inject: [CONFIG] },
    DpopProofs,
    PresentedTokens,
    AuthorizationCodeGrant,
    RefreshTokenGrant,
    DeviceAuthorizations,
    DeviceCodeGrant,
    PendingLimit,
    GrantResources,
    LastUsed,
    TokenSweep,
    TokenMetrics,
    Tokens,
    Consents,
    RememberedConsents,
    ConnectedApps,
    AccessCuts,
    TokenRows,
    EffectiveAccesses,
    { provide: GrantUsage, useClass: GrantCounts },
    { provide: UserGrants, useClass: UserGrantCounts },
    AuditReports,
    ClientProof,
    ResourceServerStrategy,
    ClientAuthentication,
    TokenEndpoints,
    BearerStrategy,
  ],
  exports: [
    ClientAuthentication,
    Consents,
    DeviceAuthorizations,
    DpopProofs,
    PendingLimit,
    RememberedConsents,
    Tokens,
    GrantUsage,
    UserGrants,
  ],
})
export class TokenModule {}
