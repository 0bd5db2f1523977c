import { effectiveScope, effectiveTeams, type TeamRef } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock.js';
import { createBatcher, HotConnections, type Statement } from '../platform/database/batcher.js';
import {
  COLUMNS,
  type LiveGrant,
  type LiveRow,
  type NamedMembership,
  type RotatableGrant,
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

const LIVE: Statement = { name: 'live_grants', text: `SELECT ${COLUMNS}, ${MEMBER_OF} ${FROM}` };

/** Every use of a token pays for each column, so what only a rotation asks for is read for a rotation only. */
const LIVE_TO_ROTATE: Statement = { name: 'live_grants_to_rotate', text: `SELECT ${COLUMNS}, ${MEMBER_OF}, ${ROTATION_COLUMNS} ${FROM}` };

const LIVE_WITH_NAMES: Statement = {
  name: 'live_grants_with_names',
  text: `SELECT ${COLUMNS},
    (SELECT string_agg(m.team_id::text || m.organization_id::text || m.role || ' ' || t.name, E'\\n' ORDER BY t.name, t.id)
       FROM membership m JOIN team t ON t.id = m.team_id WHERE m.user_id = g.user_id) AS member_of
    ${FROM}`,
};

/** Reads grants as they are now, many requests in one statement. There is no cache to be late. */
@Injectable()
export class LiveGrants {
  /** The grant with everything that judges it; null when there is none (its client or user may be gone). */
  readonly find: (key: GrantKey) => Promise<LiveGrant | null>;
  /** The same, with the names of the user's teams. */
  readonly findWithNames: (key: GrantKey) => Promise<LiveGrant | null>;

  /** The same, with what it takes to move the grant on. */
  readonly findToRotate: (key: GrantKey) => Promise<RotatableGrant | null>;

  constructor(connections: HotConnections, clock: Clock) {
    const reader = <Grant extends LiveGrant>(statement: Statement, toGrant: (row: LiveRow) => { n: number; grant: Grant }) =>
      createBatcher<GrantKey, Grant | null>(connections, async (keys) => {
        const ids = keys.map((key) => key.grant_id);
        const generations = keys.map((key) => key.generation);
        const rows = await connections.texts<LiveRow>(statement, [ids, generations, clock.bind()]);
        const found = new Array<Grant | null>(keys.length).fill(null);
        for (const row of rows) {
          const { n, grant } = toGrant(row);
          found[n - 1] = grant;
        }
        return found;
      });
    this.find = reader(LIVE, toLiveGrant);
    this.findWithNames = reader(LIVE_WITH_NAMES, toLiveGrant);
    this.findToRotate = reader(LIVE_TO_ROTATE, toRotatableGrant);
  }
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
