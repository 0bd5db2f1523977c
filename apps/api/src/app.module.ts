import { type DynamicModule, Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from './audit/index.js';
import { ClientModule } from './client/index.js';
import { ConsentModule, DeviceModule, PushedRequestsModule } from './consent/index.js';
import { DirectoryModule } from './directory/index.js';
import { HealthController } from './platform/health.controller.js';
import { Clock } from './platform/clock.js';
import { CONFIG, type Config } from './platform/config.js';
import { BrowserConnections, HotConnections, PendingConnections, SettlingConnections } from './platform/database/batcher.js';
import {
  browserConnections,
  ConnectionsCloser,
  hotConnections,
  pendingConnections,
  settlingConnections,
} from './platform/database/connections.js';
import { Listing } from './platform/database/listing.js';
import { Answered } from './platform/http/answered.js';
import { DirectEndpoints } from './platform/http/direct.js';
import { Failures } from './platform/failures/failures.js';
import { Locations } from './platform/locations.js';
import { MetricFamilies } from './platform/metrics/families.js';
import { Pools } from './platform/metrics/pools.js';
import { appDataSourceOptions } from './schema.js';
import { SessionModule } from './session/index.js';
import { ProtectedResourceModule, TokenModule } from './token/index.js';

/** What every module may ask for: settings, the clock, the connections. */
@Global()
@Module({})
class PlatformModule {
  static with(config: Config, url: string, clock: Clock): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule, TypeOrmModule.forRoot({ ...appDataSourceOptions(url), retryAttempts: 0 })],
      controllers: [HealthController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Clock, useValue: clock },
        { provide: HotConnections, useValue: hotConnections(url) },
        { provide: SettlingConnections, useValue: settlingConnections(url) },
        { provide: BrowserConnections, useValue: browserConnections(url) },
        { provide: PendingConnections, useValue: pendingConnections(url) },
        Answered,
        DirectEndpoints,
        Listing,
        Failures,
        Locations,
        ConnectionsCloser,
        MetricFamilies,
        Pools,
      ],
      exports: [
        CONFIG,
        Clock,
        HotConnections,
        SettlingConnections,
        BrowserConnections,
        PendingConnections,
        Answered,
        DirectEndpoints,
        Listing,
        Failures,
        Locations,
        MetricFamilies,
      ],
    };
  }
}

/** The whole API. */
@Module({})
export class AppModule {
  /**
   * @param url of a migrated database, for the application's login
   * @param clock PostgreSQL's; tests bring one of their own
   */
  static with(config: Config, url: string, clock = new Clock()): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(config, url, clock),
        AuditModule,
        DirectoryModule,
        ClientModule,
        SessionModule,
        TokenModule,
        ConsentModule,
        ...(config.resource_indicators ? [ProtectedResourceModule] : []),
        ...(config.pushed_authorization_requests ? [PushedRequestsModule] : []),
        ...(config.device_authorization ? [DeviceModule] : []),
      ],
    };
  }
}
