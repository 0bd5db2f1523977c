// npm run bench:scale: what a full database costs, against an empty one in the same run. `node bench/scale.mjs [DIRECTORY] [--share 0.01]
// [--only hot,cuts,lists,sweeps,retention]`; a directory of `bench/data.mjs` is used again, and keeps all months of its audit log.
import { parseArgs } from 'node:util';
import { Cookies } from './lib/cookies.mjs';
import { Promises } from './lib/promises.mjs';
import { measureCuts } from './lib/scale/cuts.mjs';
import { sizesOf } from './lib/scale/grow.mjs';
import { measureHot } from './lib/scale/hot.mjs';
import { measureLists } from './lib/scale/lists.mjs';
import { plantLive } from './lib/scale/live.mjs';
import { openPlace } from './lib/scale/place.mjs';
import { measureRetention, measureSweeps } from './lib/scale/sweeps.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1' }, only: { type: 'string' }, list: { type: 'string' } },
});
const [directory] = positionals;
const PARTS = ['hot', 'cuts', 'lists', 'sweeps', ...(directory === undefined ? ['retention'] : [])];
const wanted = new Set(options.only?.split(',') ?? PARTS);
const LIVE = 1_000;
/** Drops the oldest months of what `data.mjs` has written. */
const RETENTION_DAYS = 300;

const say = (what, seconds) => process.stdout.write(`${what}: ${seconds.toFixed(1)} s\n`);
const place = await openPlace({ directory, sizes: sizesOf(Number(options.share)), say });
const promises = new Promises();
const figures = { sizes: place.sizes };
const running = [];
try {
  for (const name of ['empty', 'full']) running.push(await place.start(name));
  const [empty, full] = running;
  if (wanted.has('hot')) figures.hot = await measureHot(running, promises);
  if (wanted.has('lists')) {
    const browser = await new Cookies(full.url).signIn();
    figures.lists = await measureLists(browser, await factsOf(full), promises, options.list);
  }
  const live = await plantLive(full, LIVE);
  if (wanted.has('sweeps')) figures.sweeps = await measureSweeps(full, live, promises);
  if (wanted.has('retention')) {
    const start = (env) => place.start('full', { env });
    figures.retention = await measureRetention(full, live, { start, retention_days: RETENTION_DAYS }, promises);
  }
  // Last, since what is cut is not there any more.
  if (wanted.has('cuts')) figures.cuts = [...(await cuts(empty)), ...(await cuts(full))];
} finally {
  for (const server of running) await server.stop();
  await place.stop();
}
process.exit(promises.conclude('scale', figures));

async function cuts(server) {
  const { client_id } = await plantLive(server, LIVE);
  const [{ live }] = await server.sql('SELECT count(*)::integer AS live FROM authorization_grant WHERE revoked_at IS NULL');
  const browser = await new Cookies(server.url).signIn();
  return measureCuts(server, { browser, client_id, live, listening: place.listening }, promises);
}

/** The client with the most grants, one with a few dozen, and a user and a token of which the log tells. */
async function factsOf({ sql }) {
  const [busy, some] = await sql(
    `SELECT client_id FROM (SELECT client_id, count(*) AS n FROM authorization_grant WHERE revoked_at IS NULL AND client_id LIKE 'scale-0%' GROUP BY 1) c
      ORDER BY n DESC, client_id OFFSET 0`,
  ).then((rows) => [rows[0], rows[Math.floor(rows.length / 2)]]);
  const [event] = await sql(
    `SELECT user_id, token_id FROM audit_event WHERE action = 'token.issued' AND organization_id = (SELECT id FROM organization WHERE name = 'Acme') ORDER BY at DESC LIMIT 1 OFFSET 100`,
  );
  return { client_id: some.client_id, busy_client_id: busy.client_id, ...event };
}
