import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Api, startApi } from './support/api.js';

/** As long as a use of a token waits for a lock, and a migration's wait for a long transaction by far. */
const PATIENCE = '-c lock_timeout=2s';
const TRANSACTION_MILLISECONDS = 6_000;

let api: Api;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const step = (what: 'undo' | 'redo') =>
  promisify(execFile)(process.execPath, [join(__dirname, 'support/migration.mjs'), what], {
    env: { PATH: process.env['PATH'], DATABASE_URL: api.url },
  });
const lastMigration = async () => (await api.sql<{ name: string }>('SELECT name FROM migrations ORDER BY id DESC LIMIT 1'))[0]!.name;

it('a migration that meets a long transaction has nobody wait behind it, and is made once that is done', async () => {
  const newest = await lastMigration();
  await step('undo');
  expect(await lastMigration()).not.toBe(newest);
  // Whichever tables it changes.
  const tables = (await api.sql<{ name: string }>("SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'")).map(
    ({ name }) => name,
  );
  // As whoever writes has them: an index waits for them too.
  const use = `LOCK TABLE ${tables.join(', ')} IN ROW EXCLUSIVE MODE`;
  const release = await api.hold(use);
  const user = new pg.Client({ connectionString: api.url, options: PATIENCE });
  await user.connect();
  let made = false;
  const migrated = step('redo').then(() => (made = true));
  try {
    let uses = 0;
    for (const end = Date.now() + TRANSACTION_MILLISECONDS; Date.now() < end; uses += 1) {
      await user.query(`BEGIN; ${use}; COMMIT`);
      await sleep(50);
    }
    expect([uses > 5, made]).toEqual([true, false]);
  } finally {
    await release();
    await user.end();
  }
  await migrated;
  expect(await lastMigration()).toBe(newest);
}, 60_000);
