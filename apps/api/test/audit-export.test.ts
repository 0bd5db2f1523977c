import { get, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf } from './support/browser.js';
import { ADMIN } from './support/constants.js';

const ROWS = 60_000;
/** Of each row, in bytes: all rows together are many times what the server may need for them. */
const FILLING = 5_000;
const MEGABYTE = 1_000_000;
const ALLOWED_MEGABYTES = 150;
/** Text that is gathered does not fit; what waits outside of the heap, as buffers do, is measured. */
const NODE_OPTIONS = '--max-old-space-size=160';

let api: Api;
let admin: Browser;

beforeAll(async () => {
  api = await startApi({ NODE_OPTIONS });
  admin = await browserOf(api, ADMIN);
  const [{ organization_id }] = await api
    .sql<{ organization_id: string }>(`SELECT organization_id FROM audit_event WHERE action = 'session.started' LIMIT 1`)
    .then((rows) => rows as [{ organization_id: string }]);
  // Random, or the database would keep it compressed and the sizes would say little.
  await api.sql(
    `INSERT INTO audit_event (organization_id, action, channel, target_id, changes)
     SELECT $1, 'client.updated', 'system', 'bulk', jsonb_build_object('client_name', jsonb_build_array('x', f.text || n))
       FROM generate_series(1, ${ROWS}) n, (SELECT string_agg(md5(i::text), '') AS text FROM generate_series(1, ${FILLING / 32}) i) f`,
    [organization_id],
  );
  while ((await api.sql(`SELECT FROM audit_event WHERE position > (SELECT coalesce(max(position), 0) FROM audit_seal) LIMIT 1`)).length)
    await sleep(200);
}, 180_000);

afterAll(async () => {
  await api.halt();
  // Written here and not by the server, so there is nothing to search it for.
  await api.sql(`DELETE FROM audit_event WHERE target_id = 'bulk'`);
  await api.stop();
});

/** Begins an export whose answer is read only when somebody asks for it. */
function begin(format: string): Promise<IncomingMessage> {
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const address = `${api.issuer}/api/v1/audit-events/export?format=${format}&target_id=bulk`;
  return new Promise((resolve, reject) => get(address, { headers: { cookie }, agent: false }, resolve).once('error', reject));
}

/** Statements of the API that run now. */
const running = async () =>
  api.sql(`SELECT FROM pg_stat_activity WHERE application_name = 'behalf' AND state <> 'idle' AND query LIKE '%cursor_key%'`);

it.each(['ndjson', 'csv'])(
  '%s: all rows come, and the server holds a small part of them at a time',
  async (format) => {
    const before = await api.memory();
    const response = await begin(format);
    let peak = before;
    const watch = setInterval(() => void api.memory().then((now) => (peak = Math.max(peak, now))), 200);
    let bytes = 0;
    let lines = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      for (const byte of chunk) if (byte === 10) lines += 1;
    }
    clearInterval(watch);
    expect(lines).toBe(format === 'csv' ? ROWS + 1 : ROWS);
    expect(bytes / MEGABYTE).toBeGreaterThan((ROWS * FILLING) / MEGABYTE);
    expect((peak - before) / MEGABYTE).toBeLessThan(ALLOWED_MEGABYTES);
  },
  180_000,
);

it('a client that reads nothing makes the server wait: it reads no further, and holds no connection meanwhile', async () => {
  const before = await api.memory();
  const stalled = await Promise.all(Array.from({ length: 12 }, () => begin('ndjson')));
  await sleep(4_000);
  expect(await running()).toHaveLength(0);
  expect(((await api.memory()) - before) / MEGABYTE).toBeLessThan(ALLOWED_MEGABYTES);
  // Twelve are more than the pool has connections.
  expect((await admin.get('/api/v1/audit-events?limit=1')).status).toBe(200);
  for (const response of stalled) response.destroy();
});

it('a client that goes away in the middle ends the reading', async () => {
  const response = await begin('csv');
  await new Promise((resolve) => response.once('data', resolve));
  response.destroy();
  const deadline = Date.now() + 5_000;
  while ((await running()).length && Date.now() < deadline) await sleep(50);
  await sleep(500);
  expect(await running()).toHaveLength(0);
  expect(api.logs()).not.toMatch(/"level":"error"/);
  expect((await admin.get('/api/v1/audit-events?limit=1')).status).toBe(200);
});
