import pg from 'pg';
import { auditRows, STEPS } from './rows.mjs';

/** A whole installation. @see `sizesOf` */
const WHOLE = { clients: 10_000, users: 100_000, teams: 1_000, grants: 1_000_000, audit_events: 10_000_000 };
/** Written over this time, a little less than the log is kept. */
const AUDIT_DAYS = 350;
const DAY_MS = 86_400_000;
const AT_ONCE = 2;

/** @param share of a whole installation, 0.01 for one that takes seconds to make */
export function sizesOf(share) {
  return Object.fromEntries(Object.entries(WHOLE).map(([what, rows]) => [what, Math.max(1, Math.round(rows * share))]));
}

/**
 * Fills a database of Behalf's schema that holds nothing but the demo data; no server may be running on it.
 *
 * @param url for the owner of the tables
 * @param say told of each step and how long it took, in seconds
 */
export async function grow(url, sizes, say = () => undefined) {
  await timed('everything', say, async () => {
    const database = await open(url);
    try {
      await loosen(database);
      const work = [() => inOrder(url, sizes, say), ...months().map((month) => () => fillMonth(url, month, sizes, say))];
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (let next = work.shift(); next; next = work.shift()) await next();
        }),
      );
      await placeBelowTheChain(database);
      await timed('vacuum and analyze', say, () => database.query('VACUUM (ANALYZE)'));
    } finally {
      await tighten(database);
      await database.end();
    }
  });
}

async function inOrder(url, sizes, say) {
  const connection = await open(url);
  try {
    for (const { what, text, values } of STEPS) await timed(what, say, () => connection.query(text, values(sizes)));
  } finally {
    await connection.end();
  }
}

/** The server's own months (UTC). The newest one has its partition already, with the rows of the first start. */
function months() {
  const now = new Date();
  const first = new Date(now.getTime() - AUDIT_DAYS * DAY_MS);
  const begin = (offset) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset));
  const all = [];
  for (let offset = 0; begin(offset + 1) > first; offset -= 1) {
    const [from, to] = [begin(offset), begin(offset + 1)];
    const rows = [new Date(Math.max(from, first)), new Date(Math.min(to, now))];
    all.push({ from, to, rows, share: (rows[1] - rows[0]) / (AUDIT_DAYS * DAY_MS), is_newest: offset === 0 });
  }
  return all;
}

/** Indexes are built when the month is attached, at once and sorted: one row after the other takes four times as long. */
async function fillMonth(url, { from, to, rows: [first, last], share, is_newest }, { audit_events, users, clients }, say) {
  const table = `audit_event_${from.toISOString().slice(0, 7).replace('-', '_')}`;
  const connection = await open(url);
  try {
    await timed(table, say, async () => {
      const bounds = [from, to].map((instant) => `('${instant.toISOString()}')`);
      if (is_newest) await detach(connection, table);
      await connection.query(`CREATE TABLE ${table} (LIKE audit_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)`);
      await connection.query(auditRows(table), [Math.ceil(audit_events * share), first, last, users, clients]);
      if (is_newest) await connection.query(`INSERT INTO ${table} SELECT * FROM before`);
      await retried(() =>
        connection.query(`ALTER TABLE audit_event ATTACH PARTITION ${table} FOR VALUES FROM ${bounds[0]} TO ${bounds[1]}`),
      );
      if (is_newest) await connection.query('DROP TABLE before');
    });
  } finally {
    await connection.end();
  }
}

async function detach(connection, table) {
  await connection.query(`ALTER TABLE audit_event DETACH PARTITION ${table}`);
  await connection.query(`ALTER TABLE ${table} RENAME TO before`);
}

/** Two months that are attached at once may lock the parent's indexes in another order; PostgreSQL gives one of them up. */
async function retried(run) {
  try {
    return await run();
  } catch (error) {
    if (error.code !== '40P01') throw error;
    return retried(run);
  }
}

/**
 * The log's rows count as sealed, so that the server does not spend its first hour on it: a seal without rows whose place is above them.
 * Its MAC is nobody's, so `audit:verify` refuses such a log, as it should.
 */
async function placeBelowTheChain(database) {
  await database.query(`
    INSERT INTO audit_seal (number, previous, sealed_at, position, event_id, actions, leaves, mac)
    SELECT coalesce(max(number), 0) + 1, sha256('planted'), clock_timestamp(), (SELECT max(position) FROM audit_event),
           'ffffffff-ffff-ffff-ffff-ffffffffffff', '{}', '', sha256('planted')
      FROM audit_seal`);
}

/** What loading may do without; the measurements run under the settings that Behalf ships. */
async function loosen(database) {
  await database.query(`ALTER SYSTEM SET max_wal_size = '16GB'`);
  await database.query('ALTER SYSTEM SET autovacuum = off');
  await database.query('SELECT pg_reload_conf()');
}

async function tighten(database) {
  for (const name of ['max_wal_size', 'autovacuum']) await database.query(`ALTER SYSTEM RESET ${name}`);
  await database.query('SELECT pg_reload_conf()');
  await database.query('CHECKPOINT');
}

async function open(url) {
  const connection = new pg.Client({
    connectionString: url,
    options: '-c synchronous_commit=off -c maintenance_work_mem=512MB -c work_mem=256MB',
  });
  await connection.connect();
  return connection;
}

async function timed(what, say, run) {
  const began = performance.now();
  await run();
  say(what, (performance.now() - began) / 1000);
}
