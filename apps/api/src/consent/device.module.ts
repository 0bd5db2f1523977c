import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ClientModule } from '../client/index.js';
import { SessionModule } from '../session/index.js';
import { TokenModule } from '../token/index.js';
import { ConsentModule } from './consent.module.js';
import { DeviceAuthorizationController } from './device-authorization.controller.js';
import { DeviceRequests } from './device-requests.js';
import { DeviceRequestsController } from './device-requests.controller.js';

/** Both ends of a device's request: a module of its own, so that it can be left out. */
@Module({
  imports: [AuditModule, ClientModule, SessionModule, TokenModule, ConsentModule],
  controllers: [DeviceAuthorizationController, DeviceRequestsController],
  providers: [DeviceRequests],
})
export class DeviceModule {}
