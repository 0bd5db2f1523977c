import { Controller, HttpCode, Inject, Post, Req, UseFilters } from '@nestjs/common';
import { OAUTH_ENDPOINTS, type PushedRequestResponse } from '@behalf/domain';
import { KnownResources, type LiveClient } from '../client/index.js';
import { CONFIG, type Config } from '../platform/config.js';
import { OAuthErrorFilter } from '../platform/http/filters.js';
import { type FormBody, parseForm, rawQuery } from '../platform/http/form.js';
import type { Request } from '../platform/http/request.js';
import { OAuthError } from '../platform/oauth-error.js';
import { ClientAuthentication, DpopProofs, keyOfRequest, PendingLimit } from '../token/index.js';
import { AUTHORIZE_PARAMETERS, type AuthorizeParameters, checkRequest, readParameters } from './checks.js';
import { PushedRequests } from './pushed-requests.js';
import { trustRedirect } from './trusted-redirect.js';

/** Pushed authorization requests (RFC 9126): judged here as the authorization endpoint will judge them again. */
@Controller('oauth2/par')
@UseFilters(OAuthErrorFilter)
export class PushedRequestsController {
  constructor(
    private readonly authentication: ClientAuthentication,
    private readonly pushed: PushedRequests,
    private readonly limit: PendingLimit,
    private readonly known: KnownResources,
    private readonly proofs: DpopProofs,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Post()
  @HttpCode(201)
  push(@Req() request: Request): Promise<PushedRequestResponse> {
    return this.authentication.asClient(request, 'par', async (call) => {
      await this.limit.demand(call);
      return this.pushed.push(call.client.client_id, await this.#judge(request, call.client));
    });
  }

  /** @returns the parameters as a query @throws OAuthError what the authorization endpoint would answer (RFC 9126 §2.3), `invalid_dpop_proof` */
  async #judge(request: Request, client: LiveClient): Promise<string> {
    const { body, url } = request;
    parseForm(body, rawQuery(url), AUTHORIZE_PARAMETERS);
    const parameters = { ...readParameters((body as FormBody).text), pushed: true };
    const { values, resources } = parameters;
    // RFC 9126 §2.1: a reference to another pushed request is none that could be pushed.
    if (values['request_uri']) throw new OAuthError('invalid_request', { reason: 'request_object', received: 'request_uri' });
    const received = values['redirect_uri'];
    if (!trustRedirect(client, received, null, this.config.issuer)) {
      const reason = received === undefined ? 'redirect_uri_missing' : 'redirect_uri_mismatch';
      throw new OAuthError('invalid_request', { reason, ...(received !== undefined && { received }) });
    }
    const known_resources = resources.length ? await this.known.of(client.organization_id) : null;
    const checked = checkRequest(parameters, { client, known_resources, dpop: this.config.dpop });
    if ('error' in checked) {
      const { error, reason, received: sent } = checked;
      throw new OAuthError(error, { reason, ...(sent !== undefined && { received: sent }) });
    }
    const proof = await this.proofs.ofClient(request, OAUTH_ENDPOINTS.pushed_authorization_request);
    const dpop_jkt = await keyOfRequest(checked.dpop_jkt, proof);
    // Where `resource` means nothing yet it was judged by nobody, and is not kept.
    const whole = { ...parameters, values: dpop_jkt === null ? values : { ...values, dpop_jkt } };
    return queryOf({ ...whole, resources: known_resources ? resources : [] }, client.client_id);
  }
}

function queryOf({ values, resources }: AuthorizeParameters, client_id: string): string {
  const pairs = Object.entries({ ...values, client_id });
  return new URLSearchParams([...pairs, ...resources.map((each): [string, string] => ['resource', each])]).toString();
}
