import type { ProblemName } from '@behalf/domain';
import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable, Optional } from '@nestjs/common';
import { AccessLog } from '../access/access-log.js';
import type { Actor, ClientActor } from '../actor.js';
import { CONFIG, type Config } from '../config.js';
import type { Problem } from '../problem.js';
import { logFault, sendOAuthError, sendProblem, toOAuthError, toProblem } from './faults.js';
import type { Reply, Request } from './request.js';
import { isUuid } from './uuid.pipe.js';

/** Refusals of the management API, as RFC 9457 problem documents; a denied attempt is audited before it is answered. */
@Catch()
@Injectable()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Optional() private readonly accessLog?: AccessLog,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<Request>();
    const reply = host.switchToHttp().getResponse<Reply>();
    logFault(thrown, request);
    const problem = toProblem(thrown);
    const caller = request.actor ?? request.client_actor;
    if (caller && isDenial(problem, caller)) {
      try {
        const { team_id } = request.params as { team_id?: string };
        const route = `${request.method} ${request.routeOptions.url}`;
        await this.accessLog?.denied(caller, route, problem, isUuid(team_id) ? team_id : null);
      } catch (cause) {
        logFault(cause, request);
        return sendProblem(toProblem(cause), reply, this.config.issuer);
      }
    }
    sendProblem(problem, reply, this.config.issuer);
  }
}

const DENIALS = new Set<ProblemName>(['permission-required', 'insufficient-scope', 'resource-server-required', 'cross-site-request']);

/** A session that has just ended is no attempt at anything; a token where none is taken is one. */
function isDenial({ problem }: Problem, { channel }: Actor | ClientActor): boolean {
  if (problem === 'not-signed-in') return channel === 'oauth';
  return DENIALS.has(problem);
}

/** Refusals of the OAuth endpoints, as RFC 6749 §5.2 JSON. */
@Catch()
@Injectable()
export class OAuthErrorFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    logFault(thrown, request);
    sendOAuthError(toOAuthError(thrown), host.switchToHttp().getResponse<Reply>());
  }
}
