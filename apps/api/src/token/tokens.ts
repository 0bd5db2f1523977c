import {
  acceptsAudience,
  audienceOf,
  formatScope,
  isAccessTokenActive,
  isRefreshTokenActive,
  effectiveScope,
  accessTokenEnd,
  grantEnd,
  type UserInfo,
} from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import type { LiveClient } from '../client/index.js';
import type { Actor, Origin } from '../platform/actor.js';
import { CONFIG, type Config } from '../platform/config.js';
import { OAuthError } from '../platform/oauth-error.js';
import type { Introspected } from './answers.js';
import { demandBinding, type PresentedToken } from './dpop/presented-tokens.js';
import { LastUsed } from './last-used.js';
import { LiveGrants, liveTeams, toTeam } from './live-grants.js';
import type { LiveGrant, NamedMembership } from './live-row.js';
import { Revocations } from './revocation.js';
import { type Handle, resourcesOfBits, scopeOfBits, TokenHandles } from './token-handle.js';

/** An access token that is good now, with what it may do now. */
export interface ResolvedToken {
  readonly handle: Handle;
  readonly grant: LiveGrant;
  readonly scope: readonly string[];
  readonly teams: readonly NamedMembership[];
  /** Which resources it is for; null for none in particular. */
  readonly resources: readonly string[] | null;
}

/** What a token is worth, judged when it is used: consent ∩ client ∩ user, as of now. */
@Injectable()
export class Tokens {
  constructor(
    @Inject(TokenHandles) private readonly handles: TokenHandles,
    private readonly live: LiveGrants,
    private readonly revocations: Revocations,
    private readonly lastUsed: LastUsed,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The access token that was presented, or null when it may not be used.
   *
   * @throws what it is refused with where it does not come as it has to: a bound one with a good proof of its key (RFC 9449 §7)
   */
  async resolve(presented: PresentedToken, origin: Origin, find = this.live.find): Promise<ResolvedToken | null> {
    const handle = this.handles.decode(presented.token);
    if (handle?.kind !== 'at') return null;
    const proof = await demandBinding(handle.jkt, presented);
    const resolved = this.#judge(handle, await find(handle));
    if (resolved === 'history_lost') await this.revocations.revokeGrant(handle.grant_id, 'history_lost', origin);
    if (resolved === null || resolved === 'history_lost') return null;
    // RFC 8707 §2: a token for somebody else's API opens nothing here.
    if (!acceptsAudience([this.config.issuer], resolved.resources)) return null;
    if (proof) await proof.spend();
    this.lastUsed.note(resolved.grant);
    return resolved;
  }

  /** The caller that an access token stands for: the user, on the teams it was granted for. */
  async actor(token: PresentedToken, origin: Origin): Promise<Actor | null> {
    const resolved = await this.resolve(token, origin);
    return resolved && actorOf(resolved, origin);
  }

  /** RFC 7662 §2.2, for a caller that has proven to be `client`; what it may not see is inactive. */
  async introspect(client: LiveClient, handle: Handle | null, grant: LiveGrant | null, origin: Origin): Promise<Introspected | null> {
    if (!handle || !grant || !isVisibleTo(client, handle, grant)) return null;
    if (handle.kind === 'rt') return this.#introspectRefreshToken(handle, grant);
    const resolved = this.#judge(handle, grant);
    if (resolved === 'history_lost') await this.revocations.revokeGrant(handle.grant_id, 'history_lost', origin);
    if (resolved === null || resolved === 'history_lost') return null;
    // A resource server is told nothing of a token for others, or it could use it there (RFC 9700 §2.3).
    if (client.resource_server && !acceptsAudience(client.resources, resolved.resources)) return null;
    this.lastUsed.note(grant);
    return this.#tell(resolved, accessTokenEnd(handle, grant), handle.jkt === null ? 'Bearer' : 'DPoP');
  }

  /** Claims about the user (OIDC Core §5.3), with the teams the token may act on now and all teams of the user; and who has read them. */
  async userinfo(token: PresentedToken, origin: Origin): Promise<{ answer: UserInfo; actor: Actor } | null> {
    const resolved = await this.resolve(token, origin, this.live.findWithNames);
    if (!resolved) return null;
    const { grant, teams } = resolved;
    const answer = {
      sub: grant.user_id,
      email: grant.email,
      email_verified: grant.email_verified,
      name: grant.user_name,
      authorized_teams: teams.map(toTeam),
      teams: grant.memberships.map(toTeam),
    };
    return { answer, actor: actorOf(resolved, origin) };
  }

  /**
   * RFC 7009: ends the token, or its whole grant for a refresh token or code. Resolves after the commit.
   *
   * @throws OAuthError `invalid_grant` for another client's token, `unsupported_token_type` for an ID token of ours
   */
  async revoke(client: LiveClient, token: string, origin: Origin): Promise<void> {
    const handle = this.handles.decode(token);
    if (!handle) {
      if (isJwt(token)) throw new OAuthError('unsupported_token_type', { reason: 'token_not_revocable' });
      return;
    }
    const grant = await this.live.find(handle);
    if (!grant) return;
    if (grant.client_id !== client.client_id) throw new OAuthError('invalid_grant', { reason: 'token_foreign' });
    if (handle.kind === 'at') await this.revocations.revokeAccessToken(handle, grant, origin);
    else await this.revocations.revokeGrant(grant.id, 'client', origin);
  }

  #judge(handle: Handle, grant: LiveGrant | null): ResolvedToken | 'history_lost' | null {
    if (!grant || grant.access_token_revoked) return null;
    if (handle.generation > grant.generation) return 'history_lost';
    const teams = liveTeams(grant);
    if (!isAccessTokenActive(handle, grant, teams.length, grant.now)) return null;
    const carried = scopeOfBits(grant.consented_scope, handle.scope_bits).filter((word) => grant.granted_scope.includes(word));
    const resources = resourcesOfBits(grant.resources, handle.scope_bits);
    return { handle, grant, teams, resources, scope: effectiveScope(carried, grant.access_preset) };
  }

  #introspectRefreshToken(handle: Handle, grant: LiveGrant): Introspected | null {
    const teams = liveTeams(grant);
    if (handle.generation !== grant.generation || !isRefreshTokenActive(grant, teams.length, grant.now)) return null;
    const scope = effectiveScope(grant.granted_scope, grant.access_preset);
    return this.#tell({ handle, grant, scope, teams, resources: grant.resources }, grantEnd(grant), undefined);
  }

  /** All in one literal: an object that is added to later is slower to make and to read. */
  #tell({ handle, grant, scope, teams, resources }: ResolvedToken, ends: number, token_type: Introspected['token_type']): Introspected {
    return {
      scope: formatScope(scope),
      client_id: grant.client_id,
      exp: Math.floor(ends),
      iat: handle.issued_at,
      token_type,
      // RFC 9449 §6.2: the key that it is bound to, if it is to one.
      cnf: handle.jkt === null ? undefined : { jkt: handle.jkt },
      sub: grant.user_id,
      username: grant.email,
      aud: audienceOf(resources, this.config.issuer),
      iss: this.config.issuer,
      jti: `${grant.id}.${handle.generation}`,
      token_id: grant.id,
      teams,
    };
  }
}

/** A client sees its own tokens; a resource server sees the access tokens of its whole organization, never refresh tokens. */
function isVisibleTo(client: LiveClient, handle: Handle, grant: LiveGrant): boolean {
  if (grant.client_id === client.client_id) return true;
  return handle.kind === 'at' && client.resource_server && grant.organization_id === client.organization_id;
}

/** Three base64url parts: recognisable as a token that we issue but do not revoke. */
function isJwt(token: string): boolean {
  return /^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/.test(token);
}

function actorOf({ grant, teams, scope }: ResolvedToken, origin: Origin): Actor {
  return {
    channel: 'oauth',
    user: { id: grant.user_id, email: grant.email, name: grant.user_name },
    home_organization_id: grant.home_organization_id,
    organization_id: grant.organization_id,
    memberships: teams,
    scope,
    session_id: null,
    client_id: grant.client_id,
    client_name: grant.client_name,
    token_id: grant.id,
    origin,
  };
}
