import { parseScope, rememberedCovers, signInAfter } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import type { LiveClient } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import type { CurrentSession } from '../session/index.js';
import { RememberedConsents } from '../token/index.js';
import { AuthorizationRequests, type StoredRequest } from './authorization-requests.js';
import type { CheckedRequest } from './checks.js';
import { decisionOf, isRecent, isRecentFor } from './decision.js';
import { errorAddress, successAddress, type TrustedRedirect } from './trusted-redirect.js';

/** Where the browser goes next. */
export type NextStep = { readonly kind: 'login' | 'consent' } | { readonly kind: 'client'; readonly address: string };

/** What becomes of a request that was just checked: it is answered at once, or waits under an id. */
type Begun = Extract<NextStep, { kind: 'client' }> | (Exclude<NextStep, { kind: 'client' }> & StoredRequest);

/** Where the browser goes from the authorization endpoint: to sign in, to the consent page, or straight back where nothing is left to ask. */
@Injectable()
export class NextSteps {
  constructor(
    private readonly requests: AuthorizationRequests,
    private readonly consents: RememberedConsents,
  ) {}

  /**
   * Decides about a request that was just checked. It is stored only where it has to wait for the sign-in or the decision.
   *
   * @returns null when the client was paused or deleted meanwhile
   */
  async begin(
    client: LiveClient,
    redirect: TrustedRedirect,
    checked: CheckedRequest,
    session: CurrentSession | null,
    origin: Origin,
  ): Promise<Begun | null> {
    const recent = session && isRecent(session, signInAfter(checked, client.now)) ? session : null;
    const code = recent && (await this.#codeByRemembered(client, redirect, checked, recent, origin));
    if (code) return { kind: 'client', address: successAddress(redirect, code) };
    if (checked.prompt.includes('none')) {
      return { kind: 'client', address: errorAddress(redirect, recent ? 'consent_required' : 'login_required') };
    }
    const stored = await this.requests.store(client, redirect, checked);
    return stored && { kind: recent ? 'consent' : 'login', ...stored };
  }

  /**
   * Decides about a stored request, after the sign-in.
   *
   * @throws Problem `not-found` for an unknown id or another browser, `request-gone` for one that is over
   */
  async resume(request_id: string, browser_secret: string | undefined, session: CurrentSession | null, origin: Origin): Promise<NextStep> {
    const pending = await this.requests.find(request_id, browser_secret);
    const { request, client } = pending;
    const silent = request.prompt === 'none';
    if (!session || !isRecentFor(request, session)) {
      return silent ? { kind: 'client', address: await this.requests.refuse(pending, 'login_required') } : { kind: 'login' };
    }
    // RFC 8628 §5.4: who asks from elsewhere is always confirmed, whatever is remembered.
    if (request.device_grant_id !== null) return { kind: 'consent' };
    const { resources, redirect_uri } = request;
    const asked = { scope: parseScope(request.scope) ?? [], resources, prompt: request.prompt?.split(' ') ?? [], redirect_uri };
    const remembered = await this.#remembered(client, asked, session);
    if (remembered) {
      const answer = { scope: asked.scope, team_ids: remembered.team_ids, remembered };
      const address = await this.requests.allow(pending, session, origin, answer);
      if (address) return { kind: 'client', address };
    }
    return silent ? { kind: 'client', address: await this.requests.refuse(pending, 'consent_required') } : { kind: 'consent' };
  }

  /** The code that a remembered consent answers with, or null where the page has to be shown. Every epoch was read with `client` and `session`. */
  async #codeByRemembered(
    client: LiveClient,
    { uri: redirect_uri }: TrustedRedirect,
    { scope, resources, prompt, code_challenge, nonce, dpop_jkt }: CheckedRequest,
    session: CurrentSession,
    origin: Origin,
  ): Promise<string | null> {
    const remembered = await this.#remembered(client, { scope, resources, prompt, redirect_uri }, session);
    if (!remembered) return null;
    const refresh_epoch = client.issue_refresh_token ? client.refresh_epoch : null;
    const { epoch: client_epoch, multi_team_epoch } = client;
    const carried = {
      client_epoch,
      refresh_epoch,
      multi_team_epoch,
      redirect_uri,
      code_challenge,
      nonce,
      dpop_jkt,
      device_grant_id: null,
      resources,
    };
    const decision = decisionOf(session, origin, client, carried, { scope, team_ids: remembered.team_ids, remembered });
    return this.consents.allow(decision, remembered);
  }

  /** What the user once allowed this client, where it covers all that is asked. */
  async #remembered(client: LiveClient, asked: Parameters<typeof rememberedCovers>[1], { user, memberships }: CurrentSession) {
    const remembered = await this.consents.find(user.id, client.client_id);
    return remembered && rememberedCovers(remembered, asked, client, memberships) ? remembered : null;
  }
}
