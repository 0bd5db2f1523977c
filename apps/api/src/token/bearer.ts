import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { BEARER_STRATEGY } from '../platform/access/access.guard.js';
import { unfitToken } from '../platform/access/bearer-challenge.js';
import type { Actor } from '../platform/actor.js';
import { originOf, type Request } from '../platform/http/request.js';
import { PresentedTokens } from './dpop/presented-tokens.js';
import { Tokens } from './tokens.js';

/** Access tokens at the management API: header only, never the query or the body. */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, BEARER_STRATEGY) {
  constructor(
    @Inject(Tokens) private readonly tokens: Tokens,
    @Inject(PresentedTokens) private readonly presented: PresentedTokens,
  ) {
    super();
  }

  /** @throws Problem `invalid-token` for a token that does not come as it has to, with what to do in its challenge */
  async validate(request: Request): Promise<Actor | false> {
    const token = this.presented.read(request, request.method, unfitToken);
    return (token && (await this.tokens.actor(token, originOf(request)))) || false;
  }
}
