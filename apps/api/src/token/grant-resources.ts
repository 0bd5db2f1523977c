import { selectResources } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type AuditEntry, AuditLog } from '../audit/index.js';
import { KnownResources, type LiveClient } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import { OAuthError } from '../platform/oauth-error.js';
import type { LiveGrant } from './live-row.js';
import type { Binding } from './rotation.js';
import { resourceBits } from './token-handle.js';

/** What a token request asks for, once it was found good; null for all that was authorized. */
export type WantedResources = readonly string[] | null;

/** Resources at the token endpoint (RFC 8707 §2.2): of what was authorized a token is for a part, never for more. */
@Injectable()
export class GrantResources {
  constructor(
    private readonly dataSource: DataSource,
    private readonly known: KnownResources,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Judged before anything is consumed; what is wrong with the handle itself is left to the rotation.
   *
   * @param grant as it was read for this request
   * @throws OAuthError `invalid_target`
   */
  async judge(client: LiveClient, grant: LiveGrant | null, requested: readonly string[]): Promise<WantedResources> {
    if (!requested.length || grant?.client_id !== client.client_id) return null;
    const known = await this.known.of(client.organization_id);
    return known && select(requested, grant.resources ?? known);
  }

  /**
   * What the rotation binds an authorization to that is for no resource in particular: the first ones that its client names. It was
   * more than that before, and every token of it is less from here on.
   *
   * @throws OAuthError `invalid_target` where a request beside this one has bound it to others
   */
  binding(grant: LiveGrant, wanted: WantedResources, origin: Origin): Binding | null {
    if (!wanted) return null;
    if (!grant.resources) return { resources: wanted, event: bound(grant, wanted, origin) };
    select(wanted, grant.resources);
    return null;
  }

  /**
   * The bits of a token for what was wanted. A replay may be the first to name a resource; whatever befalls its binding, the same
   * request can be sent again.
   *
   * @throws OAuthError `invalid_target` as above
   */
  async bitsOf(grant: LiveGrant, wanted: WantedResources, origin: Origin): Promise<number> {
    if (!wanted) return 0;
    const resources = grant.resources ?? (await this.#bindReplayed(grant, wanted, origin));
    return resourceBits(resources, select(wanted, resources));
  }

  async #bindReplayed(grant: LiveGrant, resources: readonly string[], origin: Origin): Promise<readonly string[]> {
    return this.dataSource.transaction(async (tx) => {
      const [rows] = await tx.query<[unknown[], number]>(
        'UPDATE authorization_grant SET resources = $2::text[] WHERE id = $1 AND resources IS NULL RETURNING 1',
        [grant.id, resources],
      );
      if (!rows.length) {
        const [row] = await tx.query<{ resources: string[] }[]>('SELECT resources FROM authorization_grant WHERE id = $1', [grant.id]);
        return row?.resources ?? resources;
      }
      await this.audit.record(tx, bound(grant, resources, origin));
      return resources;
    });
  }
}

function bound(grant: LiveGrant, resources: readonly string[], origin: Origin): AuditEntry {
  const { id, client_id, client_name, organization_id } = grant;
  const user = { id: grant.user_id, email: grant.email, name: grant.user_name };
  return {
    actor: { channel: 'oauth', user, client_id, client_name, token_id: id, origin },
    organization_id,
    action: 'token.narrowed',
    target_type: 'token',
    target_id: id,
    target_name: client_name,
    changes: { resources: [null, resources] },
  };
}

function select(requested: readonly string[], known: readonly string[]): string[] {
  const selected = selectResources(requested, known);
  if ('error' in selected) throw new OAuthError('invalid_target', { reason: 'resource_unknown', received: requested.join(' ') });
  return selected.resources;
}
