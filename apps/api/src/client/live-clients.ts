import type { AccessPreset, ClientStatus, ClientType, TeamRestrictions, TeamSelection } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { sha256 } from '../platform/crypto.js';
import { createBatcher, HotConnections, type Statement } from '../platform/database/batcher.js';
import { isClientId } from './client-rows.js';
import { SecretUses } from './secret-uses.js';

/** A client as it is now, with what authorization and token endpoint ask of it. */
export interface LiveClient {
  readonly client_id: string;
  readonly client_name: string;
  readonly organization_id: string;
  readonly client_type: ClientType;
  readonly status: ClientStatus;
  readonly access_preset: AccessPreset;
  readonly team_selection: TeamSelection;
  readonly team_restrictions: TeamRestrictions;
  readonly access_token_lifetime_seconds: number;
  readonly issue_refresh_token: boolean;
  readonly refresh_token_lifetime_seconds: number;
  readonly redirect_uris: readonly string[];
  readonly resource_server: boolean;
  /** What a resource server calls itself; a token for others is not shown to it. */
  readonly resources: readonly string[];
  readonly require_pushed_authorization_requests: boolean;
  readonly dpop_bound_access_tokens: boolean;
  readonly device_authorization: boolean;
  readonly epoch: number;
  readonly refresh_epoch: number;
  readonly multi_team_epoch: number;
  readonly secrets: readonly LiveSecret[];
  /** Seconds since the epoch, by the database's clock. */
  readonly now: number;
}

/** A secret that works now. */
export interface LiveSecret {
  readonly id: string;
  readonly hash: Buffer;
  /** A rotated one, in its overlap. */
  readonly previous: boolean;
  /** Seconds since the epoch. */
  readonly last_used_at: number | null;
}

interface Row extends Omit<LiveClient, 'redirect_uris' | 'resources' | 'secrets'> {
  readonly redirect_uris: string;
  readonly resources: string;
  readonly secrets: string | null;
}

// Flat on purpose: text that is split here costs PostgreSQL and the driver a fraction of arrays and aggregated jsonb.
const FIND: Statement = {
  name: 'live_clients',
  text: `
SELECT c.client_id, c.client_name, c.organization_id, c.client_type, c.status, c.access_preset, c.team_selection, c.team_restrictions,
       c.access_token_lifetime_seconds, c.issue_refresh_token, c.refresh_token_lifetime_seconds, array_to_string(c.redirect_uris, E'\\n') AS redirect_uris,
       c.resource_server, array_to_string(c.resources, E'\\n') AS resources,
       c.require_pushed_authorization_requests, c.dpop_bound_access_tokens, c.device_authorization, c.epoch, c.refresh_epoch, c.multi_team_epoch,
       (SELECT string_agg(s.id::text || encode(s.secret_hash, 'hex') || CASE WHEN s.expires_at IS NULL THEN 'c' ELSE 'p' END
                          || coalesce(extract(epoch FROM s.last_used_at)::float8::text, ''), E'\\n')
          FROM client_secret s
         WHERE s.client_id = c.client_id AND (s.expires_at IS NULL OR s.expires_at > coalesce($2::timestamptz, clock_timestamp()))) AS secrets,
       extract(epoch FROM coalesce($2::timestamptz, clock_timestamp()))::float8 AS now
  FROM oauth_client c WHERE c.client_id = ANY ($1::text[])`,
};

const NOBODYS_HASH = sha256('');

/** Clients for the OAuth endpoints: read as they are now, many requests in one statement. */
@Injectable()
export class LiveClients {
  readonly #find: (client_id: string) => Promise<LiveClient | null>;

  constructor(
    connections: HotConnections,
    clock: Clock,
    private readonly uses: SecretUses,
  ) {
    this.#find = createBatcher<string, LiveClient | null>(connections, async (client_ids) => {
      // Many requests of a batch come from the same few clients; each is read once, for all of them alike.
      const rows = await connections.run<Row & Record<string, unknown>>(FIND, [[...new Set(client_ids)], clock.bind()]);
      const found = new Map(rows.map((row) => [row.client_id, toLiveClient(row)]));
      return client_ids.map((client_id) => found.get(client_id) ?? null);
    });
  }

  /** The client, paused ones too; null for an unknown id and, without a read, for what cannot be one. */
  async find(client_id: string): Promise<LiveClient | null> {
    return isClientId(client_id) ? this.#find(client_id) : null;
  }

  /**
   * Compares a secret in constant time with those that work now; an unknown client costs as much as a known one.
   *
   * @returns the secret that fits, whose use is noted, or null
   */
  verifySecret(client: LiveClient | null, secret: string, origin: Origin): LiveSecret | null {
    const presented = sha256(secret);
    let fitting: LiveSecret | null = null;
    for (const live of client?.secrets ?? []) if (timingSafeEqual(live.hash, presented)) fitting = live;
    if (!client?.secrets.length) timingSafeEqual(NOBODYS_HASH, presented);
    // A paused client is refused whatever it sends; that is no use of its secret.
    if (client && fitting && client.status === 'enabled') this.uses.note(client, fitting, origin);
    return fitting;
  }
}

function toLiveClient({ redirect_uris, resources, secrets, ...row }: Row): LiveClient {
  return {
    ...row,
    redirect_uris: redirect_uris === '' ? [] : redirect_uris.split('\n'),
    resources: resources === '' ? [] : resources.split('\n'),
    secrets: secrets?.split('\n').map(toLiveSecret) ?? [],
  };
}

const UUID_CHARACTERS = 36;
const HASH_CHARACTERS = 64;
const KIND_AT = UUID_CHARACTERS + HASH_CHARACTERS;

function toLiveSecret(text: string): LiveSecret {
  const last_used_at = text.slice(KIND_AT + 1);
  return {
    id: text.slice(0, UUID_CHARACTERS),
    hash: Buffer.from(text.slice(UUID_CHARACTERS, KIND_AT), 'hex'),
    previous: text[KIND_AT] === 'p',
    last_used_at: last_used_at === '' ? null : Number(last_used_at),
  };
}
