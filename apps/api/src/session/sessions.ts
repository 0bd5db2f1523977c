import { effectivePermissions, SESSION_SECRET_PREFIX, type SessionInfo } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog, SYSTEM } from '../audit/index.js';
import { Directory } from '../directory/index.js';
import type { Actor, Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { newSecret, sha256 } from '../platform/crypto.js';
import { BrowserConnections, createBatcher } from '../platform/database/batcher.js';
import { sessionCookieName } from '../platform/http/cookies.js';
import { originOf, type Request } from '../platform/http/request.js';
import { Problem } from '../platform/problem.js';
import { CURRENT, type CurrentRow, type CurrentSession, granularity, isSessionSecret, toCurrentSession } from './current-session.js';
import { actingOrganization, instant, sessionEnd } from './session-sql.js';

/** Whose sign-in it is, with the epochs as they were before the password was compared. */
export interface SignIn {
  readonly id: string;
  readonly epoch: number;
  readonly session_epoch: number;
}

/** Why a session ended, for the audit log. */
export type SessionEnd = 'signed_out' | 'replaced' | 'revoked';

/** Browser sessions. They know nothing of OAuth. */
@Injectable()
export class Sessions {
  readonly #find: (token_hash: Buffer) => Promise<Found | null>;

  constructor(
    private readonly dataSource: DataSource,
    browsers: BrowserConnections,
    private readonly clock: Clock,
    private readonly directory: Directory,
    private readonly audit: AuditLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    const idle = config.session_idle_seconds;
    this.#find = createBatcher<Buffer, Found | null>(browsers, async (hashes) => {
      const found = new Array<Found | null>(hashes.length).fill(null);
      for (const row of await browsers.texts<CurrentRow>(CURRENT, [hashes, clock.bind(), idle, granularity(idle)])) {
        const { n, ...rest } = toCurrentSession(row);
        found[n - 1] = rest;
      }
      return found;
    });
  }

  /** The session of a request's browser, or null; its last use is written at most once a minute. */
  async current(request: Request): Promise<CurrentSession | null> {
    const secret = this.#secretOf(request);
    const found = secret && (await this.#find(sha256(secret)));
    if (!found) return null;
    if (found.stale) await this.#touch(found.session.session_id);
    return found.session;
  }

  /**
   * Starts a session under a new random value, whatever the browser sent, and ends the browser's earlier one.
   *
   * @returns the value for the cookie
   */
  async start(tx: EntityManager, user: SignIn, request: Request): Promise<string> {
    const secret = newSecret(SESSION_SECRET_PREFIX);
    const origin = originOf(request);
    const [session] = await tx.query<[{ id: string; home_organization_id: string; email: string; name: string }]>(
      `WITH started AS (
         INSERT INTO ui_session (token_hash, user_id, user_epoch, session_epoch, organization_id, authenticated_at, last_active_at, expires_at,
                                 ip_address, user_agent)
         SELECT $1, u.id, $3, $4, ${actingOrganization('u.home_organization_id')}, t.now, t.now, t.now + make_interval(secs => $6), $7::inet, $8
           FROM user_account u, (SELECT ${instant('$5')} AS now) t WHERE u.id = $2
         RETURNING id, user_id)
       SELECT s.id, u.home_organization_id, u.email, u.name FROM started s JOIN user_account u ON u.id = s.user_id`,
      [
        sha256(secret),
        user.id,
        user.epoch,
        user.session_epoch,
        this.clock.bind(),
        this.config.session_absolute_seconds,
        origin.ip_address,
        origin.user_agent,
      ],
    );
    const { email, name } = session;
    await this.audit.record(tx, {
      actor: { ...SYSTEM, channel: 'ui', user: { id: user.id, email, name }, origin },
      organization_id: session.home_organization_id,
      action: 'session.started',
      target_type: 'session',
      target_id: session.id,
    });
    const earlier = this.#secretOf(request);
    if (earlier) await this.#endBrowsers(tx, earlier, origin);
    return secret;
  }

  /** What the admin app has to know about a session that was just started. */
  async infoOf(secret: string): Promise<SessionInfo> {
    const found = await this.#find(sha256(secret));
    // Stillborn: the user was disabled, or the password changed, while this sign-in was under way.
    if (!found) throw new Problem('wrong-credentials');
    return this.info(found.session);
  }

  /** Who is signed in, where, and what they may do there. */
  async info({ user, organization_id, memberships }: Pick<Actor, 'user' | 'organization_id' | 'memberships'>): Promise<SessionInfo> {
    const [organization, organizations] = await Promise.all([
      this.directory.organization(organization_id),
      this.directory.organizationsOf(user.id),
    ]);
    if (!organization) throw new Problem('not-signed-in');
    const here = memberships.filter((membership) => membership.organization_id === organization_id);
    const permissions = [...effectivePermissions(here, null)];
    const { issuer, support_url = null } = this.config;
    return { user, organization, organizations, permissions, issuer, support_url };
  }

  /** @throws Problem `not-found` for an organization that the user has no team in */
  async switchOrganization(actor: Actor, organization_id: string): Promise<SessionInfo> {
    if (!actor.memberships.some((membership) => membership.organization_id === organization_id)) throw new Problem('not-found');
    await this.dataSource.query('UPDATE ui_session SET organization_id = $2 WHERE id = $1', [actor.session_id, organization_id]);
    return this.info({ ...actor, organization_id });
  }

  /** Ends one session; false when it had ended before. */
  async end(session_id: string, reason: SessionEnd, actor: Actor): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const [rows] = await tx.query<[EndedRow[], number]>(
        `UPDATE ui_session s SET ended_at = ${instant('$2')} FROM user_account u
          WHERE u.id = s.user_id AND s.id = $1 AND s.ended_at IS NULL RETURNING s.id, u.email, u.home_organization_id`,
        [session_id, this.clock.bind()],
      );
      for (const row of rows) await this.#recordEnd(tx, row, reason, actor);
      return rows.length > 0;
    });
  }

  /**
   * Writes down that every other session of the user ended, after the caller has moved the user's session epoch on by one.
   *
   * @returns how many were live
   */
  async recordOthersEnded(tx: EntityManager, actor: Actor, reason: 'signed_out_elsewhere' | 'password_changed'): Promise<number> {
    const [{ ended }] = await tx.query<[{ ended: number }]>(
      `SELECT count(*)::integer AS ended FROM ui_session s JOIN user_account u ON u.id = s.user_id AND u.session_epoch = s.session_epoch + 1
        WHERE s.user_id = $1 AND s.id <> $2 AND s.ended_at IS NULL AND ${sessionEnd('$4')} > ${instant('$3')} AND s.user_epoch = u.epoch`,
      [actor.user.id, actor.session_id, this.clock.bind(), this.config.session_idle_seconds],
    );
    if (ended) {
      const target = { target_type: 'user', target_id: actor.user.id, target_name: actor.user.email };
      const entry = { actor, organization_id: actor.home_organization_id, action: 'session.ended', ...target } as const;
      await this.audit.record(tx, { ...entry, reason, count: ended });
    }
    return ended;
  }

  /** The browser's earlier session, whoever's it was. */
  async #endBrowsers(tx: EntityManager, secret: string, origin: Origin): Promise<void> {
    const [rows] = await tx.query<[(EndedRow & { user_id: string; name: string })[], number]>(
      `UPDATE ui_session s SET ended_at = ${instant('$2')} FROM user_account u
        WHERE u.id = s.user_id AND s.token_hash = $1 AND s.ended_at IS NULL RETURNING s.id, u.id AS user_id, u.email, u.name, u.home_organization_id`,
      [sha256(secret), this.clock.bind()],
    );
    for (const row of rows) {
      const user = { id: row.user_id, email: row.email, name: row.name };
      await this.#recordEnd(tx, row, 'replaced', { ...SYSTEM, channel: 'ui', user, origin });
    }
  }

  async #recordEnd(tx: EntityManager, row: EndedRow, reason: SessionEnd, actor: Parameters<AuditLog['record']>[1]['actor']): Promise<void> {
    await this.audit.record(tx, {
      actor,
      organization_id: row.home_organization_id,
      action: 'session.ended',
      target_type: 'session',
      target_id: row.id,
      target_name: row.email,
      reason,
    });
  }

  async #touch(session_id: string): Promise<void> {
    await this.dataSource.query(
      `UPDATE ui_session SET last_active_at = greatest(last_active_at, ${instant('$2')}) WHERE id = $1 AND ended_at IS NULL`,
      [session_id, this.clock.bind()],
    );
  }

  #secretOf(request: Request): string | null {
    const value = request.cookies[sessionCookieName(this.config.issuer)];
    return isSessionSecret(value) ? value : null;
  }
}

/** A live session, and whether its last use is to be written again. */
type Found = Omit<ReturnType<typeof toCurrentSession>, 'n'>;

interface EndedRow {
  readonly id: string;
  readonly email: string;
  readonly home_organization_id: string;
}
