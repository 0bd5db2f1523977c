import type { SessionInfo } from '@behalf/domain';
import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Put, Req, Res, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BrowserOnly, CurrentActor, GuardedBody, Public } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { CONFIG, type Config } from '../platform/config.js';
import { cookieOptions, sessionCookieName } from '../platform/http/cookies.js';
import { ProblemFilter } from '../platform/http/filters.js';
import type { Reply } from '../platform/http/request.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { OrganizationChoiceDto, SignInDto } from './session.dto.js';
import { sendSessionCookie } from './session-cookie.js';
import { Sessions } from './sessions.js';
import { PasswordGuard, type SignInRequest } from './sign-in.js';

@Controller('api/v1/session')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class SessionController {
  constructor(
    private readonly sessions: Sessions,
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @Public()
  @UseGuards(PasswordGuard)
  @GuardedBody(SignInDto)
  async start(@Req() request: SignInRequest, @Res({ passthrough: true }) reply: Reply): Promise<SessionInfo> {
    const secret = await this.dataSource.transaction((tx) => this.sessions.start(tx, request.sign_in, request));
    const info = await this.sessions.infoOf(secret);
    sendSessionCookie(reply, secret, this.config);
    return info;
  }

  @Get()
  @BrowserOnly()
  get(@CurrentActor() actor: Actor): Promise<SessionInfo> {
    return this.sessions.info(actor);
  }

  @Delete()
  @BrowserOnly()
  @HttpCode(204)
  async end(@CurrentActor() actor: Actor, @Res({ passthrough: true }) reply: Reply): Promise<void> {
    await this.sessions.end(actor.session_id!, 'signed_out', actor);
    reply.clearCookie(sessionCookieName(this.config.issuer), cookieOptions(this.config.issuer));
  }

  @Put('organization')
  @BrowserOnly()
  switchOrganization(@CurrentActor() actor: Actor, @Body() { organization_id }: OrganizationChoiceDto): Promise<SessionInfo> {
    return this.sessions.switchOrganization(actor, organization_id);
  }
}
