import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { membersOf } from './members.js';

/** The role the API works as; the first migration creates it. */
export const APP_ROLE = 'behalf_app';

/** Any number that no other program of the database uses: replicas that start together take turns. */
const MIGRATION_LOCK = 4_827_131_902;

const LOCK_TIMEOUT = '500ms';
const LOCK_NOT_AVAILABLE = '55P03';
const PAUSE_MILLISECONDS = 1_500;
/** Ten minutes: whoever reads for longer has to be asked to stop. */
const MAX_TRIES = 300;

/**
 * Brings the schema up to date, one process at a time, and lets the application's login use the application's role.
 *
 * @param owner a DataSource of the schema's owner with pool size 1, so that the lock and the migrations share a session
 * @param appUrl the URL that the API will connect with
 */
export async function migrate(owner: DataSource, appUrl: string): Promise<void> {
  await owner.initialize();
  try {
    await owner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations(owner);
    await grantAppRole(owner, decodeURIComponent(new URL(membersOf(appUrl)[0]).username));
  } finally {
    await owner.destroy();
  }
}

/**
 * A change of a table that waits behind a long reader has everybody else wait behind itself: it steps aside soon, long before those would
 * give up, and tries again.
 */
async function runMigrations(owner: DataSource): Promise<void> {
  await owner.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
  for (let tries = 1; ; tries += 1) {
    try {
      await owner.runMigrations({ transaction: 'each' });
      return;
    } catch (fault) {
      if ((fault as { code?: unknown }).code !== LOCK_NOT_AVAILABLE || tries === MAX_TRIES) throw fault;
      await sleep(PAUSE_MILLISECONDS);
    }
  }
}

async function grantAppRole(owner: DataSource, login: string): Promise<void> {
  if (!login) return;
  const [row] = await owner.query<[{ known: boolean; member: boolean }?]>(
    `SELECT true AS known, pg_has_role(rolname, $2, 'MEMBER') AS member FROM pg_roles WHERE rolname = $1`,
    [login, APP_ROLE],
  );
  if (row && !row.member) await owner.query(`GRANT ${APP_ROLE} TO "${login.replaceAll('"', '""')}"`);
}
