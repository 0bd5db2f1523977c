// node bench/connected-apps.mjs [tokens]: one app with very many live tokens, and how long a page of them takes.
import { behalf as contender } from './lib/contenders.mjs';
import { OPERATIONS } from './lib/operations.mjs';
import { startBehalf, startDatabase } from './lib/servers.mjs';

const TOKENS = Number(process.argv[2] ?? 10_000);
const PAGES = 200;
const LIMIT_MILLISECONDS = 50;

const database = await startDatabase();
const behalf = await startBehalf(database);
let slow = false;
try {
  const { browser, client_id } = await withTokens();
  await multiply(client_id);
  const tokens = `/api/v1/connected-apps/${client_id}/tokens`;
  for (const show of ['mine', 'organization']) {
    for (const sort of ['-last_used_at', 'created_at', 'expires_at']) await measure(browser, `${tokens}?show=${show}&sort=${sort}`, true);
    await measure(browser, `/api/v1/connected-apps?show=${show}`, false);
  }
  await measure(browser, `${tokens}?show=organization&status=ended`, false);
} finally {
  await behalf.stop();
  await database.stop();
}
process.exit(slow ? 1 : 0);

/** A client with a few grants that went through the front door. */
async function withTokens() {
  const made = await contender(behalf);
  for (const operation of ['authorize', 'code']) await OPERATIONS[operation](made, { connections: 1, seconds: 1 });
  return made;
}

/** Copies of one of them, each with times of its own. */
async function multiply(client_id) {
  const [grant] = await behalf.sql('SELECT * FROM authorization_grant WHERE client_id = $1 AND generation > 0 LIMIT 1', [client_id]);
  const copied = Object.keys(grant).filter((name) => !['id', 'created_at', 'last_used_at'].includes(name));
  await behalf.sql(
    `INSERT INTO authorization_grant (id, created_at, last_used_at, ${copied.join(', ')})
     SELECT gen_random_uuid(), g.created_at - n * interval '1 second', now() - n * interval '3 seconds', ${copied.map((name) => `g.${name}`).join(', ')}
       FROM authorization_grant g, generate_series(1, $2::integer) n WHERE g.id = $1`,
    [grant.id, TOKENS],
  );
  await behalf.sql('ANALYZE');
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
