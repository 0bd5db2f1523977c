// npm run bench:lists: the first and the last page of 10,000 clients, in every order, and what a search costs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cookies } from './lib/cookies.mjs';
import { startBehalf, startDatabase } from './lib/servers.mjs';
import { machine, percentile } from './lib/figures.mjs';

const CLIENTS = 10_000;
const PAGE = 50;
const ROUNDS = 200;
const KEYS = [
  'created_at',
  'client_name',
  'last_used_at',
  'status',
  'access_preset',
  'team_selection',
  'access_token_lifetime_seconds',
  'refresh_token_lifetime_seconds',
];

/** Every value that the list can be ordered by occurs, a tenth of the clients was never used, and each has a secret. */
const PLANT = `
WITH c AS (
  INSERT INTO oauth_client (client_id, organization_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset,
    access_token_lifetime_seconds, issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, status,
    created_at, updated_at, last_used_at)
  SELECT 'bench-' || lpad(n::text, 18, '0'), o.id, 'service ' || md5(n::text), 'confidential', 'user_authorized',
         CASE WHEN n % 3 = 0 THEN 'multiple' ELSE 'single' END, '{"team_ids":[],"organization_ids":[]}',
         CASE WHEN n % 4 = 0 THEN 'full_access' ELSE 'read_only' END, 300 + n % 7 * 600, n % 2 = 0, 3600 * (1 + n % 9),
         ARRAY['https://app.test/callback'], false, CASE WHEN n % 10 = 0 THEN 'disabled' ELSE 'enabled' END,
         now() - make_interval(mins => n), now(), CASE WHEN n % 10 > 0 THEN now() - make_interval(secs => n) END
    FROM generate_series(1, $1::integer) n, (SELECT id FROM organization WHERE name = 'Acme') o
  RETURNING client_id, created_at)
INSERT INTO client_secret (client_id, secret_hash, hint, created_at) SELECT client_id, sha256(client_id::bytea), 'abcd', created_at FROM c`;

const database = await startDatabase();
const behalf = await startBehalf(database);
let late = false;
try {
  await behalf.sql(PLANT, [CLIENTS]);
  await behalf.sql('ANALYZE');
  const browser = new Cookies(behalf.url);
  await browser.signIn();
  const table = [];
  for (const key of KEYS) {
    for (const sort of [key, `-${key}`]) table.push({ sort, ...(await measure(browser, `sort=${sort}&limit=${PAGE}`)) });
  }
  const search = await timed(ROUNDS, (turn) => list(browser, `search=${(turn * 2654435761).toString(16).slice(0, 2)}&limit=${PAGE}`));
  report(table, search);
  late = table.some(({ ratio }) => ratio > 1.3);
} finally {
  await behalf.stop();
  await database.stop();
}
process.exit(late ? 1 : 0);

/** First and last page in turns, so that both meet the same machine. */
async function measure(browser, filter) {
  const last = await lastCursor(browser, filter);
  const first = [];
  const end = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    first.push(...(await timed(1, () => list(browser, filter))));
    end.push(...(await timed(1, () => list(browser, `${filter}&cursor=${last}`))));
  }
  const medians = [percentile(first, 0.5), percentile(end, 0.5)];
  return {
    first: { p50: medians[0], p99: percentile(first, 0.99) },
    last: { p50: medians[1], p99: percentile(end, 0.99) },
    ratio: Math.max(...medians) / Math.min(...medians),
  };
}

async function lastCursor(browser, filter) {
  let cursor = null;
  let seen = 0;
  for (;;) {
    const page = await list(browser, cursor === null ? filter : `${filter}&cursor=${cursor}`);
    seen += page.items.length;
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  if (seen < CLIENTS) throw new Error(`${filter} showed ${seen} of ${CLIENTS} clients.`);
  return cursor;
}

function list(browser, filter) {
  return browser.json('GET', `/api/v1/oauth-clients?${filter}`);
}

async function timed(turns, run) {
  const milliseconds = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const began = performance.now();
    await run(turn);
    milliseconds.push(performance.now() - began);
  }
  return milliseconds;
}

function report(table, search) {
  const searching = { p50: percentile(search, 0.5), p99: percentile(search, 0.99) };
  const directory = join(dirname(fileURLToPath(import.meta.url)), 'results');
  mkdirSync(directory, { recursive: true });
  const figures = {
    at: new Date().toISOString(),
    machine: machine(),
    clients: CLIENTS,
    page: PAGE,
    rounds: ROUNDS,
    table,
    search: searching,
  };
  writeFileSync(join(directory, 'lists.json'), `${JSON.stringify(figures, null, 2)}\n`);
  const ms = ({ p50, p99 }) => `${p50.toFixed(1)} ms (p99 ${p99.toFixed(1)})`;
  for (const { sort, first, last, ratio } of table) {
    process.stdout.write(`${sort}: first ${ms(first)}, last ${ms(last)}, within ${ratio.toFixed(2)} x\n`);
  }
  process.stdout.write(`search: ${ms(searching)}\n`);
}
