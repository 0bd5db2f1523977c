import { Controller, HttpCode, Post, Req, Res, UseFilters } from '@nestjs/common';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import type { Reply, Request } from '../platform/http/request.js';
import { sendJson } from './answers.js';
import { TokenEndpoints } from './token-endpoints.js';

/** The endpoints that clients call, for what is not served directly. */
@Controller('oauth2')
@UseFilters(OAuthErrorFilter)
export class TokenController {
  constructor(private readonly endpoints: TokenEndpoints) {}

  @Post('token')
  async token(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    sendJson(reply, await this.endpoints.token(request));
  }

  @Post('revoke')
  @HttpCode(200)
  async revoke(@Req() request: Request): Promise<void> {
    await this.endpoints.revoke(request);
  }

  @Post('introspect')
  async introspect(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    sendJson(reply, await this.endpoints.introspect(request));
  }
}
