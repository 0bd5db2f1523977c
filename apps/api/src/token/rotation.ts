import { accessTokenLifetime, judgeRotation, type Presented, type RotationVerdict } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { type AuditEntry, eventsJson, insertEvents } from '../audit/index.js';
import type { Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { createBatcher, HotConnections, SettlingConnections, type Statement } from '../platform/database/batcher.js';
import { OAuthError } from '../platform/oauth-error.js';
import { LiveGrants, liveTeams } from './live-grants.js';
import type { RotatableGrant } from './live-row.js';
import type { Handle } from './token-handle.js';

/** One generation of a grant, as it is on disk. */
export interface Generation {
  readonly generation: number;
  /** Seconds since the epoch. */
  readonly rotated_at: number;
  readonly access_token_lifetime_seconds: number;
}

export type RotationOutcome =
  /** `grant` was read before the rotation; `generation` is what the rotation (now or at a replay) made. */
  | { readonly kind: 'rotated' | 'replayed'; readonly grant: RotatableGrant; readonly generation: Generation }
  | { readonly kind: Exclude<RotationVerdict, 'rotate' | 'replayed' | 'done'>; readonly grant: RotatableGrant | null };

/** What a grant for no resource in particular becomes bound to by its rotation (RFC 8707 §2.2), and the event that tells of it. */
export interface Binding {
  readonly resources: readonly string[];
  readonly event: AuditEntry;
}

/** What a rotation goes by besides its handle. */
interface Rotating {
  /** The grant, where it was read for this request already: what it moves on is as its generation and epochs were then, or nothing. */
  readonly read?: RotatableGrant | null;
  /** What the grant is to be bound to, as it was read; null to leave it. It may refuse: nothing is consumed yet. */
  readonly bind: (grant: RotatableGrant) => Binding | null;
  /** The key that what is issued first is bound to, for the audit log. */
  readonly jkt?: string | null;
}

interface RotateKey {
  readonly id: string;
  readonly generation: number;
  readonly origin: Origin;
  readonly lifetime_seconds: number;
  /** The key that what is issued is bound to, for the audit row. */
  readonly jkt: string | null;
}

type RotatedRow = [rotated_request_id: string, generation: string, rotated_at: string, access_token_lifetime_seconds: string];

/**
 * The winner of equal handles is told by its request id; the audit row of a first exchange commits with it, also where the
 * client was deleted this instant and the tokens are stillborn.
 */
const rotateText = (lock: string, { set = '', only = '', told = '' } = {}) => `
WITH l AS MATERIALIZED (SELECT id FROM authorization_grant WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE ${lock}),
r AS (
  UPDATE authorization_grant g
     SET generation = g.generation + 1, rotated_at = coalesce($7::timestamptz, clock_timestamp()), rotated_request_id = k.request_id,
         rotated_ip = k.ip, rotated_user_agent = k.user_agent, access_token_lifetime_seconds = k.lifetime_seconds,
         last_used_at = coalesce($7::timestamptz, clock_timestamp())${set}
    FROM l JOIN unnest($1::uuid[], $2::int4[], $3::uuid[], $4::inet[], $5::text[], $6::int4[], $8::text[])
           k(id, generation, request_id, ip, user_agent, lifetime_seconds, jkt) ON k.id = l.id
   WHERE g.id = l.id AND g.generation = k.generation AND g.generation < 2147483647 AND g.revoked_at IS NULL${only}
  RETURNING g.id, g.client_id, g.user_id, g.generation, g.rotated_at, g.rotated_request_id, g.rotated_ip, g.rotated_user_agent,
            g.access_token_lifetime_seconds, k.jkt
), a AS (
  INSERT INTO audit_event (at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name,
                           channel, client_id, client_name, token_id, ip_address, user_agent, request_id, changes)
  SELECT r.rotated_at, coalesce(c.organization_id, u.home_organization_id), r.user_id, u.email, u.name, 'token.issued', 'token', r.id::text, c.client_name,
         'oauth', r.client_id, c.client_name, r.id, r.rotated_ip, r.rotated_user_agent, r.rotated_request_id,
         CASE WHEN r.jkt IS NOT NULL THEN jsonb_build_object('dpop_jkt', jsonb_build_array(NULL, r.jkt)) END
    FROM r LEFT JOIN oauth_client c ON c.client_id = r.client_id JOIN user_account u ON u.id = r.user_id
   WHERE r.generation = 1
)${told}
SELECT rotated_request_id, generation, extract(epoch FROM rotated_at)::float8 AS rotated_at, access_token_lifetime_seconds FROM r`;

/** A batch locks in key order and never waits, so batches cannot deadlock. */
const ROTATE: Statement = { name: 'rotate_grants', text: rotateText('SKIP LOCKED') };
/** What a batch could not lock is settled alone, waiting on its one row. */
const ROTATE_ALONE: Statement = { name: 'rotate_grant_alone', text: rotateText('') };

/**
 * Bound and moved on by one update: were it bound afterwards, what breaks in between would have spent the handle for nothing, and
 * the next try would look like a theft. A grant that another request bound meanwhile is not returned, and is judged anew.
 */
const ROTATE_BOUND: Statement = {
  name: 'rotate_grant_bound',
  text: rotateText('', {
    set: ', resources = $9::text[]',
    only: ' AND g.resources IS NULL',
    told: `, told AS (${insertEvents('$7', '$10', 'EXISTS (SELECT FROM r)')})`,
  }),
};

const MAX_ROUNDS = 3;
/** After this a write is not tried anew, by the process's own stopwatch. */
const PATIENCE_MILLISECONDS = 4_000;

/** Code exchange and refresh: one conditional update that exactly one of n equal handles wins. */
@Injectable()
export class Rotations {
  readonly #rotate: (key: RotateKey) => Promise<Generation | null>;

  constructor(
    connections: HotConnections,
    private readonly settling: SettlingConnections,
    private readonly live: LiveGrants,
    private readonly clock: Clock,
  ) {
    this.#rotate = createBatcher<RotateKey, Generation | null>(connections, async (keys) => {
      const rows = await connections.texts<RotatedRow>(ROTATE, this.#values(keys));
      const byRequest = new Map(rows.map((row) => [row[0], row]));
      return keys.map((key) => toGeneration(byRequest.get(key.origin.request_id)));
    });
  }

  /**
   * Judges a handle against the live read and, where the verdict is 'rotate', moves its grant one generation on.
   *
   * @param proven whether verifier and redirect URI fit the grant; a handle that is not proven touches nothing
   * @throws OAuthError `temporarily_unavailable` when the row could not be settled, and what `bind` throws
   */
  async rotate(
    handle: Handle,
    presented: Omit<Presented, 'generation' | 'proven' | 'request_id'>,
    proven: (grant: RotatableGrant) => boolean,
    origin: Origin,
    { read, bind, jkt = null }: Rotating,
  ): Promise<RotationOutcome> {
    let failure: unknown;
    const began = performance.now();
    for (let round = 0; ; round += 1) {
      const grant = round === 0 && read !== undefined ? read : await this.live.findToRotate(handle);
      const verdict = grant ? judge(handle, presented, grant, proven(grant), origin) : 'refused';
      if (verdict === 'replayed' || verdict === 'done') {
        return { kind: verdict === 'done' ? 'rotated' : 'replayed', grant: grant!, generation: generationOf(grant!) };
      }
      if (verdict !== 'rotate') return { kind: verdict, grant };
      // Looked at here and not before: a write whose answer was lost is read for, however long the wait for it was.
      if (round === MAX_ROUNDS || (round > 0 && performance.now() - began >= PATIENCE_MILLISECONDS)) break;
      const binding = bind(grant!);
      const lifetime_seconds = accessTokenLifetime(grant!, grant!.now);
      const key = { id: grant!.id, generation: handle.generation, origin, lifetime_seconds, jkt };
      try {
        const generation = binding ? await this.#rotateBound(key, binding) : ((await this.#rotate(key)) ?? (await this.#rotateAlone(key)));
        if (generation) return { kind: 'rotated', grant: binding ? { ...grant!, resources: binding.resources } : grant!, generation };
      } catch (cause) {
        // Whether the write got through is unknown: the row is read before anything else, and our own request id tells.
        failure = cause;
      }
    }
    throw new OAuthError('temporarily_unavailable', {
      detail: 'the grant could not be settled',
      cause: failure,
      headers: { 'retry-after': '1' },
    });
  }

  async #rotateAlone(key: RotateKey): Promise<Generation | null> {
    const [row] = await this.settling.texts<RotatedRow>(ROTATE_ALONE, this.#values([key]));
    return toGeneration(row);
  }

  async #rotateBound(key: RotateKey, { resources, event }: Binding): Promise<Generation | null> {
    const values = [...this.#values([key]), resources, eventsJson(event)];
    const [row] = await this.settling.texts<RotatedRow>(ROTATE_BOUND, values);
    return toGeneration(row);
  }

  #values(keys: readonly RotateKey[]): unknown[] {
    return [
      keys.map((key) => key.id),
      keys.map((key) => key.generation),
      keys.map((key) => key.origin.request_id),
      keys.map((key) => key.origin.ip_address),
      keys.map((key) => key.origin.user_agent),
      keys.map((key) => key.lifetime_seconds),
      this.clock.bind(),
      keys.map((key) => key.jkt),
    ];
  }
}

function judge(
  { generation }: Handle,
  { kind, client_id, replay_seconds }: Omit<Presented, 'generation' | 'proven' | 'request_id'>,
  grant: RotatableGrant,
  proven: boolean,
  { request_id }: Origin,
): RotationVerdict {
  return judgeRotation({ kind, client_id, generation, proven, replay_seconds, request_id }, grant, liveTeams(grant).length, grant.now);
}

function toGeneration(row: RotatedRow | undefined): Generation | null {
  if (!row) return null;
  const [, generation, rotated_at, access_token_lifetime_seconds] = row;
  return {
    generation: Number(generation),
    rotated_at: Number(rotated_at),
    access_token_lifetime_seconds: Number(access_token_lifetime_seconds),
  };
}

function generationOf(grant: RotatableGrant): Generation {
  return {
    generation: grant.generation,
    rotated_at: grant.rotated_at ?? grant.now,
    access_token_lifetime_seconds: grant.access_token_lifetime_seconds,
  };
}
