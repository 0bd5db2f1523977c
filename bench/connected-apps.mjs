// node bench/connected-apps.mjs [tokens]: one app with very many live tokens, and how long a page of them takes.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '../libs/postgres/dist/index.js';
import { prepareFlow } from './lib/flow.mjs';
import { end, freePort, MAIN, PASSWORD, until } from './lib/servers.mjs';

const { Client } = createRequire(MAIN)('pg');
const TOKENS = Number(process.argv[2] ?? 10_000);
const PAGES = 200;
const LIMIT_MILLISECONDS = 50;

const directory = mkdtempSync(join(tmpdir(), 'behalf-bench-'));
const postgres = await startPostgres({ dataDir: join(directory, 'postgres'), durable: true });
await postgres.ensureDatabase('behalf');
const port = String(await freePort());
const issuer = `http://localhost:${port}`;
const env = {
  PATH: process.env.PATH,
  PORT: port,
  DATABASE_URL: postgres.url('behalf'),
  SECRET_KEY: Buffer.alloc(32, 7).toString('base64url'),
};
const behalf = spawn(process.execPath, [MAIN], {
  env: { ...env, DEMO_DATA: '1', DEMO_PASSWORD: PASSWORD, LOG_LEVEL: 'warn' },
  stdio: 'inherit',
});
let slow = false;
try {
  await until(`${issuer}/health/ready`);
  const { browser, client_id } = await prepareFlow(issuer, { connections: 1 });
  await multiply(client_id);
  const tokens = `/api/v1/connected-apps/${client_id}/tokens`;
  for (const show of ['mine', 'organization']) {
    for (const sort of ['-last_used_at', 'created_at', 'expires_at']) await measure(browser, `${tokens}?show=${show}&sort=${sort}`, true);
    await measure(browser, `/api/v1/connected-apps?show=${show}`, false);
  }
  await measure(browser, `${tokens}?show=organization&status=ended`, false);
} finally {
  await end(behalf);
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
process.exit(slow ? 1 : 0);

/** Copies of the grants that went through the front door, each with times of its own. */
async function multiply(client_id) {
  const database = new Client({ connectionString: postgres.url('behalf') });
  await database.connect();
  const { rows } = await database.query('SELECT * FROM authorization_grant WHERE client_id = $1 LIMIT 1', [client_id]);
  const copied = Object.keys(rows[0]).filter((name) => !['id', 'created_at', 'last_used_at'].includes(name));
  await database.query(
    `INSERT INTO authorization_grant (id, created_at, last_used_at, ${copied.join(', ')})
     SELECT gen_random_uuid(), g.created_at - n * interval '1 second', now() - n * interval '3 seconds', ${copied.map((name) => `g.${name}`).join(', ')}
       FROM authorization_grant g, generate_series(1, $2::integer) n WHERE g.id = $1`,
    [rows[0].id, TOKENS],
  );
  await database.query('ANALYZE');
  await database.end();
}

/** Pages as one walks through them, from the first on; each is asked for once the one before has come. */
async function measure(browser, path, onwards) {
  const times = [];
  let cursor = '';
  for (let page = 0; page < PAGES; page += 1) {
    const began = performance.now();
    const { items, next_cursor } = await browser.json('GET', `${path}${cursor && `&cursor=${cursor}`}`);
    times.push(performance.now() - began);
    if (onwards && !items.length) throw new Error(`${path} has no rows.`);
    cursor = onwards ? (next_cursor ?? '') : '';
  }
  times.sort((left, right) => left - right);
  const at = (share) => times[Math.ceil(share * times.length) - 1].toFixed(1);
  slow ||= times[Math.ceil(0.99 * times.length) - 1] > LIMIT_MILLISECONDS;
  process.stdout.write(`${path.replace(/connected-apps\/[^/]+/, 'connected-apps/ID')}: median ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
}
