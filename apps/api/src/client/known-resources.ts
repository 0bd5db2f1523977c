import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config.js';
import { PendingConnections, type Statement } from '../platform/database/batcher.js';

/** Paused ones too: a pause must not turn tokens for one API into tokens for all. */
const OF_ORGANIZATION: Statement = {
  name: 'resources_of_organization',
  text: `SELECT unnest(resources) AS uri FROM oauth_client
          WHERE organization_id = $1 AND resources <> '{}' AND resource_server ORDER BY created_at, client_id`,
};

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
   * @returns null where no resource server has named one: there `resource` means nothing yet, and is ignored
   */
  async of(organization_id: string): Promise<string[] | null> {
    if (!this.config.resource_indicators) return null;
    const rows = await this.connections.run<{ uri: string }>(OF_ORGANIZATION, [organization_id]);
    return rows.length ? [...rows.map(({ uri }) => uri), this.config.issuer] : null;
  }
}
