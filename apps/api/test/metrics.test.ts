import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiProcess, Machine } from './faults/machine.js';
import { type Browser, browserOf, createClient, form, introspect, obtainTokens, refresh } from './support/browser.js';
import { ADMIN } from './support/constants.js';
import { scrape, type Scraped, sumOf, unusedPort } from './support/scrape.js';

jest.setTimeout(120_000);

const REQUESTS = 'behalf_http_requests_total';

let machine: Machine;
beforeAll(async () => {
  machine = await Machine.start();
});
afterAll(() => machine.stop());

describe('one process', () => {
  let port: number;
  let api: ApiProcess;
  let admin: Browser;
  /** Of the lines before something was done, and after. */
  const counted = (before: readonly Scraped[], after: readonly Scraped[], labels: Record<string, string>) =>
    sumOf(after, REQUESTS, labels) - sumOf(before, REQUESTS, labels);

  beforeAll(async () => {
    port = await unusedPort();
    api = await machine.api({ environment: { METRICS_PORT: String(port) } });
    admin = await browserOf(api, ADMIN);
  });
  afterAll(() => api.stop());

  it('counts each answer once, by endpoint, outcome and class of the client', async () => {
    const client = await createClient(admin, { client_name: 'counted', resource_server: true });
    const tokens = await obtainTokens(api, admin, client);
    const before = await scrape(port);
    for (const _ of [1, 2, 3]) await introspect(api, client, tokens.access_token);
    await form(api, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: 'bhf_rt_nothing', ...secretOf(client) });
    await form(api, '/oauth2/token', { grant_type: 'refresh_token', client_id: 'nobody' });
    const after = await scrape(port);
    expect(counted(before, after, { endpoint: 'introspect', status: '2xx', error: 'none', client: 'resource_server' })).toBe(3);
    expect(counted(before, after, { endpoint: 'token', status: '4xx', error: 'invalid_grant', client: 'resource_server' })).toBe(1);
    expect(counted(before, after, { endpoint: 'token', status: '4xx', error: 'invalid_client', client: 'none' })).toBe(1);
    expect(counted(before, after, {})).toBe(5);
    const durations = (scraped: readonly Scraped[]) => sumOf(scraped, 'behalf_http_request_duration_seconds_count');
    expect(durations(after) - durations(before)).toBe(5);
    expect(sumOf(after, 'behalf_database_statement_duration_seconds_count', { statement: 'live_calls' })).toBeGreaterThan(0);
    expect(sumOf(after, 'behalf_database_batch_size_sum', { pool: 'hot' })).toBeGreaterThan(0);
  });

  it('counts a refresh token that was used twice as an incident, and the grants that live', async () => {
    const client = await createClient(admin, { client_name: 'reused' });
    const first = await obtainTokens(api, admin, client);
    const second = await refresh(api, client, first.refresh_token!);
    await refresh(api, client, second.body.refresh_token!);
    expect((await refresh(api, client, first.refresh_token!)).status).toBe(400);
    const deadline = Date.now() + 10_000;
    const incidents = async () => sumOf(await scrape(port), 'behalf_incidents_total', { action: 'token.reused' });
    while ((await incidents()) === 0 && Date.now() < deadline) await sleep(100);
    expect(await incidents()).toBe(1);
    const [{ live }] = (await machine.sql<{ live: number }>(
      `SELECT count(*)::integer AS live FROM authorization_grant WHERE revoked_at IS NULL AND generation > 0`,
    )) as [{ live: number }];
    expect(live).toBeGreaterThan(0);
    await api.stop();
    api = await api.restart();
    // What is read from the database is read again after a while; another process has not read it yet.
    expect(sumOf(await scrape(port), 'behalf_live_grants')).toBe(live);
  });

  it('no label tells who called: no id, no address, no name', async () => {
    const { client_id } = await createClient(admin, { client_name: 'a name of somebody' });
    await form(api, '/oauth2/token', { grant_type: 'refresh_token', client_id });
    await admin.get(`/api/v1/oauth-clients/${client_id}?secret=1`);
    const known = /^[a-z0-9_.+:-]+$/i;
    const values = (await scrape(port)).filter(({ name }) => name.startsWith('behalf_')).flatMap(({ labels }) => Object.values(labels));
    expect(values.length).toBeGreaterThan(50);
    for (const value of values) {
      expect(value).toMatch(known);
      expect(value).not.toContain(client_id);
      expect(value).not.toMatch(/[0-9a-f]{8}-|127\.0\.0|@|\/|somebody/);
    }
  });

  it('the public port serves none, and the port of the metrics nothing else', async () => {
    expect(await (await fetch(`${api.issuer}/metrics`)).text()).not.toContain(REQUESTS);
    const statusOf = async (path: string, method = 'GET') => (await fetch(`http://127.0.0.1:${port}${path}`, { method })).status;
    expect(await statusOf('/')).toBe(404);
    expect(await statusOf('/oauth2/jwks')).toBe(404);
    expect(await statusOf('/metrics', 'POST')).toBe(405);
  });
});

describe('two workers', () => {
  const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  const jwks = (scraped: readonly Scraped[]) => sumOf(scraped, REQUESTS, { endpoint: 'jwks', status: '2xx' });

  it('are told as one, and no counter goes back when one of them dies', async () => {
    const port = await unusedPort();
    const api = await machine.api({ environment: { METRICS_PORT: String(port), WEB_CONCURRENCY: '2' } });
    const ask = () => fetch(`${api.issuer}/oauth2/jwks`, { headers: { connection: 'close' } });
    for (const _ of Array.from({ length: 20 })) await ask();
    const before = await scrape(port);
    expect(jwks(before)).toBe(20);
    expect(sumOf(before, 'behalf_live_grants')).toBe(
      Math.max(...before.filter(({ name }) => name === 'behalf_live_grants').map(({ value }) => value)),
    );

    const workers = childrenOf(api.pid).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.js'));
    expect(workers).toHaveLength(2);
    process.kill(workers[0]!, 'SIGKILL');
    while (childrenOf(api.pid).includes(workers[0]!)) await sleep(20);
    expect(jwks(await scrape(port))).toBe(20);
    while (childrenOf(api.pid).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('main.js')).length < 2)
      await sleep(50);
    for (const _ of Array.from({ length: 10 })) await ask();
    expect(jwks(await scrape(port))).toBe(30);
    await api.stop();
  });
});

const secretOf = ({ client_id, client_secret }: { client_id: string; client_secret: string | undefined }) => ({
  client_id,
  client_secret: client_secret!,
});
