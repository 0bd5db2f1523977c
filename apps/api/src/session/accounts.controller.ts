import type { OpenInvitation, SessionInfo, UserRef } from '@behalf/domain';
import { Body, Controller, HttpCode, Inject, Patch, Post, Put, Req, Res, UseFilters, UseGuards, UsePipes } from '@nestjs/common';
import { Invitations } from '../directory/index.js';
import { BrowserOnly, CurrentActor, Public } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import type { Actor } from '../platform/actor.js';
import { CONFIG, type Config } from '../platform/config.js';
import { ProblemFilter } from '../platform/http/filters.js';
import type { Reply, Request } from '../platform/http/request.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { Accounts } from './accounts.js';
import { AcceptInvitationDto, InvitationDto, MeDto, PasswordChangeDto } from './session.dto.js';
import { sendSessionCookie } from './session-cookie.js';
import { Sessions } from './sessions.js';

@Controller('api/v1')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
@UsePipes(ShapePipe)
export class AccountsController {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly invitations: Invitations,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Patch('me')
  @BrowserOnly()
  rename(@CurrentActor() actor: Actor, @Body() { name }: MeDto): Promise<UserRef> {
    return this.accounts.rename(actor, name);
  }

  @Put('me/password')
  @BrowserOnly()
  @HttpCode(204)
  async changePassword(
    @CurrentActor() actor: Actor,
    @Body() change: PasswordChangeDto,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<void> {
    sendSessionCookie(reply, await this.accounts.changePassword(actor, change), this.config);
  }

  /** Whose link it is. The token stands in the body: addresses end up in logs and histories. */
  @Post('invitations/find')
  @Public()
  @HttpCode(200)
  find(@Body() { token }: InvitationDto): Promise<OpenInvitation> {
    return this.invitations.find(token);
  }

  @Post('invitations/accept')
  @Public()
  async accept(@Body() body: AcceptInvitationDto, @Req() request: Request, @Res({ passthrough: true }) reply: Reply): Promise<SessionInfo> {
    const secret = await this.accounts.acceptInvitation(body, request);
    sendSessionCookie(reply, secret, this.config);
    return this.sessions.infoOf(secret);
  }
}
