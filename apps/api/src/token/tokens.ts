import {
  acceptsAudience,
  type ActiveToken,
  audienceOf,
  formatScope,
  type Introspection,
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

/** A token on its way to be introspected. */
export interface Lookup {
  /** Null for what is neither an access nor a refresh token of ours. */
  readonly handle: Handle | null;
  readonly grant: Promise<LiveGrant | null>;
}

const NOTHING = Promise.resolve(null);
const INACTIVE = { active: false } as const;

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

  /**
   * Begins to read what a token says, while its caller is still being authenticated: both reads then travel together.
   * It is sent after the request arrived, so no revocation is missed; nothing of it is shown before the caller has proven itself.
   */
  lookUp(token: string): Lookup {
    const handle = this.handles.decode(token);
    if (handle?.kind !== 'at' && handle?.kind !== 'rt') return { handle: null, grant: NOTHING };
    const grant = this.live.find(handle);
    // A caller that fails to prove itself never awaits it.
    grant.catch(() => undefined);
    return { handle, grant };
  }

  /** RFC 7662 §2.2, for a caller that has proven to be `client`; what it may not see is inactive. */
  async introspect(client: LiveClient, { handle, grant: reading }: Lookup, origin: Origin): Promise<Introspection> {
    const grant = await reading;
    if (!handle || !grant || !isVisibleTo(client, handle, grant)) return INACTIVE;
    if (handle.kind === 'rt') return this.#introspectRefreshToken(handle, grant);
    const resolved = this.#judge(handle, grant);
    if (resolved === 'history_lost') await this.revocations.revokeGrant(handle.grant_id, 'history_lost', origin);
    if (resolved === null || resolved === 'history_lost') return INACTIVE;
    // A resource server is told nothing of a token for others, or it could use it there (RFC 9700 §2.3).
    if (client.resource_server && !acceptsAudience(client.resources, resolved.resources)) return INACTIVE;
    this.lastUsed.note(grant);
    return confirmed(handle, {
      ...this.#members(resolved),
      exp: Math.floor(accessTokenEnd(handle, grant)),
      token_type: handle.jkt === null ? 'Bearer' : 'DPoP',
    });
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

  #introspectRefreshToken(handle: Handle, grant: LiveGrant): Introspection {
    const teams = liveTeams(grant);
    if (handle.generation !== grant.generation || !isRefreshTokenActive(grant, teams.length, grant.now)) return INACTIVE;
    const scope = effectiveScope(grant.granted_scope, grant.access_preset);
    const members = this.#members({ handle, grant, scope, teams, resources: grant.resources });
    return confirmed(handle, { ...members, exp: Math.floor(grantEnd(grant)) });
  }

  #members({ handle, grant, scope, teams, resources }: ResolvedToken) {
    return {
      active: true as const,
      scope: formatScope(scope),
      client_id: grant.client_id,
      iat: handle.issued_at,
      sub: grant.user_id,
      username: grant.email,
      aud: audienceOf(resources, this.config.issuer),
      iss: this.config.issuer,
      jti: `${grant.id}.${handle.generation}`,
      token_id: grant.id,
      authorized_team_ids: teams.map((team) => team.team_id),
      team_roles: Object.fromEntries(teams.map((team) => [team.team_id, team.role])),
    };
  }
}

/** With the key that the token is bound to, if it is to one (RFC 9449 §6.2). */
function confirmed({ jkt }: Handle, answer: ActiveToken): ActiveToken {
  return jkt === null ? answer : { ...answer, cnf: { jkt } };
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
