import { type Permission, type ProblemName, scopeForMethod } from '@behalf/domain';
import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { type Actor, requirePermission } from '../actor.js';
import { CONFIG, type Config } from '../config.js';
import type { Request } from '../http/request.js';
import { isUuid } from '../http/uuid.pipe.js';
import { Problem } from '../problem.js';
import { ACCESS_RULE, type AccessRule, takesTokens } from './access.decorators.js';
import { insufficientScope, invalidClient, invalidToken } from './bearer-challenge.js';
import { TeamPlaces } from './team-places.js';

/** Passport strategies of the management API; the session and token modules register them under these names. */
export const SESSION_STRATEGY = 'browser-session';
export const BEARER_STRATEGY = 'bearer';
export const RESOURCE_SERVER_STRATEGY = 'resource-server';

const FIRST_SERVER_FAULT = 500;
const PASSPORT = { property: 'actor', session: false };

/** Runs the strategy of browser sessions; no session is a 401. */
class SessionAuthentication extends AuthGuard(SESSION_STRATEGY) {
  override handleRequest<T>(error: unknown, actor: T): T {
    if (error) throw error;
    if (!actor) throw new Problem('not-signed-in');
    return actor;
  }
}

/** Runs the strategy of access tokens; no valid token is a 401 with the Bearer challenge (RFC 6750 §3.1). */
class BearerAuthentication extends AuthGuard(BEARER_STRATEGY) {
  constructor(private readonly config: Config) {
    super(PASSPORT);
  }

  override handleRequest<T>(error: unknown, actor: T): T {
    if (error) throw error;
    if (!actor) throw invalidToken(this.config);
    return actor;
  }
}

/** Runs the strategy of resource servers, which says itself why it refuses. */
class ResourceServerAuthentication extends AuthGuard(RESOURCE_SERVER_STRATEGY) {
  override handleRequest<T>(error: unknown, client: T): T {
    if (error) throw error;
    if (!client) throw invalidClient();
    return client;
  }
}

/**
 * The one door of the management API: foreign-site writes, authentication, permission, scope, in this order.
 * Deny by default: a route without a declared rule is never reached.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly session = new SessionAuthentication(PASSPORT);
  private readonly bearer: BearerAuthentication;
  private readonly resourceServer = new ResourceServerAuthentication({ property: 'resource_server', session: false });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly reflector: Reflector,
    @Optional() private readonly teamPlaces?: TeamPlaces,
  ) {
    this.bearer = new BearerAuthentication(config);
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.getAllAndOverride<AccessRule | undefined>(ACCESS_RULE, [context.getHandler(), context.getClass()]);
    if (!rule) throw new Error(`No access rule is declared on ${context.getClass().name}.${context.getHandler().name}.`);
    const request = context.switchToHttp().getRequest<Request>();
    const byClient = rule.kind === 'resource-server' && isBasic(request);
    const byToken = !byClient && request.headers.authorization !== undefined;
    // A token never signs in, consents or accepts an invitation for its user, and ends none of their sessions.
    if (byToken && !takesTokens(rule)) throw await this.#refusal('not-signed-in', this.bearer, context);
    if (!byToken && isForeignWrite(request, this.config.issuer))
      throw await this.#refusal('cross-site-request', byClient ? this.resourceServer : this.session, context);
    if (byClient) return (await this.resourceServer.canActivate(context)) as boolean;
    if (rule.kind === 'public') return true;
    if (rule.kind === 'resource-server') throw invalidClient();
    await (byToken ? this.bearer : this.session).canActivate(context);
    await this.#judge(rule, request);
    return true;
  }

  /** What is refused whoever calls; the caller is made known all the same, so that the denied attempt is written down under them. */
  async #refusal(name: ProblemName, authentication: CanActivate, context: ExecutionContext): Promise<Problem> {
    try {
      await authentication.canActivate(context);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.status >= FIRST_SERVER_FAULT) throw thrown;
    }
    return new Problem(name);
  }

  /** The permission is judged before the scope: a wider scope would not help a user who lacks the permission. */
  async #judge(rule: AccessRule, request: Request): Promise<void> {
    const actor = request.actor;
    if (!actor) throw new Problem('not-signed-in');
    const organization_id = await this.#placeOf(rule, actor, request);
    const permission = neededPermission(rule, request);
    if (permission) requirePermission(actor, permission, organization_id);
    const scope = scopeForMethod(request.method);
    if (actor.scope && !actor.scope.includes(scope)) throw insufficientScope(scope, organization_id);
  }

  /** The organization that a request is judged in. */
  async #placeOf(rule: AccessRule, actor: Actor, request: Request): Promise<string> {
    if (rule.kind === 'named-organization-permission') return namedOrganization(actor, request);
    if (rule.kind === 'team-permission') return this.#organizationOfTeam(actor, request);
    return actor.organization_id;
  }

  /** A session reaches the teams of every organization it has a team in; a token only the teams it may act on now. */
  async #organizationOfTeam(actor: Actor, request: Request): Promise<string> {
    const { team_id = '' } = request.params as { team_id?: string };
    const organization_id = isUuid(team_id) ? await this.teamPlaces?.organizationOf(team_id) : null;
    const within = actor.memberships.some((membership) =>
      actor.channel === 'oauth' ? membership.team_id === team_id.toLowerCase() : membership.organization_id === organization_id,
    );
    if (!organization_id || !within) throw new Problem('not-found');
    return organization_id;
  }
}

function isBasic(request: Request): boolean {
  return /^basic(\s|$)/i.test(request.headers.authorization ?? '');
}

function neededPermission(rule: AccessRule, request: Request): Permission | undefined {
  if (rule.kind === 'public' || rule.kind === 'resource-server') return undefined;
  if (rule.kind !== 'signed-in') return rule.permission;
  return (request.query as { show?: unknown }).show === 'organization' ? rule.everyones : undefined;
}

/** What is no id at all is left to the judgement of the body's shape, which comes next. */
function namedOrganization(actor: Actor, request: Request): string {
  const { organization_id } = (request.body ?? {}) as { organization_id?: unknown };
  if (!isUuid(organization_id)) return actor.organization_id;
  const named = organization_id.toLowerCase();
  if (!actor.memberships.some((membership) => membership.organization_id === named)) throw new Problem('not-found');
  return named;
}

/**
 * A write that rides on a cookie, or on a password that the browser remembers (RFC 7617), must come from our own pages. Browsers send `Sec-Fetch-Site`, older ones `Origin`;
 * a request with neither is not a browser's.
 */
function isForeignWrite(request: Request, issuer: string): boolean {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return false;
  const site = request.headers['sec-fetch-site'];
  const origin = request.headers.origin;
  return site !== undefined ? site !== 'same-origin' : origin !== undefined && origin !== issuer;
}
