import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Api, startApi } from './support/api.js';

/** As long as a use of a token waits for a lock, and a migration's wait for a long reader by far. */
const PATIENCE = '-c lock_timeout=2s';
const READER_MILLISECONDS = 6_000;
/** One of them, at least, is changed by the newest migration. */
const TABLES = ['oauth_client', 'membership', 'authorization_grant'];

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

it('a migration that meets a long reader has nobody wait behind it, and is made once the reader is done', async () => {
  const newest = await lastMigration();
  await step('undo');
  expect(await lastMigration()).not.toBe(newest);
  const release = await api.hold(`LOCK TABLE ${TABLES.join(', ')} IN ACCESS SHARE MODE`);
  const user = new pg.Client({ connectionString: api.url, options: PATIENCE });
  await user.connect();
  let made = false;
  const migrated = step('redo').then(() => (made = true));
  try {
    let reads = 0;
    for (const end = Date.now() + READER_MILLISECONDS; Date.now() < end; reads += 1) {
      await user.query(`SELECT count(*) FROM ${TABLES[reads % TABLES.length]}`);
      await sleep(50);
    }
    expect([reads > 5, made]).toEqual([true, false]);
  } finally {
    await release();
    await user.end();
  }
  await migrated;
  expect(await lastMigration()).toBe(newest);
}, 60_000);
