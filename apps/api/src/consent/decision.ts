import { isRecentSignIn } from '@behalf/domain';
import type { LiveClient } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import { type CurrentSession, sessionActor } from '../session/index.js';
import type { Decision } from '../token/index.js';
import type { AuthorizationRequest } from './authorization-request.entity.js';

/** What the page, or what is remembered in its place, allows. */
export type ConsentAnswer = Pick<Decision, 'scope' | 'team_ids' | 'remembered'>;

/** What a request carries into its grant; its epochs are from where the flow began. */
export type CarriedRequest = Pick<
  AuthorizationRequest,
  'client_epoch' | 'refresh_epoch' | 'multi_team_epoch' | 'redirect_uri' | 'code_challenge' | 'nonce' | 'dpop_jkt' | 'device_grant_id'
> &
  Pick<Decision, 'resources'>;

/** An answer of a session's user to a request, as the grant is made of it. */
export function decisionOf(
  session: CurrentSession,
  origin: Origin,
  client: LiveClient,
  request: CarriedRequest,
  answer: ConsentAnswer,
): Decision {
  // In one literal: what is spread into another object gets a new shape every time.
  return {
    actor: sessionActor(session, origin),
    user_epoch: session.user_epoch,
    authenticated_at: session.authenticated_at,
    client,
    client_epoch: request.client_epoch,
    refresh_epoch: request.refresh_epoch,
    multi_team_epoch: request.multi_team_epoch,
    redirect_uri: request.redirect_uri,
    code_challenge: request.code_challenge,
    nonce: request.nonce,
    dpop_jkt: request.dpop_jkt,
    device_grant_id: request.device_grant_id,
    resources: request.resources,
    scope: answer.scope,
    team_ids: answer.team_ids,
    remembered: answer.remembered,
  };
}

/** Whether the sign-in is as recent as a request asks for: after an instant, in seconds since the epoch, or at any time. */
export function isRecent({ authenticated_at }: CurrentSession, after: number | null): boolean {
  return isRecentSignIn(secondsOf(authenticated_at), after);
}

/** The same of a request that was stored. */
export function isRecentFor({ authenticated_after }: AuthorizationRequest, session: CurrentSession): boolean {
  return isRecent(session, authenticated_after && secondsOf(authenticated_after));
}

const MILLISECONDS = 1000;
const secondsOf = (instant: Date): number => instant.getTime() / MILLISECONDS;
