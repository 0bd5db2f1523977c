import {
  AUTHORIZATION_REQUEST_LIFETIME_SECONDS,
  type AuthorizationRequestDetails,
  type AuthorizationRequestHint,
  checkTeamSelection,
  DEVICE_PAGE,
  type DeviceOrigin,
  type DeviceOutcome,
  parseScope,
  redirectHost,
  requestScope,
  selectableTeams,
  signInAfter,
} from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import { type LiveClient, LiveClients } from '../client/index.js';
import { Directory } from '../directory/index.js';
import type { Actor, Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { newSecret, sha256 } from '../platform/crypto.js';
import { Locations } from '../platform/locations.js';
import { Problem, validationFailed } from '../platform/problem.js';
import { type CurrentSession, sessionActor } from '../session/index.js';
import { Consents, type DeviceAuthorization, DeviceAuthorizations, RememberedConsents } from '../token/index.js';
import type { AuthorizationRequest } from './authorization-request.entity.js';
import type { CheckedRequest } from './checks.js';
import { type ConsentAnswer, decisionOf, isRecentFor } from './decision.js';
import { errorAddress, isLoopback, successAddress, type TrustedRedirect, trustRedirect } from './trusted-redirect.js';

const BROWSER_SECRET_PREFIX = 'bhf_rq_';

/** A pending request with its client as that is now. */
export interface Pending {
  readonly request: AuthorizationRequest;
  readonly client: LiveClient;
  /** Null for a request of a device: there is nowhere to send the browser back to. */
  readonly redirect: TrustedRedirect | null;
}

/** A pending request, and the secret for the cookie that binds it to its browser. */
export interface StoredRequest {
  readonly request_id: string;
  readonly browser_secret: string;
}

/** Authorization requests from the check to the decision: pending on the server, bound to one browser, decided once. */
@Injectable()
export class AuthorizationRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    private readonly clients: LiveClients,
    private readonly directory: Directory,
    private readonly consents: Consents,
    private readonly remembered: RememberedConsents,
    private readonly devices: DeviceAuthorizations,
    private readonly locations: Locations,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Stores a checked request. The client's epochs are read here, once, and carried from here on.
   *
   * @returns the request's id and the secret for its cookie, or null when the client was paused or deleted meanwhile
   */
  async store(client: LiveClient, redirect: TrustedRedirect, checked: CheckedRequest): Promise<StoredRequest | null> {
    const request_id = randomUUID();
    const browser_secret = newSecret(BROWSER_SECRET_PREFIX);
    const rows = await this.dataSource.query<unknown[]>(
      `INSERT INTO authorization_request (id, browser_hash, client_id, client_epoch, refresh_epoch, multi_team_epoch, redirect_uri,
         code_challenge, scope, state, nonce, prompt, login_hint, authenticated_after, resources, dpop_jkt, created_at, expires_at)
       SELECT $1, $2, c.client_id, c.epoch, CASE WHEN c.issue_refresh_token THEN c.refresh_epoch END, c.multi_team_epoch, $3,
              $4, $5, $6, $7, $8, $9, to_timestamp($10::float8), $14::text[], $15, t.now, t.now + $11::int4 * interval '1 second'
         FROM oauth_client c, (SELECT coalesce($12::timestamptz, clock_timestamp()) AS now) t
        WHERE c.client_id = $13 AND c.status = 'enabled'
       RETURNING 1`,
      [
        request_id,
        sha256(browser_secret),
        redirect.uri,
        checked.code_challenge,
        checked.scope.join(' '),
        redirect.state,
        checked.nonce,
        checked.prompt.join(' ') || null,
        checked.login_hint,
        signInAfter(checked, client.now),
        AUTHORIZATION_REQUEST_LIFETIME_SECONDS,
        this.clock.bind(),
        client.client_id,
        checked.resources,
        checked.dpop_jkt,
      ],
    );
    return rows.length ? { request_id, browser_secret } : null;
  }

  /**
   * Stores what a device waits for as a request of the browser that its code was entered in. The epochs are those of the device's
   * own request, and so is the end.
   */
  async storeForDevice(device: DeviceAuthorization): Promise<StoredRequest> {
    const request_id = randomUUID();
    const browser_secret = newSecret(BROWSER_SECRET_PREFIX);
    await this.dataSource.query(
      `INSERT INTO authorization_request (id, browser_hash, client_id, client_epoch, refresh_epoch, multi_team_epoch, redirect_uri,
         code_challenge, scope, resources, device_grant_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, '', '', $7, $8::text[], $9, coalesce($10::timestamptz, clock_timestamp()), $11)`,
      [
        request_id,
        sha256(browser_secret),
        device.client_id,
        device.client_epoch,
        device.refresh_epoch,
        device.multi_team_epoch,
        device.scope,
        device.resources,
        device.grant_id,
        this.clock.bind(),
        device.expires_at,
      ],
    );
    return { request_id, browser_secret };
  }

  /**
   * What the sign-in or consent page shows. Showing it to a user binds the decision to that user.
   *
   * @throws Problem `not-found`, `request-gone`
   */
  async show(
    request_id: string,
    browser_secret: string | undefined,
    session: CurrentSession | null,
  ): Promise<AuthorizationRequestDetails | AuthorizationRequestHint> {
    const { request, client, redirect } = await this.find(request_id, browser_secret);
    if (!session || !isRecentFor(request, session)) return { client_name: client.client_name, login_hint: request.login_hint, user: null };
    await this.dataSource.query('UPDATE authorization_request SET user_id = $2 WHERE id = $1 AND consumed_at IS NULL', [
      request.id,
      session.user.id,
    ]);
    const [teams, organization, remembered, device] = await Promise.all([
      this.directory.teamsOf(session.user.id),
      this.directory.organization(client.organization_id),
      this.remembered.find(session.user.id, client.client_id),
      this.#deviceOf(request),
    ]);
    if (!organization) throw new Problem('request-gone');
    const selectable_teams = selectableTeams(client, teams).map(({ id, name, organization_id, organization_name }) => {
      return { id, name, organization_id, organization_name };
    });
    const selectable = new Set(selectable_teams.map((team) => team.id));
    const renewable = client.issue_refresh_token && request.refresh_epoch !== null;
    return {
      client_name: client.client_name,
      redirect_host: redirect ? redirectHost(redirect.uri) : '',
      access_preset: client.access_preset,
      scope: request.scope,
      access_token_lifetime_seconds: client.access_token_lifetime_seconds,
      refresh_token_lifetime_seconds: renewable ? client.refresh_token_lifetime_seconds : null,
      team_selection: client.team_selection,
      selectable_teams,
      remembered_team_ids: (remembered?.team_ids ?? []).filter((id) => selectable.has(id)),
      organization,
      loopback: redirect !== null && isLoopback(redirect),
      resources: request.resources ?? [],
      device,
      login_hint: request.login_hint,
      user: session.user,
    };
  }

  /**
   * The user's decision, judged again as of now; the request is consumed by it.
   *
   * @returns where the browser goes
   * @throws Problem `not-found` (unknown, another browser or user), `request-gone`, `validation-failed` at `/team_ids`
   */
  async decide(
    request_id: string,
    browser_secret: string | undefined,
    session: CurrentSession,
    decision: { decision: 'allow' | 'deny'; team_ids: readonly string[] },
    origin: Origin,
  ): Promise<string> {
    const pending = await this.find(request_id, browser_secret);
    const { request, client, redirect } = pending;
    if (request.user_id !== session.user.id) throw new Problem('not-found');
    if (!isRecentFor(request, session)) throw new Problem('not-signed-in');
    if (decision.decision === 'deny') {
      await this.#deny(pending, sessionActor(session, origin));
      return redirect ? errorAddress(redirect, 'access_denied') : this.#devicePage('denied');
    }
    const violation = checkTeamSelection(client, session.memberships, decision.team_ids);
    if (violation) throw validationFailed([violation]);
    const scope = parseScope(request.scope) ?? [];
    const address = await this.allow(pending, session, origin, { scope, team_ids: decision.team_ids, remembered: null });
    if (!address) throw new Problem('request-gone');
    return address;
  }

  /**
   * The request, if it still may be decided: right browser, in time, client on, unchanged in what the user is shown.
   *
   * @throws Problem `not-found` for an unknown id or another browser, `request-gone` for one that is over
   */
  async find(request_id: string, browser_secret: string | undefined): Promise<Pending> {
    if (browser_secret === undefined) throw new Problem('not-found');
    const [row] = await this.dataSource.query<(AuthorizationRequest & { over: boolean })[]>(
      `SELECT r.*, r.consumed_at IS NOT NULL OR r.expires_at <= coalesce($3::timestamptz, clock_timestamp()) AS over
         FROM authorization_request r WHERE r.id = $1 AND r.browser_hash = $2`,
      [request_id, sha256(browser_secret), this.clock.bind()],
    );
    if (!row) throw new Problem('not-found');
    const client = row.over ? null : await this.clients.find(row.client_id);
    const isDevice = row.device_grant_id !== null;
    const redirect = client && !isDevice ? trustRedirect(client, row.redirect_uri, row.state, this.config.issuer) : null;
    if (!client || !(isDevice ? client.device_authorization : redirect) || client.status !== 'enabled' || client.epoch !== row.client_epoch)
      throw new Problem('request-gone');
    // A preset that was narrowed meanwhile makes another request of it than the page showed.
    if ('error' in requestScope(row.scope, client.access_preset)) throw new Problem('request-gone');
    return { request: row, client, redirect };
  }

  /**
   * One transaction: consume the request, take the consent, make the grant, write it down.
   *
   * @returns where the browser goes, or null when someone else was first or a remembered consent was withdrawn or changed this instant
   */
  async allow(
    { request, client, redirect }: Pending,
    session: CurrentSession,
    origin: Origin,
    answer: ConsentAnswer,
  ): Promise<string | null> {
    const made = await this.dataSource
      .transaction(async (tx) => {
        if (!(await this.#consume(tx, request, answer.remembered ? null : session.user.id))) return null;
        if (request.device_grant_id !== null && !(await this.devices.decide(tx, request.device_grant_id, 'allowed'))) return null;
        return { code: await this.consents.allow(tx, decisionOf(session, origin, client, request, answer)) };
      })
      .catch((thrown: unknown) => {
        if (answer.remembered && thrown instanceof Problem && thrown.problem === 'request-gone') return null;
        throw thrown;
      });
    if (!made) return null;
    return redirect && made.code !== null ? successAddress(redirect, made.code) : this.#devicePage('allowed');
  }

  async #deny({ request, client }: Pending, actor: Actor): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      if (!(await this.#consume(tx, request, actor.user.id))) throw new Problem('request-gone');
      const { device_grant_id } = request;
      if (device_grant_id !== null && !(await this.devices.decide(tx, device_grant_id, 'denied'))) throw new Problem('request-gone');
      await this.audit.record(tx, {
        actor,
        organization_id: client.organization_id,
        action: 'consent.denied',
        result: 'denied',
        target_type: 'oauth_client',
        target_id: client.client_id,
        target_name: client.client_name,
      });
    });
  }

  /** `prompt=none` is answered at once, and the request is over. @returns where the browser goes */
  async refuse({ request, redirect }: Pending, error: 'login_required' | 'consent_required'): Promise<string> {
    await this.#consume(this.dataSource.manager, request, null);
    return redirect ? errorAddress(redirect, error) : this.#devicePage('denied');
  }

  /** Where the browser ends that has decided for a device. */
  #devicePage(outcome: DeviceOutcome): string {
    return `${this.config.issuer}${DEVICE_PAGE}?outcome=${outcome}`;
  }

  async #deviceOf({ device_grant_id }: AuthorizationRequest): Promise<DeviceOrigin | null> {
    const found = device_grant_id === null ? null : await this.devices.originOf(device_grant_id);
    if (!found) return null;
    const { created_at, ip_address } = found;
    return { requested_at: created_at.toISOString(), ip_address, location: this.locations.of(ip_address) };
  }

  /** Single use: of n decisions at once one gets the row. */
  async #consume(tx: EntityManager, request: AuthorizationRequest, user_id: string | null): Promise<boolean> {
    const [rows] = await tx.query<[unknown[], number]>(
      `UPDATE authorization_request SET consumed_at = coalesce($2::timestamptz, clock_timestamp())
        WHERE id = $1 AND consumed_at IS NULL AND expires_at > coalesce($2::timestamptz, clock_timestamp())
          AND browser_hash = $3 AND ($4::uuid IS NULL OR user_id = $4::uuid)
       RETURNING 1`,
      [request.id, this.clock.bind(), request.browser_hash, user_id],
    );
    return rows.length > 0;
  }
}
