import type { AuditAction } from '@behalf/domain';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Origin } from '../platform/actor.js';
import { type AuditEntry, AuditLog } from './audit-log.js';
import { MinuteRows } from './minute-rows.js';

interface RefusedClient {
  readonly client_id: string;
  readonly client_name: string;
  readonly organization_id: string;
}

interface RefusedUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly home_organization_id: string;
}

/** An authentication that failed. What was typed in place of a known account is never written down: it may be a secret. */
export type Refusal =
  | {
      readonly action: 'client.authentication_refused';
      readonly client: RefusedClient | null;
      /** The client id as it was sent. */
      readonly account: string;
      readonly reason: string;
      readonly origin: Origin;
    }
  | { readonly action: 'session.refused'; readonly user: RefusedUser | null; readonly reason: string; readonly origin: Origin };

/** The form of our own client ids: a deleted client's is kept, a secret that was sent in its place is not. */
const CLIENT_ID = /^[A-Za-z0-9_-]{20}$/;

/** Refused authentications: one row per client or account, address, reason and minute. */
@Injectable()
export class RefusalLog implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #rows: MinuteRows;

  constructor(audit: AuditLog, dataSource: DataSource) {
    this.#rows = new MinuteRows(audit, dataSource);
  }

  onApplicationBootstrap(): void {
    this.#rows.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#rows.stop();
  }

  note(refusal: Refusal): void {
    const entry = entryOf(refusal);
    const { action, reason, origin } = refusal;
    const overflow = { key: `${action} overflow`, entry: { ...anonymous(action, reason), reason: 'many_different' } };
    this.#rows.note(JSON.stringify([action, entry.target_id, origin.ip_address, reason]), entry, overflow);
  }

  /** Writes everything gathered so far. */
  async flush(): Promise<void> {
    await this.#rows.flush(true);
  }
}

function anonymous(action: AuditAction, reason: string, origin: Partial<Origin> = {}): AuditEntry {
  const channel = action === 'session.refused' ? 'ui' : 'oauth';
  const actor = { channel, user: null, client_id: null, client_name: null, token_id: null, origin } as const;
  return { actor, organization_id: null, action, result: 'failure', reason };
}

function entryOf(refusal: Refusal): AuditEntry {
  // One row stands for many requests, so it names none of them.
  const origin = { ip_address: refusal.origin.ip_address, user_agent: refusal.origin.user_agent };
  const entry = anonymous(refusal.action, refusal.reason, origin);
  if (refusal.action === 'session.refused') {
    const { user } = refusal;
    if (!user) return entry;
    const target = { target_type: 'user', target_id: user.id, target_name: user.email };
    return { ...entry, ...target, actor: { ...entry.actor, user }, organization_id: user.home_organization_id };
  }
  const { client, account } = refusal;
  const client_id = client?.client_id ?? (CLIENT_ID.test(account) ? account : null);
  const actor = { ...entry.actor, client_id, client_name: client?.client_name ?? null } as AuditEntry['actor'];
  const target = { target_type: 'oauth_client', target_id: client_id, target_name: client?.client_name ?? null };
  return { ...entry, ...target, actor, organization_id: client?.organization_id ?? null };
}
