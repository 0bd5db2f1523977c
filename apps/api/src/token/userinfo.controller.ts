import { dpopChallenge, dpopErrorOf, type DpopFault } from '@behalf/domain';
import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import { bearerChallenge, REALM } from '../platform/access/bearer-challenge.js';
import { CONFIG, type Config } from '../platform/config.js';
import { DirectEndpoints } from '../platform/http/direct.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import { FormBody, parseParameters } from '../platform/http/form.js';
import { type Call, originOf, type Reply, type Request } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { sendJson, userInfoBody } from './answers.js';
import { bearer, type PresentedToken, PresentedTokens } from './dpop/presented-tokens.js';
import { Tokens } from './tokens.js';

const PARAMETERS: ReadonlySet<string> = new Set(['access_token']);

/** OIDC Core §5.3, for any live access token whatever its scope. */
@Controller('oauth2/userinfo')
@UseFilters(OAuthErrorFilter)
export class UserInfoController {
  constructor(
    private readonly tokens: Tokens,
    private readonly presented: PresentedTokens,
    @Inject(CONFIG) private readonly config: Config,
    direct: DirectEndpoints,
  ) {
    direct.serve('GET', '/oauth2/userinfo', (call) => this.#answer(call, this.#token(call, 'GET')));
  }

  @Get()
  async get(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    // Served to HEAD too, whose proof says so.
    sendJson(reply, await this.#answer(request, this.#token(request, request.method)));
  }

  @Post()
  async post(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const inHeader = request.headers.authorization !== undefined;
    const inBody = tokenInBody(request, this.config);
    // RFC 6750 §2: one way at a time.
    if (inHeader && inBody !== undefined) throw refused(this.config, 'invalid_request', 'two ways of sending the token');
    const token = inBody === undefined ? this.#token(request, 'POST') : bearer(inBody, unfit);
    sendJson(reply, await this.#answer(request, token));
  }

  #token(call: Call, method: string): PresentedToken | null | undefined {
    return this.presented.read(call, method, unfit);
  }

  async #answer(call: Call, token: PresentedToken | null | undefined): Promise<string> {
    // RFC 6750 §3.1: a request without a token learns only how to authenticate.
    if (token === undefined)
      throw new OAuthError('invalid_token', { detail: 'no token', headers: { 'www-authenticate': bearerChallenge(this.config) } });
    const found = token === null ? null : await this.tokens.userinfo(token, originOf(call));
    if (!found) throw refused(this.config, 'invalid_token', 'the token is not active');
    call.actor = found.actor;
    return userInfoBody(found.answer);
  }
}

function tokenInBody(request: Request, config: Config): string | undefined {
  if (!(request.body instanceof FormBody)) return undefined;
  const { values, repeated, malformed } = parseParameters(request.body.text, PARAMETERS);
  if (repeated.length || malformed.length) throw refused(config, 'invalid_request', 'access_token is repeated or malformed');
  return values['access_token'];
}

function refused(config: Config, code: 'invalid_request' | 'invalid_token', detail: string): OAuthError {
  return new OAuthError(code, { detail, headers: { 'www-authenticate': bearerChallenge(config, code) } });
}

/** A token that does not come as it has to, or whose proof is not good (RFC 9449 §7.1). */
function unfit(fault: DpopFault, headers: Readonly<Record<string, string>>): OAuthError {
  const status = 401;
  return new OAuthError(dpopErrorOf(fault), {
    status,
    detail: fault,
    headers: { 'www-authenticate': dpopChallenge(REALM, fault), ...headers },
  });
}
