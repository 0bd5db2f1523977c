// npm run bench:web: what each address of the console loads first, and how long Chromium takes to answer a hand on the list of 10,000 clients.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Cookies } from './lib/cookies.mjs';
import { machine } from './lib/figures.mjs';
import { CLIENTS, plantClients } from './lib/plant-clients.mjs';
import { PASSWORD, startBehalf, startDatabase } from './lib/servers.mjs';
import { measureLoads } from './lib/web-loads.mjs';
import { INTERACTIONS, rowsOf, watchPaints } from './lib/web-interactions.mjs';

/** Compressed, in thousands of bytes; apps/web/first-load.ts holds the build to the same. */
const SCRIPT_LIMIT = 250_000;
/** From the event to the next paint. */
const PAINT_LIMIT_MILLISECONDS = 100;
const PAGES = Number(process.argv.find((each) => each.startsWith('--pages='))?.slice('--pages='.length) ?? 20);

const database = await startDatabase();
const behalf = await startBehalf(database);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium' });
let broken = 0;
try {
  await plantClients(behalf);
  const loads = await measureLoads(browser, behalf.url, await addresses(behalf.url), signIn);
  const interactions = await measureInteractions();
  report(loads, interactions);
} finally {
  await browser.close();
  await behalf.stop();
  await database.stop();
}
process.exit(broken ? 1 : 0);

/** Every address of the router; what is signed in for is the second part. */
async function addresses(issuer) {
  const session = await new Cookies(issuer).signIn();
  const first = async (path) => (await session.json('GET', `/api/v1/${path}?limit=1`)).items[0];
  const [client, user, team] = await Promise.all(['oauth-clients', 'users', 'teams'].map(first));
  return {
    open: ['/login', '/consent?request_id=gone', '/invite#gone'],
    behind: [
      '/settings/oauth-clients',
      '/settings/oauth-clients/new',
      `/settings/oauth-clients/${client.client_id}`,
      '/settings/users',
      '/settings/users/invite',
      `/settings/users/${user.id}`,
      `/settings/users/teams/${team.id}`,
      '/security/active-sessions',
      '/security/active-sessions?tab=ui-sessions',
      '/security/effective-access',
      '/security/audit-log',
      '/account',
    ],
  };
}

async function signIn(page) {
  await page.goto(`${behalf.url}/login`);
  await page.getByLabel('Email').fill('admin@acme.example');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((url) => url.pathname !== '/login');
}

async function measureInteractions() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const paints = await watchPaints(page);
  await signIn(page);
  await page.goto(`${behalf.url}/settings/oauth-clients`);
  for (let loaded = 1; loaded < PAGES; loaded += 1) await INTERACTIONS['Show more'].turn(page);
  const table = {};
  for (const [name, { turns, before, turn, after }] of Object.entries(INTERACTIONS)) {
    const samples = [];
    for (let n = 0; n < turns; n += 1) {
      await before?.(page, n);
      samples.push(await paints.of(() => turn(page, n)));
      await after?.(page, n);
    }
    table[name] = { rows: await rowsOf(page), samples };
  }
  await context.close();
  return table;
}

function report(loads, interactions) {
  const directory = join(dirname(fileURLToPath(import.meta.url)), 'results');
  mkdirSync(directory, { recursive: true });
  const figures = {
    at: new Date().toISOString(),
    machine: { ...machine(), browser: browser.version() },
    clients: CLIENTS,
    loads,
    interactions,
  };
  writeFileSync(join(directory, 'web.json'), `${JSON.stringify(figures, null, 2)}\n`);
  for (const { address, script, style } of loads) {
    promise(
      script <= SCRIPT_LIMIT,
      `${address}: ${kilo(script)} kB of script, ${kilo(style)} kB of style (limit ${kilo(SCRIPT_LIMIT)} kB of script)`,
    );
  }
  for (const [name, { rows, samples }] of Object.entries(interactions)) {
    const [paint, frame] = ['paint', 'frame'].map((key) => Math.max(...samples.map((each) => each[key])));
    promise(
      paint < PAINT_LIMIT_MILLISECONDS,
      `${name}: next paint within ${paint} ms, longest frame after it ${frame} ms (${rows} rows, worst of ${samples.length}; limit ${PAINT_LIMIT_MILLISECONDS} ms to the paint)`,
    );
  }
}

function promise(kept, line) {
  if (!kept) broken += 1;
  process.stdout.write(`${kept ? '✓' : '✗'} ${line}\n`);
}

function kilo(bytes) {
  return (bytes / 1000).toFixed(1);
}
