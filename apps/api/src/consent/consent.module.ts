import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { ClientModule } from '../client/index.js';
import { DirectoryModule } from '../directory/index.js';
import { SessionModule } from '../session/index.js';
import { TokenModule } from '../token/index.js';
import { AuthorizationRequests } from './authorization-requests.js';
import { AuthorizationRequestsController } from './authorization-requests.controller.js';
import { AuthorizeController } from './authorize.controller.js';
import { NextSteps } from './next-steps.js';
import { PushedRequests } from './pushed-requests.js';
import { RequestSweep } from './request-sweep.js';

@Module({
  imports: [AuditModule, ClientModule, DirectoryModule, SessionModule, TokenModule],
  controllers: [AuthorizeController, AuthorizationRequestsController],
  providers: [AuthorizationRequests, NextSteps, PushedRequests, RequestSweep],
  exports: [AuthorizationRequests, PushedRequests],
})
export class ConsentModule {}
