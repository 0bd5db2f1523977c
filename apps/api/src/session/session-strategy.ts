import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { SESSION_STRATEGY } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { originOf, type Request } from '../platform/http/request.js';
import { sessionActor } from './current-session.js';
import { Sessions } from './sessions.js';

/** Browser sessions at the management API. */
@Injectable()
export class SessionStrategy extends PassportStrategy(Strategy, SESSION_STRATEGY) {
  constructor(private readonly sessions: Sessions) {
    super();
  }

  async validate(request: Request): Promise<Actor | false> {
    const session = await this.sessions.current(request);
    return session ? sessionActor(session, originOf(request)) : false;
  }
}
