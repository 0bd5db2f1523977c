import { type Postgres, startPostgres } from '@behalf/postgres';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { browserOf, createClient, introspect, obtainTokens, revoke, type TestClient, userinfo } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { Machine } from './machine.js';

const SECRET_KEY = randomBytes(32).toString('base64url');

let folder: string;
let machine: Machine;
let standby: Postgres;
let client: TestClient;
let tokens: Awaited<ReturnType<typeof obtainTokens>>;

/** An installation with a live token, and a copy of its database as a standby that lags for ever. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'behalf-standby-'));
  chmodSync(folder, 0o711);
  const [here, copy] = [join(folder, 'primary'), join(folder, 'standby')];
  const before = await startPostgres({ dataDir: here, durable: false });
  const first = await Machine.over(before);
  const api = await first.api({ environment: { SECRET_KEY } });
  client = await createClient(await browserOf(api, ADMIN));
  tokens = await obtainTokens(api, await browserOf(api, DEV), client);
  await api.stop();
  await first.stop();
  for (const suffix of ['', '.password']) execFileSync('cp', ['-a', here + suffix, copy + suffix]);
  writeFileSync(join(copy, 'standby.signal'), '');
  machine = await Machine.over(await startPostgres({ dataDir: here, durable: false }));
  standby = await startPostgres({ dataDir: copy, durable: false });
});

afterAll(async () => {
  await machine?.stop();
  await standby?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
});

/** An address that stands for one server now, and for another one when it is told so: a balancer. */
async function startBalancer(port: number) {
  const sockets = new Set<Socket>();
  const balancer = { port: 0, to: port, cut: () => sockets.forEach((each) => each.destroy()), stop: () => server.close() };
  const server = createServer((caller) => {
    const database = connect(balancer.to, '127.0.0.1');
    for (const [socket, other] of [
      [caller, database],
      [database, caller],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => other.destroy());
      socket.pipe(other);
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  balancer.port = (server.address() as AddressInfo).port;
  return balancer;
}

const at = (...ports: number[]) => {
  const { username, password } = new URL(machine.url);
  return `postgres://${username}:${password}@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/behalf?target_session_attrs=read-write`;
};
const primaryPort = () => Number(new URL(machine.url).port);

it('a URL of several members finds the one that takes writes, whatever their order', async () => {
  const silent = await startBalancer(1);
  const DATABASE_URL = at(silent.port, standby.port, primaryPort());
  const api = await machine.api({ environment: { SECRET_KEY, DATABASE_URL, DATABASE_OWNER_URL: DATABASE_URL } });
  expect((await introspect(api, client, tokens.access_token)).body).toMatchObject({ active: true });
  expect((await browserOf(api, DEV)).cookies.size).toBeGreaterThan(0);
  await api.stop();
  silent.stop();
});

it('a standby that a balancer leads to is asked nothing: 503 in place of what it has not replayed, and right again by itself', async () => {
  const balancer = await startBalancer(primaryPort());
  const DATABASE_URL = at(balancer.port);
  const api = await machine.api({ environment: { SECRET_KEY, DATABASE_URL, DATABASE_OWNER_URL: DATABASE_URL } });
  expect((await userinfo(api, tokens.access_token)).status).toBe(200);
  expect((await revoke(api, client, tokens.refresh_token!)).status).toBe(200);
  balancer.to = standby.port;
  balancer.cut();
  const ready = async () => (await fetch(`${api.issuer}/health/ready`)).json() as Promise<{ reason?: string }>;
  for (let n = 0; n < 10; n += 1) {
    for (const answer of [await introspect(api, client, tokens.access_token), await userinfo(api, tokens.access_token)])
      expect([answer.status, answer.headers.has('retry-after')]).toEqual([503, true]);
  }
  expect(await ready()).toMatchObject({ reason: 'read_only' });
  balancer.to = primaryPort();
  balancer.cut();
  while ((await ready()).reason) await sleep(20);
  expect((await introspect(api, client, tokens.access_token)).body).toEqual({ active: false });
  await api.stop();
  balancer.stop();
});

it('a start on a standby says what is wrong, and ends', async () => {
  const DATABASE_URL = at(standby.port);
  const started = machine.api({ environment: { SECRET_KEY, DATABASE_URL, DATABASE_OWNER_URL: DATABASE_URL } });
  await expect(started).rejects.toThrow('is a standby, which takes no writes');
});
