// npm run bench:lists: the first and the last page of 10,000 clients, in every order, and what a search costs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Cookies } from './lib/cookies.mjs';
import { machine, percentile } from './lib/figures.mjs';
import { CLIENTS, plantClients } from './lib/plant-clients.mjs';
import { startBehalf, startDatabase } from './lib/servers.mjs';

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

const database = await startDatabase();
const behalf = await startBehalf(database);
let late = false;
try {
  await plantClients(behalf);
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
