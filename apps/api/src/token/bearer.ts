import { bearerToken } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { BEARER_STRATEGY } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { originOf, type Request } from '../platform/http/request.js';
import { Tokens } from './tokens.js';

/** Access tokens at the management API: header only, never the query or the body. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, BEARER_STRATEGY) {
  constructor(private readonly tokens: Tokens) {
    super();
  }

  async validate(request: Request): Promise<Actor | false> {
    const token = bearerToken(request.headers.authorization);
    return (token && (await this.tokens.actor(token, originOf(request)))) || false;
  }
}
