import { AUTHORIZATION_REQUEST_LIFETIME_SECONDS, PUSHED_REQUEST_URI_PREFIX } from '@behalf/domain';
import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ClientFailures, KnownResources, type LiveClient, LiveClients, type RefusedRequest } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import { CONFIG, type Config } from '../platform/config.js';
import { cookieOptions, requestCookieName } from '../platform/http/cookies.js';
import { toOAuthError } from '../platform/http/faults.js';
import { FormBody, type Parameters, parseParameters, rawQuery } from '../platform/http/form.js';
import { originOf, type Reply, type Request } from '../platform/http/request.js';
import { isUuid } from '../platform/http/uuid.pipe.js';
import { Sessions } from '../session/index.js';
import { AuthorizationRequests, type StoredRequest } from './authorization-requests.js';
import { type AuthorizeParameters, checkRequest, readParameters } from './checks.js';
import { FaultPage, FaultPageFilter } from './fault-page.filter.js';
import { type NextStep, NextSteps } from './next-steps.js';
import { PushedRequests } from './pushed-requests.js';
import { errorAddress, type TrustedRedirect, trustRedirect } from './trusted-redirect.js';

const NO_BODY = new FormBody('');

/** The authorization endpoint (OAuth 2.1 §4.1.1, OIDC Core §3.1.2). */
@Controller('oauth2/authorize')
@UseFilters(FaultPageFilter)
export class AuthorizeController {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly steps: NextSteps,
    private readonly clients: LiveClients,
    private readonly known: KnownResources,
    private readonly pushed: PushedRequests,
    private readonly sessions: Sessions,
    private readonly recent: ClientFailures,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async get(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    await this.#authorize(request, reply, readParameters(rawQuery(request.url)));
  }

  /** OIDC Core §3.1.2.1. */
  @Post()
  async post(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const { text } = request.body instanceof FormBody ? request.body : NO_BODY;
    await this.#authorize(request, reply, readParameters(text));
  }

  @Get('resume')
  async resume(@Req() request: Request, @Res() reply: Reply): Promise<void> {
    const request_id = parseParameters(rawQuery(request.url), new Set(['request_id'])).values['request_id'] ?? '';
    if (!isUuid(request_id)) throw new FaultPage(404, 'This request is unknown', 'Start again from the application.');
    const session = await this.sessions.current(request);
    const step = await this.steps.resume(
      request_id,
      request.cookies[requestCookieName(this.config.issuer, request_id)],
      session,
      originOf(request),
    );
    this.#go(reply, request_id, step);
  }

  /** First client and redirect URI, whose faults must not redirect; then everything else, whose faults must. */
  async #authorize(request: Request, reply: Reply, sent: AuthorizeParameters): Promise<void> {
    const origin = originOf(request);
    const client = await this.#client(sent, origin);
    const parameters = await this.#whole(client, sent, origin);
    const redirect = this.#redirect(client, parameters, origin);
    try {
      const known_resources = parameters.resources.length ? await this.known.of(client.organization_id) : null;
      const checked = checkRequest(parameters, { client, known_resources, dpop: this.config.dpop });
      if ('error' in checked) {
        this.#tell(client, checked, origin);
        request.oauth_error = checked.error;
        return void reply.redirect(errorAddress(redirect, checked.error), 303);
      }
      // A cross-site POST comes without the session cookie: it is stored, and goes on by a GET, which brings it.
      if (request.method === 'POST') {
        const stored = await this.requests.store(client, redirect, checked);
        if (!stored) throw unknownClient();
        this.#bind(reply, stored);
        return void reply.redirect(`/oauth2/authorize/resume?request_id=${stored.request_id}`, 303);
      }
      const begun = await this.steps.begin(client, redirect, checked, await this.sessions.current(request), origin);
      if (!begun) throw unknownClient();
      if (begun.kind === 'client') return void reply.redirect(begun.address, 303);
      this.#bind(reply, begun);
      this.#go(reply, begun.request_id, begun);
    } catch (thrown) {
      if (thrown instanceof FaultPage) throw thrown;
      request.log.error({ err: thrown }, 'authorization failed');
      const { code } = toOAuthError(thrown);
      const error = code === 'temporarily_unavailable' ? code : 'server_error';
      request.oauth_error = error;
      void reply.redirect(errorAddress(redirect, error), 303);
    }
  }

  /**
   * What was pushed, in place of a reference to it: nothing that stands beside the reference counts (RFC 9126 §4). One that
   * leads nowhere is told here, since no redirect URI came with it that could be trusted.
   */
  async #whole(client: LiveClient, sent: AuthorizeParameters, origin: Origin): Promise<AuthorizeParameters> {
    const request_uri = sent.values['request_uri'];
    if (!this.config.pushed_authorization_requests || !request_uri?.startsWith(PUSHED_REQUEST_URI_PREFIX)) return sent;
    const single = !sent.repeated.includes('request_uri');
    const pushed = single ? await this.pushed.take(client.client_id, request_uri) : null;
    if (pushed !== null) return { ...readParameters(pushed), pushed: true };
    this.#tell(client, { reason: 'request_uri_dead' }, origin);
    throw new FaultPage(
      400,
      'This request has ended',
      'The application’s request was used already, took too long, or is not its own. Start again from the application.',
    );
  }

  /** Binds a pending request to the browser. */
  #bind(reply: Reply, { request_id, browser_secret }: StoredRequest): void {
    const cookie = requestCookieName(this.config.issuer, request_id);
    reply.setCookie(cookie, browser_secret, cookieOptions(this.config.issuer, AUTHORIZATION_REQUEST_LIFETIME_SECONDS));
  }

  async #client({ values, repeated, malformed }: Parameters, origin: Origin): Promise<LiveClient> {
    const client_id = values['client_id'];
    if (client_id === undefined || repeated.includes('client_id') || malformed.includes('client_id')) throw unknownClient();
    const client = await this.clients.find(client_id);
    if (client && client.status !== 'enabled') this.#tell(client, { reason: 'client_paused' }, origin);
    if (client?.status !== 'enabled') throw unknownClient();
    return client;
  }

  #redirect(client: LiveClient, { values, repeated, malformed }: Parameters, origin: Origin): TrustedRedirect {
    const unusable = repeated.includes('redirect_uri') || malformed.includes('redirect_uri');
    // A state that was sent twice is not echoed: which one would be a guess. Nor one that cannot be stored.
    const state = repeated.includes('state') || malformed.includes('state') ? null : (values['state'] ?? null);
    const redirect = unusable ? null : trustRedirect(client, values['redirect_uri'], state, this.config.issuer);
    if (redirect) return redirect;
    const received = values['redirect_uri'];
    const reason = received === undefined ? 'redirect_uri_missing' : 'redirect_uri_mismatch';
    this.#tell(client, { reason, received, registered: client.redirect_uris }, origin);
    throw new FaultPage(
      400,
      'The redirect URI is not registered',
      'The application asked to send you to an address that is not registered for it, so nothing was sent there. Tell whoever runs the application.',
    );
  }

  /** Keeps why a request was refused, for whoever manages the client. */
  #tell({ client_id }: LiveClient, why: Pick<RefusedRequest, 'reason' | 'received' | 'registered'>, origin: Origin): void {
    this.recent.note({ ...why, client_id, endpoint: 'authorize', origin });
  }

  #go(reply: Reply, request_id: string, step: NextStep): void {
    const address = step.kind === 'client' ? step.address : `/${step.kind}?request_id=${request_id}`;
    void reply.redirect(address, 303);
  }
}

function unknownClient(): FaultPage {
  return new FaultPage(
    400,
    'The application is not known here',
    'No OAuth client with this client ID can sign you in: it may have been paused or deleted. Tell whoever runs the application.',
  );
}
