import { type ClientStatus, confirmsName } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry, AuditLog } from '../audit/index.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Problem, validationFailed } from '../platform/problem.js';
import { lockClient, lockClients, type LockedClient } from './client-rows.js';

export interface StatusChange {
  readonly status: ClientStatus;
  readonly reason?: string | undefined;
  /** When a pause ends by itself; ISO 8601. */
  readonly resume_at?: string | undefined;
}

/** Pausing, resuming and deleting. What a pause or deletion ends never comes back: epochs only grow, ids are never used again. */
@Injectable()
export class ClientLifecycle {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Pauses or resumes. A pause is one row's update, whatever the number of tokens it kills.
   *
   * @throws Problem `not-found`, `validation-failed` for an end in the past
   */
  async setStatus(actor: Actor, client_id: string, { status, reason, resume_at }: StatusChange): Promise<void> {
    if (status === 'enabled' && (reason !== undefined || resume_at !== undefined)) {
      const pointer = reason === undefined ? '/resume_at' : '/reason';
      throw validationFailed([{ pointer, code: 'not-paused', detail: 'Only a pause has a reason and an end.' }]);
    }
    await this.dataSource.transaction(async (tx) => {
      const before = await lockClient(tx, actor.organization_id, client_id);
      const after = { status, status_reason: reason || null, resume_at: resume_at === undefined ? null : new Date(resume_at) };
      if (after.resume_at && after.resume_at <= (await this.clock.now(tx))) {
        throw validationFailed([{ pointer: '/resume_at', code: 'in-the-past', detail: 'Choose a time in the future.' }]);
      }
      const changes = changesOf(before, after);
      if (!Object.keys(changes).length) return;
      await tx.query(
        `UPDATE oauth_client SET status = $2, status_reason = $3, resume_at = $4, version = version + 1,
                epoch = epoch + CASE WHEN status = 'enabled' AND $2 = 'disabled' THEN 1 ELSE 0 END,
                updated_at = coalesce($5::timestamptz, clock_timestamp())
          WHERE client_id = $1`,
        [client_id, status, after.status_reason, after.resume_at, this.clock.bind()],
      );
      const switched = status === 'disabled' ? 'client.paused' : 'client.resumed';
      const action = before.status === status ? 'client.updated' : switched;
      await this.audit.record(tx, { ...entryOf(actor, action, before), reason: after.status_reason, changes });
    });
  }

  /** @throws Problem `not-found`, `name-mismatch` */
  async delete(actor: Actor, client_id: string, confirm_name: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const client = await lockClient(tx, actor.organization_id, client_id);
      if (!confirmsName(confirm_name, client.client_name)) throw new Problem('name-mismatch');
      await this.#remove(tx, actor, [client]);
    });
  }

  /**
   * Deletes all of them or none. Rows are locked in key order: of two overlapping calls one wins, the other finds some gone.
   *
   * @throws Problem `already-gone`, naming the ids that are not there
   */
  async bulkDelete(actor: Actor, client_ids: readonly string[]): Promise<{ deleted: number }> {
    return this.dataSource.transaction(async (tx) => {
      const clients = await lockClients(tx, actor.organization_id, client_ids);
      const found = new Set(clients.map((client) => client.client_id));
      const missing = client_ids.filter((id) => !found.has(id));
      if (missing.length) throw new Problem('already-gone', { members: { missing } });
      await this.#remove(tx, actor, clients);
      return { deleted: clients.length };
    });
  }

  /** The secrets go with the row; grants and consents that name it are dead from this commit on, and are swept later. */
  async #remove(tx: EntityManager, actor: Actor, clients: readonly LockedClient[]): Promise<void> {
    await tx.query('DELETE FROM oauth_client WHERE client_id = ANY ($1::text[])', [clients.map((client) => client.client_id)]);
    await this.audit.record(tx, ...clients.map((client) => entryOf(actor, 'client.deleted', client)));
  }
}

type State = Pick<LockedClient, 'status' | 'status_reason' | 'resume_at'>;

function changesOf(before: State, after: State): Record<string, [unknown, unknown]> {
  const fields = ['status', 'status_reason', 'resume_at'] as const;
  const changed = fields.filter((field) => before[field]?.valueOf() !== after[field]?.valueOf());
  return Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]]));
}

function entryOf(actor: Actor, action: AuditEntry['action'], { client_id, client_name }: LockedClient): AuditEntry {
  const target = { target_type: 'oauth_client', target_id: client_id, target_name: client_name };
  return { actor, organization_id: actor.organization_id, action, ...target };
}
