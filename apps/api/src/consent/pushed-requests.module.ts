import { Module } from '@nestjs/common';
import { ClientModule } from '../client/index.js';
import { TokenModule } from '../token/index.js';
import { ConsentModule } from './consent.module.js';
import { PushedRequestsController } from './pushed-requests.controller.js';

/** The endpoint of pushed authorization requests: a module of its own, so that it can be left out. */
@Module({ imports: [ClientModule, TokenModule, ConsentModule], controllers: [PushedRequestsController] })
export class PushedRequestsModule {}
