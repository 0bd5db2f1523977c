import type { AccessPreset, ClientStatus, ClientType, TeamRestrictions, TeamSelection } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { sha256 } from '../platform/crypto.js';
import { createBatcher, HotConnections, SEPARATOR, SEPARATOR_ESCAPE, type Statement, type Text } from '../platform/database/batcher.js';
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

/** A row of `clientColumns`: all that can hold no separator packed into one column, then words that people chose, and the secrets. */
export type LiveClientRow = [packed: string, client_name: string, redirect_uris: string, secrets: Text, resources: Text, ...rest: Text[]];

// prettier-ignore
type PackedFields = [
  tag: string, client_id: string, organization_id: string, client_type: ClientType, status: ClientStatus, access_preset: AccessPreset,
  team_selection: TeamSelection, team_restrictions: string, access_token_lifetime_seconds: string, issue_refresh_token: string,
  refresh_token_lifetime_seconds: string, resource_server: string, require_pushed_authorization_requests: string,
  dpop_bound_access_tokens: string, device_authorization: string, epoch: string, refresh_epoch: string, multi_team_epoch: string, now: string,
];

/** What the first column of a client's row begins with, where it stands among rows of another kind. */
export const CLIENT_TAG = 'c';

/**
 * The columns of a client `c` as it is now. Flat on purpose: text that is split here costs PostgreSQL and the driver a fraction of arrays,
 * aggregated jsonb and many columns.
 *
 * @param clock the parameter that has the tests' clock
 */
export const clientColumns = (clock: string) => `
  concat_ws(E'${SEPARATOR_ESCAPE}', '${CLIENT_TAG}', c.client_id, c.organization_id, c.client_type, c.status, c.access_preset, c.team_selection,
    c.team_restrictions, c.access_token_lifetime_seconds, c.issue_refresh_token, c.refresh_token_lifetime_seconds, c.resource_server,
    c.require_pushed_authorization_requests, c.dpop_bound_access_tokens, c.device_authorization, c.epoch, c.refresh_epoch, c.multi_team_epoch,
    date_part('epoch', coalesce(${clock}::timestamptz, clock_timestamp()))::text),
  c.client_name, array_to_string(c.redirect_uris, E'\\n'),
  (SELECT string_agg(s.id::text || encode(s.secret_hash, 'hex') || CASE WHEN s.expires_at IS NULL THEN 'c' ELSE 'p' END
                     || coalesce(extract(epoch FROM s.last_used_at)::float8::text, ''), E'\\n')
     FROM client_secret s
    WHERE s.client_id = c.client_id AND (s.expires_at IS NULL OR s.expires_at > coalesce(${clock}::timestamptz, clock_timestamp()))),
  array_to_string(c.resources, E'\\n')`;

const FIND: Statement = {
  name: 'live_clients',
  text: `SELECT ${clientColumns('$2')} FROM oauth_client c WHERE c.client_id = ANY ($1::text[])`,
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
      const rows = await connections.texts<LiveClientRow>(FIND, [[...new Set(client_ids)], clock.bind()]);
      const found = new Map(rows.map(toLiveClient).map((client) => [client.client_id, client]));
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

/** A row of `clientColumns`. */
export function toLiveClient([packed, client_name, redirect_uris, secrets, resources]: LiveClientRow): LiveClient {
  // prettier-ignore
  const [
    , client_id, organization_id, client_type, status, access_preset, team_selection, team_restrictions, access_token_lifetime_seconds,
    issue_refresh_token, refresh_token_lifetime_seconds, resource_server, require_pushed_authorization_requests, dpop_bound_access_tokens,
    device_authorization, epoch, refresh_epoch, multi_team_epoch, now,
  ] = packed.split(SEPARATOR) as PackedFields;
  return {
    client_id,
    client_name,
    organization_id,
    client_type,
    status,
    access_preset,
    team_selection,
    team_restrictions: JSON.parse(team_restrictions) as TeamRestrictions,
    access_token_lifetime_seconds: Number(access_token_lifetime_seconds),
    issue_refresh_token: issue_refresh_token === TRUE,
    refresh_token_lifetime_seconds: Number(refresh_token_lifetime_seconds),
    redirect_uris: redirect_uris === '' ? [] : redirect_uris.split('\n'),
    resource_server: resource_server === TRUE,
    resources: resources ? resources.split('\n') : [],
    require_pushed_authorization_requests: require_pushed_authorization_requests === TRUE,
    dpop_bound_access_tokens: dpop_bound_access_tokens === TRUE,
    device_authorization: device_authorization === TRUE,
    epoch: Number(epoch),
    refresh_epoch: Number(refresh_epoch),
    multi_team_epoch: Number(multi_team_epoch),
    secrets: secrets?.split('\n').map(toLiveSecret) ?? [],
    now: Number(now),
  };
}

/** A boolean as PostgreSQL writes it. */
const TRUE = 't';
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
