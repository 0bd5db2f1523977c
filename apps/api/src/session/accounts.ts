import { checkPassword, checkUserName, SESSION_SECRET_PREFIX, type UserRef } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditLog } from '../audit/index.js';
import { Invitations } from '../directory/index.js';
import type { Actor } from '../platform/actor.js';
import { newSecret, sha256 } from '../platform/crypto.js';
import { Failures } from '../platform/failures/failures.js';
import { originOf, type Request } from '../platform/http/request.js';
import { demandValid, Problem, validationFailed } from '../platform/problem.js';
import { Passwords } from './passwords.js';
import { Sessions } from './sessions.js';

interface Credentials {
  readonly password_hash: string | null;
  readonly session_epoch: number;
}

/** What users do to their own accounts. */
@Injectable()
export class Accounts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly invitations: Invitations,
    private readonly audit: AuditLog,
    private readonly failures: Failures,
  ) {}

  async rename(actor: Actor, name: string): Promise<UserRef> {
    demandValid([checkUserName(name)]);
    await this.dataSource.transaction(async (tx) => {
      await tx.query('UPDATE user_account SET name = $2 WHERE id = $1', [actor.user.id, name]);
      if (name !== actor.user.name) await this.#record(tx, actor, 'user.updated', { changes: { name: [actor.user.name, name] } });
    });
    return { ...actor.user, name };
  }

  /**
   * Changes the password and ends every other session of the user.
   *
   * @returns the new value for this browser's cookie: the session lives on under another one
   * @throws Problem `validation-failed` for a wrong current password and a weak new one, `too-many-requests`
   */
  async changePassword(actor: Actor, change: { current_password: string; new_password: string }): Promise<string> {
    demandValid([checkPassword(change.new_password, '/new_password')]);
    const [before] = await this.dataSource.query<Credentials[]>('SELECT password_hash, session_epoch FROM user_account WHERE id = $1', [
      actor.user.id,
    ]);
    const judge = () => this.passwords.verify(change.current_password, before?.password_hash ?? null);
    if (!(await this.failures.guess('sign-in', actor.user.email, actor.origin.ip_address, judge))) {
      await this.#record(this.dataSource.manager, actor, 'user.password_changed', { result: 'denied', reason: 'wrong_current_password' });
      throw validationFailed([{ pointer: '/current_password', code: 'wrong', detail: 'This is not your current password.' }]);
    }
    const password_hash = await this.passwords.hash(change.new_password);
    const secret = newSecret(SESSION_SECRET_PREFIX);
    await this.dataSource.transaction(async (tx) => {
      // Only from the state that was judged: of two changes at once one wins, and the other's session has ended with it.
      const [rows] = await tx.query<[{ session_epoch: number }[], number]>(
        `UPDATE user_account SET password_hash = $2, session_epoch = session_epoch + 1 WHERE id = $1 AND session_epoch = $3 RETURNING session_epoch`,
        [actor.user.id, password_hash, before!.session_epoch],
      );
      if (!rows[0]) throw new Problem('not-signed-in');
      await this.sessions.recordOthersEnded(tx, actor, 'password_changed');
      const keep = 'UPDATE ui_session SET session_epoch = $2, token_hash = $3 WHERE id = $1';
      await tx.query(keep, [actor.session_id, rows[0].session_epoch, sha256(secret)]);
      await this.invitations.forget(tx, actor.user.id);
      await this.#record(tx, actor, 'user.password_changed');
    });
    return secret;
  }

  /**
   * Sets the password of an invited user and signs them in.
   *
   * @returns the value for the session cookie
   * @throws Problem `request-gone` for a link that is unknown, used or expired, `validation-failed` for a weak password
   */
  async acceptInvitation({ token, password }: { token: string; password: string }, request: Request): Promise<string> {
    demandValid([checkPassword(password)]);
    await this.invitations.find(token);
    const password_hash = await this.passwords.hash(password);
    return this.dataSource.transaction(async (tx) => {
      const user = await this.invitations.accept(tx, token, password_hash, originOf(request));
      return this.sessions.start(tx, user, request);
    });
  }

  async #record(
    tx: EntityManager,
    actor: Actor,
    action: 'user.updated' | 'user.password_changed',
    more: Pick<AuditEntry, 'changes' | 'result' | 'reason'> = {},
  ): Promise<void> {
    const target = { target_type: 'user', target_id: actor.user.id, target_name: actor.user.email };
    await this.audit.record(tx, { actor, organization_id: actor.home_organization_id, action, ...target, ...more });
  }
}
