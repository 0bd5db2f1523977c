import type { AuditEvent } from '@behalf/domain';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Machine } from './faults/machine.js';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, createClient } from './support/browser.js';
import { ADMIN } from './support/constants.js';
import { Receiver } from './support/receiver.js';

jest.setTimeout(120_000);

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
const NEXT_SECRET = `whsec_${randomBytes(24).toString('base64')}`;
const REFUSALS = 8;
const LONG = 12;

let receiver: Receiver;
let api: Api;
let admin: Browser;

beforeAll(async () => {
  receiver = await Receiver.start();
  api = await startApi({ AUDIT_STREAM_URL: receiver.url, AUDIT_STREAM_SECRET: `${NEXT_SECRET},${SECRET}` });
  admin = await browserOf(api, ADMIN);
});
afterAll(async () => {
  await api.stop();
  await receiver.close();
});
beforeEach(async () => {
  receiver.behaviour = () => ({ status: 204 });
  await impatiently();
  await caughtUp();
  receiver.received.length = 0;
});

/** What the log holds in its final order, from when the stream began. */
async function log(): Promise<string[]> {
  const rows = await api.sql<{ id: string }>(`SELECT id FROM audit_event ORDER BY position, id`);
  return rows.map(({ id }) => id);
}

/** Waits until nothing is left to hand on. */
async function caughtUp(): Promise<void> {
  const deadline = performance.now() + 30_000;
  const left = () =>
    api.sql<{ id: string }>(
      `SELECT a.id FROM audit_event a WHERE NOT EXISTS (SELECT FROM audit_stream s WHERE (s.position, s.event_id) >= (a.position, a.id)) LIMIT 1`,
    );
  while ((await left()).length) {
    if (performance.now() > deadline) throw new Error('the stream did not catch up');
    await sleep(50);
  }
}

/** The events of the log that belong to those, in its order. */
async function inOrder(ids: readonly string[]): Promise<string[]> {
  const wanted = new Set(ids);
  return (await log()).filter((id) => wanted.has(id));
}

const someClients = (count: number, browser = admin) =>
  Promise.all(Array.from({ length: count }, (_, n) => createClient(browser, { client_name: `streamed ${n}` })));

/** Skips what the stream would wait. */
const impatiently = async () => {
  await api.sql('UPDATE audit_stream SET next_attempt_at = NULL');
  await sleep(200);
};

it('hands on every event once and in order, as the export has it, signed as a receiver’s library wants it', async () => {
  const replica = await api.replica();
  const before = await log();
  await Promise.all([someClients(60), someClients(60, admin.at(replica))]);
  await caughtUp();
  const written = (await log()).slice(before.length);
  expect(written.length).toBeGreaterThanOrEqual(120);
  expect(receiver.taken.map(({ id }) => id)).toEqual(written);
  expect(receiver.received.length).toBeLessThan(120);

  for (const { headers, body } of receiver.received) {
    for (const secret of [SECRET, NEXT_SECRET]) expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'audit.events' });
    expect(() => new Webhook(SECRET).verify(body.replace('client.created', 'client.deleted'), headers)).toThrow('No matching signature');
  }
  const exported = (await admin.get('/api/v1/audit-events/export?format=ndjson')).text.trim().split('\n');
  const known = new Map(exported.map((line) => JSON.parse(line) as AuditEvent).map((event) => [event.id, event]));
  const { organization_id, ...event } = receiver.taken.at(-1)!;
  expect(organization_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(event).toEqual(known.get(event.id));
  expect(api.logs()).not.toContain('its-secret-path');
});

it('waits for a transaction that began before others and commits after them, and keeps the order', async () => {
  const commit = await api.hold(`INSERT INTO audit_event (action, channel, result) VALUES ('api.read', 'system', 'success')`);
  await someClients(3);
  await sleep(3_000);
  expect(receiver.taken).toEqual([]);
  await commit();
  await caughtUp();
  const taken = receiver.taken.map(({ id }) => id);
  expect(receiver.taken[0]!.action).toBe('api.read');
  expect(taken).toEqual(await inOrder(taken));
});

it('loses nothing and sends the same batch again while its receiver fails, is silent, or is gone', async () => {
  const before = (await log()).length;
  receiver.behaviour = (nth) =>
    [{ status: 503 }, { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, { status: 429 }, 'silence' as const][nth] ?? 'silence';
  await someClients(5);
  await receiver.until(({ received }) => received.length >= 4, impatiently);
  const [first, ...again] = receiver.received;
  for (const each of again) {
    expect(each.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(each.events).toEqual(first!.events);
  }
  await receiver.close();
  await someClients(5);
  await sleep(1_500);
  receiver.behaviour = () => ({ status: 204 });
  await receiver.open();
  await receiver.until(({ taken }) => taken.length >= 10, impatiently);
  await caughtUp();
  expect(receiver.taken.map(({ id }) => id)).toEqual((await log()).slice(before));
  expect(await api.sql('SELECT 1 FROM audit_dead_letter')).toEqual([]);
});

it('comes back no sooner than the receiver asks for', async () => {
  receiver.behaviour = (nth) => (nth === 0 ? { status: 503, headers: { 'retry-after': '900' } } : { status: 204 });
  await someClients(1);
  await receiver.until(({ received }) => received.length === 1);
  await api.advance(890);
  await sleep(2_500);
  expect(receiver.received).toHaveLength(1);
  await api.advance(20);
  await receiver.until(({ taken }) => taken.length > 0);
  await api.resetClock();
});

it('sets aside what is refused again and again, goes on, tells of it, and sends it again by command', async () => {
  receiver.behaviour = () => ({ status: 422 });
  const poison = await createClient(admin, { client_name: 'poison' });
  const isPoison = ({ target_id }: AuditEvent) => target_id === poison.client_id;
  await receiver.until(({ received }) => received.length >= REFUSALS, impatiently);
  receiver.behaviour = () => ({ status: 204 });
  const refused = receiver.received.at(-1)!;
  expect(new Set(receiver.received.slice(-REFUSALS).map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  const after = await createClient(admin, { client_name: 'after' });
  await receiver.until(({ taken }) => taken.some(({ target_id }) => target_id === after.client_id), impatiently);
  expect(refused.events.some(isPoison)).toBe(true);
  expect(receiver.taken.some(isPoison)).toBe(false);

  const doctor = await failing('doctor.js');
  expect(doctor).toMatch(/FAULT The receiver of the audit stream refused a batch of events \(the receiver answered 422\)/);
  receiver.behaviour = () => ({ status: 400 });
  expect(await failing('replay-audit.js')).toMatch(/were not taken: the receiver answered 400/);
  receiver.behaviour = () => ({ status: 204 });
  expect(await api.command('replay-audit.js')).toMatch(/were taken\n.*; 0 batches are left/);
  expect(receiver.received.at(-1)!.headers['webhook-id']).toBe(refused.headers['webhook-id']);
  expect(receiver.received.at(-1)!.events).toEqual(refused.events);
});

/** Takes what comes through a pipe a few kilobytes at a time: the pipe is full as long as there is more. */
const SLOW_READER = `
const { readSync, writeSync } = require('node:fs');
const [piece, still] = [Buffer.alloc(8192), new Int32Array(new SharedArrayBuffer(4))];
for (let n = 1; (n = readSync(0, piece)) > 0; Atomics.wait(still, 0, 0, 15)) for (let w = 0; w < n; ) w += writeSync(1, piece, w, n - w);
`;

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** What a command says that ends with a fault. */
async function failing(file: string): Promise<string> {
  const fault = await api.command(file).then(
    () => null,
    (error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string };
      return stdout + stderr;
    },
  );
  if (fault === null) throw new Error(`${file} found nothing wrong`);
  return fault;
}

describe('processes as they are run', () => {
  let machine: Machine;
  beforeAll(async () => {
    machine = await Machine.start();
  });
  afterAll(() => machine.stop());

  it('send again what was taken when they were killed before they knew', async () => {
    const other = await Receiver.start();
    other.behaviour = () => 'silence';
    const first = await machine.api({ environment: { AUDIT_STREAM_URL: other.url } });
    await other.until(({ received }) => received.length === 1);
    await first.kill();
    other.behaviour = () => ({ status: 200 });
    const second = await first.restart();
    const browser = await browserOf(second, ADMIN);
    await createClient(browser, { client_name: 'after the kill' });
    await other.until(({ taken }) => taken.some(({ action }) => action === 'client.created'));
    expect(other.received[1]!.headers['webhook-id']).toBe(other.received[0]!.headers['webhook-id']);
    expect(other.received[1]!.events).toEqual(other.received[0]!.events);
    expect(other.received[0]!.headers['webhook-signature']).toBeUndefined();
    const rows = await machine.sql<{ id: string }>('SELECT id FROM audit_event ORDER BY position, id');
    const taken = other.taken.map(({ id }) => id);
    expect(taken).toEqual(rows.map(({ id }) => id).slice(0, taken.length));
    await second.stop();
    await other.close();
  });

  it('write each event as a line to the standard output, whatever the level of the log', async () => {
    const started = await machine.api({ environment: { AUDIT_STREAM: 'stdout', LOG_LEVEL: 'silent' } });
    const browser = await browserOf(started, ADMIN);
    const client = await createClient(browser, { client_name: 'by the standard output' });
    const deadline = performance.now() + 20_000;
    const lines = () =>
      started
        .said()
        .split('\n')
        .filter((line) => line.startsWith('{"audit_event"'))
        .map((line) => (JSON.parse(line) as { audit_event: AuditEvent }).audit_event);
    while (!lines().some(({ target_id }) => target_id === client.client_id) && performance.now() < deadline) await sleep(100);
    expect(lines().map(({ action }) => action)).toEqual(expect.arrayContaining(['session.started', 'client.created']));
    expect(new Set(lines().map(({ id }) => id)).size).toBe(lines().length);
    await started.stop();
  });

  it('keep every line whole where several workers have long ones to say, and whoever reads them is slow', async () => {
    const environment = { AUDIT_STREAM: 'stdout', WEB_CONCURRENCY: '2', LOG_LEVEL: 'info', SLOW_READER };
    const started = await machine.api({
      environment,
      through: ['bash', '-c', 'exec "$@" > >(exec "$0" -e "$SLOW_READER")', process.execPath],
    });
    const browser = await browserOf(started, ADMIN);
    while (!started.said().includes('Behalf is ready')) await sleep(50);
    const before = started.said().length;
    const redirect_uris = Array.from({ length: 50 }, (_, n) => `https://app.test/${n}/${'x'.repeat(1_000)}`);
    const done = new AbortController();
    const busy = Array.from({ length: 8 }, async () => {
      while (!done.signal.aborted) await fetch(`${started.issuer}/oauth2/jwks`);
    });
    await Promise.all(Array.from({ length: LONG }, () => createClient(browser, { client_name: 'long', redirect_uris })));
    const lines = () => started.said().slice(before).split('\n').slice(0, -1);
    const created = () => new Set(lines().filter((line) => line.startsWith('{"audit_event"') && line.includes('"client.created"')));
    for (const end = performance.now() + 60_000; created().size < LONG && performance.now() < end;) {
      await sleep(100);
    }
    done.abort();
    await Promise.all(busy);
    await started.stop();
    expect(
      lines()
        .filter((line) => !isJson(line))
        .map((line) => line.slice(0, 200)),
    ).toEqual([]);
    expect(created().size).toBe(LONG);
    expect(Buffer.byteLength([...created()][0]!)).toBeGreaterThan(50_000);
  });
});
