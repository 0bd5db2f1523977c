import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../platform/config.js';
import { PendingConnections, type Statement } from '../platform/database/batcher.js';

/**
 * Paused ones too, and none where all of them are gone: neither a pause nor a deletion may turn requests for one API into requests
 * for all.
 */
const OF_ORGANIZATION: Statement = {
  name: 'resources_of_organization',
  text: `SELECT ARRAY(SELECT r.uri FROM oauth_client c, unnest(c.resources) WITH ORDINALITY r(uri, place)
                       WHERE c.organization_id = o.id AND c.resources <> '{}' AND c.resource_server
                       ORDER BY c.created_at, c.client_id, r.place) AS resources
           FROM organization o WHERE o.id = $1 AND o.judges_resources`,
};

/** From here on `resource` is judged in the organization, whatever becomes of the clients that list one. In the transaction of the first. */
export async function judgeResourcesIn(tx: EntityManager, organization_id: string): Promise<void> {
  await tx.query('UPDATE organization SET judges_resources = true WHERE id = $1 AND NOT judges_resources', [organization_id]);
}

/** The resources that a token of an organization's clients can be bound to (RFC 8707). */
@Injectable()
export class KnownResources {
  constructor(
    private readonly connections: PendingConnections,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * The identifiers of the organization's resource servers, and of our own API.
   *
   * @returns null where no resource server has ever named one: there `resource` means nothing yet, and is ignored
   */
  async of(organization_id: string): Promise<string[] | null> {
    if (!this.config.resource_indicators) return null;
    const [row] = await this.connections.run<{ resources: string[] }>(OF_ORGANIZATION, [organization_id]);
    return row ? [...row.resources, this.config.issuer] : null;
  }
}
