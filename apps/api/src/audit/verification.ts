import { type ChainKey, GENESIS, type Leaf, leavesIn, SEAL, type Seal, SEALED_EVENT, type SealedEvent } from './chain.js';
import type { Database } from './chain-store.js';

/** Seals that are read at once; with their rows they are all that is in memory. */
const CHUNK = 20;
const MICROSECONDS = 1000;

/** The first thing that is not as it was sealed. */
export type Fault =
  | { readonly what: 'changed' | 'missing' | 'added'; readonly id: string; readonly at: string; readonly action: string }
  | { readonly what: 'seal-changed' | 'seal-missing'; readonly number: string }
  | { readonly what: 'head-missing'; readonly expected: string };

/** What a walk along the chain found. */
export interface Verification {
  readonly events: number;
  /** Months, in UTC, of the rows that were checked: `2026-07`. */
  readonly months: readonly string[];
  /** Rows that no seal holds yet. */
  readonly unsealed: number;
  /** Rows from before were dropped by retention; ISO 8601, null where nothing was. */
  readonly kept_from: string | null;
  readonly head: Pick<Seal, 'number' | 'mac'>;
  readonly fault: Fault | null;
}

type Place = Pick<Seal, 'number' | 'mac' | 'position' | 'event_id'>;

/**
 * Walks the chain and the log beside each other, a few seals at a time, and stops at the first fault. The server may go on
 * writing, sealing and dropping months meanwhile.
 *
 * @param noted a head that was written down before (`NUMBER:DIGEST`), which the chain has to hold
 */
export async function verifyLog(database: Database, key: ChainKey, noted?: string): Promise<Verification> {
  for (;;) {
    const retention = await newestRetention(database);
    const found = await new Walk(database, key, retention, noted).run();
    // Months that were dropped while we walked are no fault: the walk is done again with what is known of them now.
    if (!found.fault || (await newestRetention(database))?.number === retention?.number) return found;
  }
}

async function newestRetention(database: Database): Promise<Seal | undefined> {
  const text = `SELECT ${SEAL} FROM audit_seal s WHERE s.kept_from IS NOT NULL ORDER BY s.number DESC LIMIT 1`;
  return (await database.query<Seal[]>(text))[0];
}

/** One walk from the oldest seal to the newest. */
class Walk {
  #events = 0;
  readonly #months = new Set<string>();
  #at: Place = GENESIS;
  readonly #keptFrom: bigint | null;

  constructor(
    private readonly database: Database,
    private readonly key: ChainKey,
    private readonly retention: Seal | undefined,
    private readonly noted: string | undefined,
  ) {
    this.#keptFrom = retention?.kept_from ? BigInt(retention.kept_from) : null;
  }

  async run(): Promise<Verification> {
    const fault = (await this.#start()) ?? (await this.#walk()) ?? (await this.#checkNoted());
    const { number, mac } = this.#at;
    return {
      events: this.#events,
      months: [...this.#months].sort(),
      unsealed: fault ? 0 : await this.#countUnsealed(),
      kept_from: this.#keptFrom === null ? null : isoOf(this.#keptFrom),
      head: { number, mac },
      fault,
    };
  }

  /** Where retention dropped the first seals, the oldest that is left is the link that the rest hangs on: all of its rows are gone, and all before it. */
  async #start(): Promise<Fault | null> {
    if (this.retention && !this.key.isGenuine(this.retention)) return { what: 'seal-changed', number: this.retention.number };
    const [oldest] = await this.database.query<Seal[]>(`SELECT ${SEAL} FROM audit_seal s ORDER BY s.number LIMIT 1`);
    if (!oldest || oldest.number === '1') return null;
    const anchor = BigInt(this.retention?.anchor ?? 1);
    if (BigInt(oldest.number) > anchor) return { what: 'seal-missing', number: String(anchor) };
    if (!this.key.isGenuine(oldest)) return { what: 'seal-changed', number: oldest.number };
    this.#at = oldest;
    const [left] = await this.#rows(GENESIS, oldest, 1);
    return left ? faultOf('added', left) : null;
  }

  async #walk(): Promise<Fault | null> {
    for (;;) {
      const text = `SELECT ${SEAL} FROM audit_seal s WHERE s.number > $1 ORDER BY s.number LIMIT ${CHUNK}`;
      const seals = await this.database.query<Seal[]>(text, [this.#at.number]);
      if (!seals.length) return null;
      const { sound, fault } = this.#checkLinks(seals);
      const broken = (await this.#checkRows(sound)) ?? fault;
      if (broken) return broken;
    }
  }

  /** @returns the seals before the first one that does not fit, and what is wrong with that one */
  #checkLinks(seals: readonly Seal[]): { sound: readonly Seal[]; fault: Fault | null } {
    let before: Pick<Seal, 'number' | 'mac'> = this.#at;
    for (const [index, seal] of seals.entries()) {
      const number = String(BigInt(before.number) + 1n);
      const isNext = seal.number === number;
      if (!isNext || !this.key.isGenuine(seal) || !seal.previous.equals(before.mac)) {
        return { sound: seals.slice(0, index), fault: { what: isNext ? 'seal-changed' : 'seal-missing', number } };
      }
      before = seal;
    }
    return { sound: seals, fault: null };
  }

  /** Holds the rows of a stretch against what its seals say of them, in order. */
  async #checkRows(seals: readonly Seal[]): Promise<Fault | null> {
    const last = seals.at(-1);
    if (!last) return null;
    const leaves = seals.flatMap(leavesIn);
    const places = new Map(leaves.map(({ id }, place) => [id, place]));
    // One row more than there may be: if there are too many, one of these is too much.
    const rows = await this.#rows(this.#at, last, leaves.length + 1);
    let place = 0;
    for (const row of rows) {
      const found = places.get(row.id) ?? -1;
      if (found < place) return faultOf('added', row);
      const missing = await this.#firstMissing(leaves.slice(place, found));
      if (missing) return missing;
      if (!this.key.digest(row).equals(leaves[found]!.digest)) return faultOf('changed', row);
      this.#count(row);
      place = found + 1;
    }
    this.#at = last;
    return this.#firstMissing(leaves.slice(place));
  }

  /** A row that is not in its place: dropped by retention, moved to another place, or gone. */
  async #firstMissing(leaves: readonly Leaf[]): Promise<Fault | null> {
    const leaf = leaves.find(({ at }) => this.#keptFrom === null || at >= this.#keptFrom);
    if (!leaf) return null;
    const [moved] = await this.database.query<SealedEvent[]>(`SELECT ${SEALED_EVENT} FROM audit_event a WHERE a.id = $1`, [leaf.id]);
    return moved ? faultOf('changed', moved) : { what: 'missing', id: leaf.id, at: isoOf(leaf.at), action: leaf.action };
  }

  async #checkNoted(): Promise<Fault | null> {
    if (this.noted === undefined) return null;
    const [number = '', digest = ''] = this.noted.split(':');
    const [seal] = await this.database.query<Seal[]>(`SELECT ${SEAL} FROM audit_seal s WHERE s.number = $1`, [number]);
    return seal?.mac.toString('hex') === digest.toLowerCase() ? null : { what: 'head-missing', expected: this.noted };
  }

  #rows(from: Place, to: Place, limit: number): Promise<SealedEvent[]> {
    return this.database.query<SealedEvent[]>(
      `SELECT ${SEALED_EVENT} FROM audit_event a
        WHERE (a.position, a.id) > ($1::bigint, $2::uuid) AND (a.position, a.id) <= ($3::bigint, $4::uuid) ORDER BY a.position, a.id LIMIT $5`,
      [from.position, from.event_id, to.position, to.event_id, limit],
    );
  }

  async #countUnsealed(): Promise<number> {
    const [{ unsealed }] = await this.database.query<[{ unsealed: number }]>(
      'SELECT count(*)::integer AS unsealed FROM audit_event a WHERE (a.position, a.id) > ($1::bigint, $2::uuid)',
      [this.#at.position, this.#at.event_id],
    );
    return unsealed;
  }

  #count({ at }: SealedEvent): void {
    this.#events += 1;
    this.#months.add(isoOf(BigInt(at)).slice(0, 'YYYY-MM'.length));
  }
}

function faultOf(what: 'changed' | 'added', { id, at, action }: SealedEvent): Fault {
  return { what, id, at: isoOf(BigInt(at)), action };
}

function isoOf(micros: bigint): string {
  return new Date(Number(micros / BigInt(MICROSECONDS))).toISOString();
}
