import type { AuthorizationRequestDetails, AuthorizationRequestHint } from '@behalf/domain';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Req, UseFilters, UseGuards } from '@nestjs/common';
import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { Public } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import { CONFIG, type Config } from '../platform/config.js';
import { requestCookieName } from '../platform/http/cookies.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { originOf, type Request } from '../platform/http/request.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { UuidPipe } from '../platform/http/uuid.pipe.js';
import { Problem } from '../platform/problem.js';
import { Sessions } from '../session/index.js';
import { AuthorizationRequests } from './authorization-requests.js';

const MAX_TEAMS = 1000;

class DecisionBody {
  @IsIn(['allow', 'deny'])
  decision: 'allow' | 'deny';

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_TEAMS)
  @IsString({ each: true })
  team_ids: string[] = [];
}

/** What the sign-in and consent pages read and send. Browser sessions only: a token never consents for its user. */
@Controller('api/v1/authorization-requests/:request_id')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class AuthorizationRequestsController {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly sessions: Sessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @Public()
  async show(
    @Param('request_id', UuidPipe) id: string,
    @Req() request: Request,
  ): Promise<AuthorizationRequestDetails | AuthorizationRequestHint> {
    return this.requests.show(id, this.#secret(request, id), await this.sessions.current(request));
  }

  @Post('decision')
  @Public()
  @HttpCode(200)
  async decide(
    @Param('request_id', UuidPipe) id: string,
    @Req() request: Request,
    @Body(ShapePipe) body: DecisionBody,
  ): Promise<{ redirect_to: string }> {
    const session = await this.sessions.current(request);
    if (!session) throw new Problem('not-signed-in');
    return { redirect_to: await this.requests.decide(id, this.#secret(request, id), session, body, originOf(request)) };
  }

  #secret(request: Request, request_id: string): string | undefined {
    return request.cookies[requestCookieName(this.config.issuer, request_id)];
  }
}
