import { effectiveScope, effectiveTeams, type TeamRef } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { CLIENT_TAG, clientColumns, isClientId, type LiveClient, type LiveClientRow, toLiveClient } from '../client/index.js';
import { Clock } from '../platform/clock.js';
import { createBatcher, HotConnections } from '../platform/database/batcher.js';
import {
  COLUMNS,
  LIVE_COLUMNS,
  type LiveGrant,
  type LiveRow,
  type NamedMembership,
  type RotatableGrant,
  ROTATABLE_COLUMNS,
  ROTATION_COLUMNS,
  toLiveGrant,
  toRotatableGrant,
} from './live-row.js';

export interface GrantKey {
  readonly grant_id: string;
  readonly generation: number;
}

const MEMBER_OF = `
  (SELECT string_agg(concat(m.team_id, m.organization_id, m.role), E'\\n') FROM membership m WHERE m.user_id = g.user_id) AS member_of`;

const FROM = `
  FROM unnest($1::uuid[], $2::int4[]) WITH ORDINALITY k(id, generation, n)
  JOIN authorization_grant g ON g.id = k.id
  JOIN oauth_client c ON c.client_id = g.client_id
  JOIN user_account u ON u.id = g.user_id`;

const LIVE = `SELECT ${COLUMNS}, ${MEMBER_OF} ${FROM}`;

/** Every use of a token pays for each column, so what only a rotation asks for is read for a rotation only. */
const LIVE_TO_ROTATE = `SELECT ${COLUMNS}, ${MEMBER_OF}, ${ROTATION_COLUMNS} ${FROM}`;

const LIVE_WITH_NAMES = `SELECT ${COLUMNS},
    (SELECT string_agg(m.team_id::text || m.organization_id::text || m.role || ' ' || t.name, E'\\n' ORDER BY t.name, t.id)
       FROM membership m JOIN team t ON t.id = m.team_id WHERE m.user_id = g.user_id) AS member_of
    ${FROM}`;

/** The callers' rows among those of the grants, as many columns wide. */
const CALLERS = (columns: number) => `
  UNION ALL SELECT ${clientColumns('$3')}${', NULL'.repeat(columns - CALLER_COLUMNS)} FROM oauth_client c WHERE c.client_id = ANY ($4::text[])`;
const CALLER_COLUMNS = 5;

/** A client that calls, as it is now, with the grant that it names. */
export interface Called<Grant> {
  /** Null for an unknown id. */
  readonly client: LiveClient | null;
  readonly grant: Grant | null;
}

interface Call {
  readonly client_id: string;
  /** Null where the call names no grant of ours. */
  readonly key: GrantKey | null;
}

type Find<Grant> = (key: GrantKey) => Promise<Grant | null>;
type FindCalled<Grant> = (call: Call) => Promise<Called<Grant>>;

/** Reads grants as they are now, many requests in one statement. There is no cache to be late. */
@Injectable()
export class LiveGrants {
  /** The grant with everything that judges it; null when there is none (its client or user may be gone). */
  readonly find: Find<LiveGrant>;
  /** The same, with the names of the user's teams. */
  readonly findWithNames: Find<LiveGrant>;
  /** The same, with what it takes to move the grant on. */
  readonly findToRotate: Find<RotatableGrant>;
  readonly #called: FindCalled<LiveGrant>;
  readonly #calledToRotate: FindCalled<RotatableGrant>;

  constructor(
    private readonly connections: HotConnections,
    private readonly clock: Clock,
  ) {
    this.find = this.#reader('live_grants', LIVE, toLiveGrant);
    this.findWithNames = this.#reader('live_grants_with_names', LIVE_WITH_NAMES, toLiveGrant);
    this.findToRotate = this.#reader('live_grants_to_rotate', LIVE_TO_ROTATE, toRotatableGrant);
    this.#called = this.#callReader('live_calls', LIVE + CALLERS(LIVE_COLUMNS), toLiveGrant);
    this.#calledToRotate = this.#callReader('live_calls_to_rotate', LIVE_TO_ROTATE + CALLERS(ROTATABLE_COLUMNS), toRotatableGrant);
  }

  /**
   * Reads a caller together with the grant that it names, in one statement and as of one instant. Nothing of the grant may be shown
   * before the caller has proven itself.
   */
  findCalled(client_id: string, key: GrantKey | null): Promise<Called<LiveGrant>> {
    return isClientId(client_id) ? this.#called({ client_id, key }) : NOBODY;
  }

  /** The same, with what it takes to move the grant on. */
  findCalledToRotate(client_id: string, key: GrantKey | null): Promise<Called<RotatableGrant>> {
    return isClientId(client_id) ? this.#calledToRotate({ client_id, key }) : NOBODY;
  }

  #reader<Grant extends LiveGrant>(name: string, text: string, toGrant: ToGrant<Grant>): Find<Grant> {
    return createBatcher<GrantKey, Grant | null>(this.connections, async (keys) => {
      const rows = await this.connections.texts<LiveRow>({ name, text }, [...columnsOf(keys), this.clock.bind()]);
      const found = new Array<Grant | null>(keys.length).fill(null);
      for (const row of rows) {
        const { n, grant } = toGrant(row);
        found[n - 1] = grant;
      }
      return found;
    });
  }

  #callReader<Grant extends LiveGrant>(name: string, text: string, toGrant: ToGrant<Grant>): FindCalled<Grant> {
    return createBatcher<Call, Called<Grant>>(this.connections, async (calls) => {
      const named = calls.filter(({ key }) => key !== null);
      const client_ids = [...new Set(calls.map(({ client_id }) => client_id))];
      const values = [...columnsOf(named.map(({ key }) => key!)), this.clock.bind(), client_ids];
      const clients = new Map<string, LiveClient>();
      const grants = new Array<Grant | null>(named.length).fill(null);
      for (const row of await this.connections.texts<LiveRow | LiveClientRow>({ name, text }, values)) {
        if (isClientRow(row)) {
          const client = toLiveClient(row);
          clients.set(client.client_id, client);
        } else {
          const { n, grant } = toGrant(row);
          grants[n - 1] = grant;
        }
      }
      let place = 0;
      return calls.map(({ client_id, key }) => ({ client: clients.get(client_id) ?? null, grant: key && grants[place++]! }));
    });
  }
}

type ToGrant<Grant> = (row: LiveRow) => { n: number; grant: Grant };

const NOBODY = Promise.resolve({ client: null, grant: null });

function columnsOf(keys: readonly GrantKey[]): [ids: string[], generations: number[]] {
  return [keys.map(({ grant_id }) => grant_id), keys.map(({ generation }) => generation)];
}

function isClientRow(row: LiveRow | LiveClientRow): row is LiveClientRow {
  return row[0].startsWith(CLIENT_TAG);
}

/** Consent ∩ client, as of now. */
export function liveScope(grant: LiveGrant): string[] {
  return effectiveScope(grant.granted_scope, grant.access_preset);
}

/** The memberships that count now: consent ∩ client ∩ user. */
export function liveTeams(grant: LiveGrant): readonly NamedMembership[] {
  return effectiveTeams(grant.team_ids, grant, grant.memberships) as readonly NamedMembership[];
}

/** A team as it stands on the wire. */
export function toTeam({ team_id, team_name, organization_id }: NamedMembership): TeamRef {
  return { id: team_id, name: team_name, organization_id };
}
