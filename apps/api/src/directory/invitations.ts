import { INVITATION_LIFETIME_SECONDS, INVITATION_PREFIX, type OpenInvitation } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog, SYSTEM } from '../audit/index.js';
import type { Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { newSecret, sha256 } from '../platform/crypto.js';
import { wireTime } from '../platform/database/wire-time.js';
import { Problem } from '../platform/problem.js';

/** Who accepted, with the epochs that a sign-in beginning now carries. */
export interface AcceptedInvitation {
  readonly id: string;
  readonly epoch: number;
  readonly session_epoch: number;
}

const LIVE = `FROM invitation i JOIN user_account u ON u.id = i.user_id
  WHERE i.token_hash = $1 AND i.expires_at > coalesce($2::timestamptz, clock_timestamp()) AND u.status = 'active'`;

/** Makes a user's one invitation and returns its token; an earlier one stops working. */
export async function issueInvitation(tx: EntityManager, user_id: string, created_by: string | null, now: Date | null): Promise<string> {
  const token = newSecret(INVITATION_PREFIX);
  await tx.query('DELETE FROM invitation WHERE user_id = $1', [user_id]);
  await tx.query(
    `INSERT INTO invitation (token_hash, user_id, created_by, created_at, expires_at)
     SELECT $1, $2, $3, t.now, t.now + make_interval(secs => $5) FROM (SELECT coalesce($4::timestamptz, clock_timestamp()) AS now) t`,
    [sha256(token), user_id, created_by, now, INVITATION_LIFETIME_SECONDS],
  );
  return token;
}

/** Links by which a user sets a password: random, kept as a hash, single use. */
@Injectable()
export class Invitations {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Makes the one link of a user. It is shown once and cannot be read again. */
  async issue(tx: EntityManager, user_id: string, created_by: string | null): Promise<string> {
    return `${this.config.issuer}/invite#${await issueInvitation(tx, user_id, created_by, this.clock.bind())}`;
  }

  /**
   * Whose link it is, without using it up: for the page that it leads to, and before a password is hashed for it.
   *
   * @throws Problem `request-gone` when the link is unknown, used, expired, or its user disabled
   */
  async find(token: string): Promise<OpenInvitation> {
    const [found] = await this.dataSource.query<OpenInvitation[]>(
      `SELECT jsonb_build_object('email', u.email, 'name', u.name) AS user, u.password_hash IS NOT NULL AS has_password,
              (SELECT o.name FROM organization o WHERE o.id = u.home_organization_id) AS organization_name,
              ${wireTime('i.expires_at')} AS expires_at ${LIVE}`,
      [sha256(token), this.clock.bind()],
    );
    if (!found) throw linkGone();
    return found;
  }

  /** Ends a user's open link, for instance because the password was changed without it. */
  async forget(tx: EntityManager, user_id: string): Promise<void> {
    await tx.query('DELETE FROM invitation WHERE user_id = $1', [user_id]);
  }

  /**
   * Uses a link up and sets the user's password; every earlier browser session ends.
   *
   * @throws Problem `request-gone` when the link is unknown, used, expired, or its user disabled
   */
  async accept(tx: EntityManager, token: string, password_hash: string, origin: Origin): Promise<AcceptedInvitation> {
    const [used] = await tx.query<[{ user_id: string }[], number]>(
      `DELETE FROM invitation WHERE token_hash IN (SELECT i.token_hash ${LIVE}) RETURNING user_id`,
      [sha256(token), this.clock.bind()],
    );
    if (!used[0]) throw linkGone();
    const [[user]] = await tx.query<[[AcceptedInvitation & { email: string; name: string; home_organization_id: string }], number]>(
      `UPDATE user_account SET password_hash = $2, session_epoch = session_epoch + 1 WHERE id = $1
       RETURNING id, epoch, session_epoch, email, name, home_organization_id`,
      [used[0].user_id, password_hash],
    );
    await this.audit.record(tx, {
      actor: { ...SYSTEM, channel: 'ui', user, origin },
      organization_id: user.home_organization_id,
      action: 'user.password_changed',
      target_type: 'user',
      target_id: user.id,
      target_name: user.email,
      reason: 'invitation_accepted',
    });
    return user;
  }
}

function linkGone(): Problem {
  return new Problem('request-gone', { detail: 'The link was used, has expired, or was replaced by a newer one.' });
}
