import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { introspect } from '../support/browser.js';
import { ROOT } from '../support/image.js';
import { unusedPort } from '../support/scrape.js';
import { note } from './figures.js';
import { contradictions } from './invariants.js';
import { Ledger, type Story } from './ledger.js';
import { startLoad } from './load.js';
import { type ApiProcess, type Endpoint, Machine } from './machine.js';
import { PatroniCluster, TIMES } from './patroni.js';
import { type Proxy, proxyPorts, startProxy } from './proxy.js';

jest.setTimeout(300_000);

const APP_PASSWORD = 'of-the-api';
const APP = `behalf:${APP_PASSWORD}`;
const BEFORE_MILLISECONDS = 3_000;
const AFTER_MILLISECONDS = 3_000;
/** What a failover takes after Patroni has decided on it: promotion, connections, and the next look of whoever waits. */
const GRACE_MILLISECONDS = 20_000;

let cluster: PatroniCluster;
let machine: Machine;
let proxy: Proxy;
let replicas: [ApiProcess, ApiProcess];

/** One replica knows every member, the other one a balancer that asks Patroni. */
beforeAll(async () => {
  cluster = await PatroniCluster.start();
  machine = await Machine.over(cluster);
  const logins = readFileSync(join(ROOT, 'deploy/postgres/logins.sh'), 'utf8');
  await cluster.run('sh', ['-c', logins], { POSTGRES_USER: 'postgres', POSTGRES_DB: 'behalf', APP_PASSWORD });
  const ports = await proxyPorts();
  const common = { ISSUER: `https://localhost:${ports.tls}`, TRUSTED_PROXIES: '127.0.0.1', LOG_LEVEL: 'warn' };
  const direct = { DATABASE_URL: cluster.membersUrl(APP, 'behalf'), DATABASE_OWNER_URL: cluster.membersUrl(cluster.owner, 'behalf') };
  const balanced = { DATABASE_URL: cluster.balancedUrl(APP, 'behalf'), DATABASE_OWNER_URL: cluster.balancedUrl(cluster.owner, 'behalf') };
  const [one, other] = [await unusedPort(), await unusedPort()];
  replicas = [
    await machine.api({ port: one, environment: { ...common, ...direct } }),
    await machine.api({ port: other, environment: { ...common, ...balanced } }),
  ];
  proxy = await startProxy(ports, [one, other]);
});

afterAll(async () => {
  await proxy?.stop();
  await (machine ?? cluster)?.stop();
});

/** Asks again and again for what was acknowledged as ended. */
async function keepAsking(endpoint: Endpoint, ledger: Ledger, seen: { asked: number; late: string[] }, stop: AbortSignal): Promise<void> {
  const dead = ({ revoked, answers, revoked_access_tokens }: Story) =>
    revoked === 'yes' ? answers.slice(-1).map(({ access_token }) => access_token) : revoked_access_tokens;
  while (!stop.aborted) {
    const ended = ledger.stories.slice(-40).flatMap((story) => dead(story).map((token) => ({ story, token })));
    const one = ended[Math.floor(Math.random() * ended.length)];
    const answer = one && (await introspect(endpoint, one.story.client, one.token).catch(() => null));
    if (answer?.body['active'] === true) seen.late.push(one!.token.slice(0, 12));
    if (answer?.status === 200) seen.asked += 1;
    await sleep(5);
  }
}

/** For how long a replica has not been ready, from now on until told to stop. */
async function timeAway({ issuer }: Endpoint, stop: AbortSignal): Promise<number> {
  const [began, last] = [performance.now(), { refused: 0 }];
  while (!stop.aborted) {
    const { status } = await fetch(`${issuer}/health/ready`);
    if (status !== 200) last.refused = performance.now() - began;
    await sleep(20);
  }
  return last.refused;
}

/** What the leader holds now. */
async function withLeader<T>(examine: (database: Parameters<typeof contradictions>[1]) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: machine.url });
  try {
    return await examine({
      sql: async <Row extends object>(text: string, values: unknown[] = []) => (await pool.query<Row>(text, values)).rows,
    });
  } finally {
    await pool.end();
  }
}

/**
 * Lets something happen to the cluster in the middle of everything, and holds the replicas to all that they acknowledged.
 *
 * @returns for how long each of them took no writes, in milliseconds, and what the clients know
 */
async function underLoad(happen: () => Promise<void>): Promise<{ away: number[]; ledger: Ledger }> {
  const [ledger, seen, stop] = [new Ledger(false), { asked: 0, late: [] as string[] }, new AbortController()];
  const pids = replicas.map(({ pid }) => pid);
  const through = { issuer: proxy.origin };
  const end = await startLoad([through], ledger);
  const asking = replicas.map((replica) => keepAsking(replica, ledger, seen, stop.signal));
  await sleep(BEFORE_MILLISECONDS);
  const [before, leader] = [ledger.counts.acknowledged, cluster.leader];
  const away = replicas.map((replica) => timeAway(replica, stop.signal));
  let mended: number;
  try {
    await happen();
    await cluster.untilWhole(leader);
    mended = ledger.counts.acknowledged;
    await sleep(AFTER_MILLISECONDS);
  } finally {
    await end();
    stop.abort();
    await Promise.all(asking);
  }
  expect(await withLeader((database) => contradictions(ledger, database, [...replicas, through]))).toEqual([]);
  expect(await machine.verifyAudit()).toMatchObject({ code: 0 });
  expect(seen.late).toEqual([]);
  expect([before > 50, ledger.counts.acknowledged > mended, seen.asked > 100]).toEqual([true, true, true]);
  expect(replicas.map((replica) => [replica.pid, replica.isAlive()])).toEqual(pids.map((pid) => [pid, true]));
  note('acknowledged', ledger.counts.acknowledged);
  note('503', ledger.counts.unavailable);
  note('slowest 503', ledger.slowest.unavailable);
  note('questions after what had ended', seen.asked);
  return { away: await Promise.all(away), ledger };
}

it('a planned switchover loses nothing acknowledged and revives nothing; both replicas follow by themselves', async () => {
  const { away } = await underLoad(() => cluster.switchOver());
  note('switchover: no writes by every member, ms', away[0]!);
  note('switchover: no writes through HAProxy, ms', away[1]!);
  expect(Math.max(...away)).toBeLessThan(GRACE_MILLISECONDS);
});

it('a leader that is killed loses nothing acknowledged and revives nothing; both replicas follow the next one by themselves', async () => {
  const { away, ledger } = await underLoad(async () => {
    const { leader } = cluster;
    const startAgain = cluster.killLeader();
    await cluster.untilLed(leader);
    startAgain();
  });
  note('leader killed: no writes by every member, ms', away[0]!);
  note('leader killed: no writes through HAProxy, ms', away[1]!);
  expect(ledger.counts.unavailable).toBeGreaterThan(0);
  expect(Math.max(...away)).toBeLessThan(TIMES.ttl * 1_000 + GRACE_MILLISECONDS);
});
