import { auditKeptFrom, auditMonthsNeeded } from '@behalf/domain';
import type { DataSource, EntityManager } from 'typeorm';
import { type Leaf, leavesIn, SEAL, type Seal } from './chain.js';
import { appendSeal, provideChainKey, readHead } from './chain-store.js';

/** Any number that no other program of the database uses: replicas look after the log one at a time. */
const UPKEEP_LOCK = 4_827_131_904;
/** A lock that is waited for makes everybody behind it wait too, so a step gives up soon; the next round tries again. */
const LOCK_TIMEOUT = '300ms';
const SEALS_READ = 100;

const DEFAULT_MONTHS = `SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' AS month FROM audit_event_default`;

/** Months that have a partition, as the name says: `audit_event_2026_07`. */
const MONTHS = `
SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = 'audit_event'::regclass AND c.relname ~ '^audit_event_\\d{4,}_\\d{2}$' ORDER BY 1`;

export interface UpkeepOptions {
  readonly secret_keys: readonly Buffer[];
  readonly retention_days: number;
}

/**
 * Looks after the log as the owner of its tables: makes the months that are needed, and drops those whose time is over.
 * What cannot be had without making others wait is left to the next round.
 *
 * @param owner a connected DataSource of the owner with pool size 1, so that the lock is its session's
 * @param now what tests put in place of the database's clock
 * @returns the partitions that were dropped
 */
export async function keepLogInOrder(owner: DataSource, options: UpkeepOptions, now: Date | null = null): Promise<string[]> {
  const [{ held, at }] = await owner.query<[{ held: boolean; at: Date }]>(
    'SELECT pg_try_advisory_lock($1) AS held, coalesce($2::timestamptz, clock_timestamp()) AS at',
    [UPKEEP_LOCK, now],
  );
  if (!held) return [];
  try {
    await owner.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await followMove(owner);
    await makeMonths(owner, at);
    return await dropMonths(owner, auditKeptFrom(at, options.retention_days), options.secret_keys);
  } finally {
    await owner.query('SELECT pg_advisory_unlock($1)', [UPKEEP_LOCK]);
  }
}

/**
 * A database that was dumped and restored elsewhere counts its transactions anew, from below the rows that it brought
 * along. New rows then get their place above those, or sealing would never come to them.
 */
async function followMove(owner: DataSource): Promise<void> {
  const [{ newest, next }] = await owner.query<[{ newest: string; next: string }]>(
    `SELECT greatest((SELECT max(position) FROM audit_event), (SELECT max(position) FROM audit_seal), 0)::text AS newest,
            audit_position(pg_current_xact_id())::text AS next`,
  );
  if (BigInt(newest) < BigInt(next)) return;
  await owner.query(`CREATE OR REPLACE FUNCTION audit_position(xact xid8) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN xact::text::bigint + ${BigInt(newest)}`);
}

/** Also those of rows that came before their month had a partition: the default partition took them in. */
async function makeMonths(owner: DataSource, at: Date): Promise<void> {
  const waiting = await owner.query<{ month: Date }[]>(DEFAULT_MONTHS);
  for (const month of [...auditMonthsNeeded(at), ...waiting.map(({ month }) => month)]) {
    await owner.query('SELECT audit_month($1)', [month]);
  }
}

/** First the chain says what goes, then it goes: a fault in between is made good by the next round, and is never taken for tampering. */
async function dropMonths(owner: DataSource, kept_from: Date, secret_keys: readonly Buffer[]): Promise<string[]> {
  const months = await owner.query<{ name: string }[]>(MONTHS);
  const over = months.filter(({ name }) => monthOf(name) < kept_from);
  if (over.length) await owner.transaction((tx) => announce(tx, kept_from, secret_keys));
  for (const { name } of over) {
    // Detaching takes the whole log's lock for the moment of a catalog change; the files go afterwards, when nobody can reach them.
    await owner.query(`ALTER TABLE audit_event DETACH PARTITION ${name}`);
    await owner.query(`DROP TABLE ${name}`);
  }
  await dropDetached(owner);
  // Only now that the rows are gone: the last seal of what went stays, since the next one hangs on it.
  await owner.query('DELETE FROM audit_seal WHERE number < (SELECT max(anchor) FROM audit_seal WHERE kept_from IS NOT NULL)');
  return over.map(({ name }) => name);
}

/** Writes into the chain from when on rows are kept, and which seal is the last of those whose rows all go. */
async function announce(tx: EntityManager, kept_from: Date, secret_keys: readonly Buffer[]): Promise<void> {
  const key = await provideChainKey(tx, secret_keys);
  const [newest] = await tx.query<{ kept_from: Date }[]>(
    'SELECT kept_from FROM audit_seal WHERE kept_from IS NOT NULL ORDER BY number DESC LIMIT 1',
  );
  if (newest && newest.kept_from >= kept_from) return;
  const head = await readHead(tx);
  const { position, event_id } = head;
  const content = { position, event_id, actions: [], leaves: Buffer.alloc(0), anchor: await anchorBefore(tx, kept_from) };
  await appendSeal(tx, key, head, { ...content, kept_from: micros(kept_from) }, null);
}

/** The last seal of an unbroken row of seals from the oldest on that name nothing to be kept. */
async function anchorBefore(tx: EntityManager, kept_from: Date): Promise<string> {
  const isGone = ({ at }: Leaf): boolean => at < BigInt(micros(kept_from));
  let anchor = '1';
  for (let after = '0'; ; after = anchor) {
    const text = `SELECT ${SEAL} FROM audit_seal s WHERE s.number > $1 ORDER BY s.number LIMIT ${SEALS_READ}`;
    const seals = await tx.query<Seal[]>(text, [after]);
    for (const seal of seals) {
      if (!leavesIn(seal).every(isGone)) return anchor;
      anchor = seal.number;
    }
    if (seals.length < SEALS_READ) return anchor;
  }
}

/** What an earlier round detached and could not drop any more. */
async function dropDetached(owner: DataSource): Promise<void> {
  const left = await owner.query<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_class c WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relname ~ '^audit_event_\\d{4,}_\\d{2}$'
        AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'audit_event'::regclass)`,
  );
  for (const { name } of left) await owner.query(`DROP TABLE ${name}`);
}

function monthOf(name: string): Date {
  const [year, month] = name.split('_').slice(-2).map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1));
}

function micros(instant: Date): string {
  return String(BigInt(instant.getTime()) * 1000n);
}
