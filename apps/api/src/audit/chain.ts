import { createHmac, timingSafeEqual } from 'node:crypto';
import { deriveKey, uuidOf } from '../platform/crypto.js';

/** Microseconds since 1970 as text: an instant without a time zone, a date style or a rounding. */
const micros = (sql: string): string => `(extract(epoch FROM ${sql}) * 1000000)::bigint::text`;

/**
 * Every column of a row as text that no setting and no version of PostgreSQL changes. A column that is added later goes
 * to the end, under a new label.
 */
const SEALED_COLUMNS = {
  id: 'a.id::text',
  position: 'a.position::text',
  at: micros('a.at'),
  organization_id: 'a.organization_id::text',
  user_id: 'a.user_id::text',
  user_email: 'a.user_email',
  user_name: 'a.user_name',
  action: 'a.action',
  target_type: 'a.target_type',
  target_id: 'a.target_id',
  target_name: 'a.target_name',
  team_id: 'a.team_id::text',
  channel: 'a.channel',
  client_id: 'a.client_id',
  client_name: 'a.client_name',
  token_id: 'a.token_id::text',
  ip_address: `host(a.ip_address) || '/' || masklen(a.ip_address)`,
  user_agent: 'a.user_agent',
  request_id: 'a.request_id::text',
  result: 'a.result',
  reason: 'a.reason',
  count: 'a.count::text',
  changes: 'a.changes::text',
} as const;

export type SealedColumn = keyof typeof SEALED_COLUMNS;

/** A row as it is sealed. */
export type SealedEvent = Readonly<Record<SealedColumn, string | null>> & {
  readonly id: string;
  readonly position: string;
  readonly at: string;
  readonly action: string;
};

const NAMES = Object.keys(SEALED_COLUMNS) as SealedColumn[];

/** The select list that makes a SealedEvent of a row of `audit_event a`. */
export const SEALED_EVENT = NAMES.map((name) => `${SEALED_COLUMNS[name]} AS ${name}`).join(', ');

/** What a seal says of one row. */
export interface Leaf {
  readonly id: string;
  /** Microseconds since 1970: which month the row is dropped with. */
  readonly at: bigint;
  readonly action: string;
  readonly digest: Buffer;
}

/** One link of the chain: a batch of rows, or (with `kept_from`) a retention that dropped months. */
export interface Seal {
  readonly number: string;
  /** The MAC of the seal before. */
  readonly previous: Buffer;
  /** Microseconds since 1970. */
  readonly sealed_at: string;
  /** The last row of the order (position, id) that is sealed. */
  readonly position: string;
  readonly event_id: string;
  /** The distinct actions of its rows; leaves point into them. */
  readonly actions: readonly string[];
  readonly leaves: Buffer;
  /** Microseconds since 1970; rows from before are gone, and it was us who dropped them. */
  readonly kept_from: string | null;
  /** The oldest seal that was kept: those before it are gone with their rows. */
  readonly anchor: string | null;
  readonly mac: Buffer;
}

/** The select list that makes a Seal of a row of `audit_seal s`. */
export const SEAL = `s.number::text AS number, s.previous, ${micros('s.sealed_at')} AS sealed_at, s.position::text AS position, s.event_id, s.actions,
  s.leaves, ${micros('s.kept_from')} AS kept_from, s.anchor::text AS anchor, s.mac`;

/** What stands before the first seal. */
export const GENESIS: Pick<Seal, 'number' | 'mac' | 'position' | 'event_id'> = {
  number: '0',
  mac: Buffer.alloc(32),
  position: '-1',
  event_id: '00000000-0000-0000-0000-000000000000',
};

/** A MAC of 128 bits, as RFC 2104 §5 allows: a row cannot be made to fit it, and a year of rows stays small. */
const DIGEST_BYTES = 16;
const ID_BYTES = 16;
const AT_BYTES = 8;
const ACTION_BYTES = 2;
const LEAF_BYTES = ID_BYTES + AT_BYTES + ACTION_BYTES + DIGEST_BYTES;
const ACTION_AT = ID_BYTES + AT_BYTES;
const DIGEST_AT = ACTION_AT + ACTION_BYTES;

/** The keyed digests of the chain. Without the key nobody can tell what a digest is of, nor make one. */
export class ChainKey {
  readonly #event: Buffer;
  readonly #seal: Buffer;

  /** @param key 32 random bytes, this log's own */
  constructor(key: Buffer) {
    this.#event = deriveKey(key, 'behalf/v1/audit-event');
    this.#seal = deriveKey(key, 'behalf/v1/audit-seal');
  }

  digest(event: SealedEvent): Buffer {
    const values = NAMES.map((name) => (name === 'changes' ? compact(event.changes) : event[name]));
    return createHmac('sha256', this.#event).update(JSON.stringify(values)).digest().subarray(0, DIGEST_BYTES);
  }

  mac(seal: Omit<Seal, 'mac'>): Buffer {
    const { number, previous, sealed_at, position, event_id, actions, leaves, kept_from, anchor } = seal;
    const binary = [previous, leaves].map((bytes) => bytes.toString('base64url'));
    const text = JSON.stringify([number, sealed_at, position, event_id, actions, kept_from, anchor, ...binary]);
    return createHmac('sha256', this.#seal).update(text).digest();
  }

  isGenuine(seal: Seal): boolean {
    return seal.mac.length === 32 && timingSafeEqual(this.mac(seal), seal.mac);
  }

  leavesOf(events: readonly SealedEvent[]): Pick<Seal, 'actions' | 'leaves'> {
    const actions = [...new Set(events.map(({ action }) => action))];
    const numbers = new Map(actions.map((action, number) => [action, number]));
    const leaves = Buffer.alloc(events.length * LEAF_BYTES);
    for (const [index, event] of events.entries()) {
      const leaf = leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES);
      leaf.write(event.id.replaceAll('-', ''), 'hex');
      leaf.writeBigInt64BE(BigInt(event.at), ID_BYTES);
      leaf.writeUInt16BE(numbers.get(event.action)!, ACTION_AT);
      this.digest(event).copy(leaf, DIGEST_AT);
    }
    return { actions, leaves };
  }
}

/** The rows that a seal names, in order. */
export function leavesIn({ actions, leaves }: Pick<Seal, 'actions' | 'leaves'>): Leaf[] {
  return Array.from({ length: Math.floor(leaves.length / LEAF_BYTES) }, (_, index) => {
    const leaf = leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES);
    return {
      id: uuidOf(leaf.toString('hex', 0, ID_BYTES)),
      at: leaf.readBigInt64BE(ID_BYTES),
      action: actions[leaf.readUInt16BE(ACTION_AT)] ?? 'unknown',
      digest: leaf.subarray(DIGEST_AT),
    };
  });
}

/** PostgreSQL orders the keys of a jsonb and keeps its numbers as they were; the blanks between its words are a matter of taste. */
function compact(json: string | null): string | null {
  return json?.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1') ?? null;
}
