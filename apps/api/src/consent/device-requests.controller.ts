import { AUTHORIZATION_REQUEST_LIFETIME_SECONDS } from '@behalf/domain';
import { Body, Controller, HttpCode, Inject, Post, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { IsString, MaxLength } from 'class-validator';
import { BrowserOnly } from '../platform/access/access.decorators.js';
import { AccessGuard } from '../platform/access/access.guard.js';
import { CONFIG, type Config } from '../platform/config.js';
import { cookieOptions, requestCookieName } from '../platform/http/cookies.js';
import { ProblemFilter } from '../platform/http/filters.js';
import { originOf, type Reply, type Request } from '../platform/http/request.js';
import { ShapePipe } from '../platform/http/shape.pipe.js';
import { Problem } from '../platform/problem.js';
import { Sessions } from '../session/index.js';
import { DeviceRequests } from './device-requests.js';

const MAX_TYPED_CHARACTERS = 64;

class UserCodeBody {
  @IsString()
  @MaxLength(MAX_TYPED_CHARACTERS)
  user_code: string;
}

/** What the page sends where a user enters the code of a device. Browser sessions only: a token never consents for its user. */
@Controller('api/v1/device-authorizations')
@UseGuards(AccessGuard)
@UseFilters(ProblemFilter)
export class DeviceRequestsController {
  constructor(
    private readonly devices: DeviceRequests,
    private readonly sessions: Sessions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @BrowserOnly()
  @HttpCode(200)
  async open(
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
    @Body(ShapePipe) { user_code }: UserCodeBody,
  ): Promise<{ request_id: string }> {
    const session = await this.sessions.current(request);
    if (!session) throw new Problem('not-signed-in');
    const { request_id, browser_secret } = await this.devices.open(user_code, session, originOf(request));
    const cookie = requestCookieName(this.config.issuer, request_id);
    reply.setCookie(cookie, browser_secret, cookieOptions(this.config.issuer, AUTHORIZATION_REQUEST_LIFETIME_SECONDS));
    return { request_id };
  }
}
