import {
  checkPreviousSecretLifetime,
  CLIENT_SECRET_PREFIX,
  confirmsName,
  ENDED_SECRETS_KEPT,
  planRotation,
  type RotatedSecret,
  secretHint,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { newSecret, sha256 } from '../platform/crypto.js';
import { demandValid, Problem } from '../platform/problem.js';
import { lockClient } from './client-rows.js';

interface Secret {
  readonly id: string;
  readonly hint: string;
  readonly expires_at: Date | null;
}

/** Hashes of the last few ended secrets stay, so that a late use of one can be told from a wrong secret. */
const FORGET_ENDED = `
DELETE FROM client_secret WHERE id IN (
  SELECT id FROM client_secret WHERE client_id = $1 AND expires_at <= $2 ORDER BY expires_at DESC OFFSET ${ENDED_SECRETS_KEPT})`;

/** Secrets of confidential clients: shown once, kept as SHA-256, at most two of a client live at once. */
@Injectable()
export class ClientSecrets {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /** Makes a client's new current secret. */
  async add(tx: EntityManager, client_id: string): Promise<string> {
    const secret = newSecret(CLIENT_SECRET_PREFIX);
    await tx.query(
      `INSERT INTO client_secret (client_id, secret_hash, hint, created_at) VALUES ($1, $2, $3, coalesce($4::timestamptz, clock_timestamp()))`,
      [client_id, sha256(secret), secretHint(secret), this.clock.bind()],
    );
    return secret;
  }

  /**
   * Replaces the secret. The client's row is locked first, so that two rotations follow each other and the later one
   * ends what the earlier one left.
   *
   * @param lifetime_seconds how long the one until now goes on working; 0 ends it at once
   * @throws Problem `not-found`, `not-confidential`, `name-mismatch`, `validation-failed`
   */
  async rotate(actor: Actor, client_id: string, confirm_name: string, lifetime_seconds: number): Promise<RotatedSecret> {
    demandValid([checkPreviousSecretLifetime(lifetime_seconds)]);
    return this.dataSource.transaction(async (tx) => {
      const client = await lockClient(tx, actor.organization_id, client_id);
      if (client.client_type !== 'confidential') throw new Problem('not-confidential');
      if (!confirmsName(confirm_name, client.client_name)) throw new Problem('name-mismatch');
      const now = await this.clock.now(tx);
      const secrets = await tx.query<Secret[]>(
        'SELECT id, hint, expires_at FROM client_secret WHERE client_id = $1 AND (expires_at IS NULL OR expires_at > $2)',
        [client_id, now],
      );
      const plan = planRotation(secrets, lifetime_seconds, now);
      await tx.query('UPDATE client_secret SET expires_at = $2 WHERE id = ANY ($1::uuid[])', [plan.end, now]);
      for (const { id, expires_at } of plan.expire)
        await tx.query('UPDATE client_secret SET expires_at = $2 WHERE id = $1', [id, expires_at]);
      await tx.query(FORGET_ENDED, [client_id, now]);
      const client_secret = await this.add(tx, client_id);
      const previous_secret_expires_at = plan.expire[0]?.expires_at.toISOString() ?? null;
      const current = secrets.find((secret) => secret.expires_at === null);
      await this.#record(tx, actor, 'client.secret_rotated', client, {
        secret_hint: [current?.hint ?? null, secretHint(client_secret)],
        previous_secret_expires_at: [null, previous_secret_expires_at],
      });
      return { client_secret, previous_secret_expires_at };
    });
  }

  /** Ends the overlap early. @throws Problem `not-found` when no previous secret works any more */
  async endPrevious(actor: Actor, client_id: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const client = await lockClient(tx, actor.organization_id, client_id);
      const [ended] = await tx.query<[{ hint: string }[], number]>(
        'UPDATE client_secret SET expires_at = $2 WHERE client_id = $1 AND expires_at > $2 RETURNING hint',
        [client_id, await this.clock.now(tx)],
      );
      if (!ended[0]) throw new Problem('not-found');
      await this.#record(tx, actor, 'client.previous_secret_ended', client, { previous_secret_hint: [ended[0].hint, null] });
    });
  }

  async #record(
    tx: EntityManager,
    actor: Actor,
    action: 'client.secret_rotated' | 'client.previous_secret_ended',
    client: { client_id: string; client_name: string },
    changes: Record<string, readonly [unknown, unknown]>,
  ): Promise<void> {
    const target = { target_type: 'oauth_client', target_id: client.client_id, target_name: client.client_name };
    await this.audit.record(tx, { actor, organization_id: actor.organization_id, action, ...target, changes });
  }
}
