import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { Postgres } from '@behalf/postgres';
import { unusedPort } from '../support/scrape.js';
import { ACCOUNT, BIN, serverFolder } from './debian-postgres.js';

const START_MILLISECONDS = 120_000;
const STOP_MILLISECONDS = 20_000;
const POLL_MILLISECONDS = 100;
const SUPERUSER = 'postgres';
const PASSWORD = 'of-a-test-alone';

/** Shorter than Patroni's own 30, 10 and 10, as low as `ttl` may be: a leader that died is waited for that long. */
export const TIMES = { ttl: 20, loop_wait: 5, retry_timeout: 5 } as const;

/** What docs/operations.md tells an operator to set. */
const SYNCHRONOUS = { synchronous_mode: true, synchronous_mode_strict: true } as const;

interface Member {
  readonly name: string;
  readonly port: number;
  readonly rest: number;
  readonly data: string;
  readonly config: string;
  patroni: ChildProcess | undefined;
}

/** What Patroni says of a member. */
interface Told {
  readonly name: string;
  readonly role: string;
  readonly state: string;
}

/** Three members of Debian's Patroni over one etcd, as processes, and a balancer that asks Patroni for the leader. */
export class PatroniCluster implements Postgres {
  readonly #members: Member[] = [];
  #leader!: Member;
  #etcd!: ChildProcess;
  #haproxy!: ChildProcess;
  #balanced!: number;

  private constructor(readonly folder: string) {}

  static async start(): Promise<PatroniCluster> {
    const cluster = new PatroniCluster(serverFolder());
    try {
      const etcd = await cluster.#startEtcd();
      for (const name of ['one', 'two', 'three']) cluster.#members.push(await describeMember(cluster.folder, name, etcd));
      for (const member of cluster.#members) cluster.#launch(member);
      await cluster.untilWhole();
      await cluster.#startHaproxy();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** The leader's own address, as of the last time that the cluster was whole. */
  readonly url = (database = 'postgres') => `postgres://${SUPERUSER}:${PASSWORD}@127.0.0.1:${this.#leader.port}/${database}`;

  get port(): number {
    return this.#leader.port;
  }

  get leader(): string {
    return this.#leader.name;
  }

  /** User and password of the superuser, as they stand in a URL. */
  readonly owner = `${SUPERUSER}:${PASSWORD}`;

  /** Runs a program with the leader's address in its environment. */
  async run(program: string, args: readonly string[], environment: Record<string, string>): Promise<void> {
    const where = { PGHOST: '127.0.0.1', PGPORT: String(this.port), PGUSER: SUPERUSER, PGPASSWORD: PASSWORD };
    await promisify(execFile)(program, [...args], { env: { PATH: `${BIN}:/usr/bin:/bin`, ...where, ...environment } });
  }

  /** Every member, in one URL. */
  membersUrl(login: string, database: string): string {
    const hosts = this.#members.map(({ port }) => `127.0.0.1:${port}`).join(',');
    return `postgres://${login}@${hosts}/${database}?target_session_attrs=read-write`;
  }

  /** By way of the balancer. */
  balancedUrl(login: string, database: string): string {
    return `postgres://${login}@127.0.0.1:${this.#balanced}/${database}`;
  }

  async ensureDatabase(name: string): Promise<void> {
    await this.run('createdb', [name], {});
  }

  /** SIGKILL to the leader's Patroni and PostgreSQL, as when its machine dies. @returns how to start it again */
  killLeader(): () => void {
    const member = this.#leader;
    member.patroni!.kill('SIGKILL');
    process.kill(postmasterOf(member), 'SIGKILL');
    return () => this.#launch(member);
  }

  /** What an operator does before the leader's machine is worked on. */
  async switchOver(): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.#leader.rest}/switchover`, {
      method: 'POST',
      body: JSON.stringify({ leader: this.#leader.name }),
    });
    if (answer.status !== 200) throw new Error(`the switchover answered ${answer.status} ${await answer.text()}`);
  }

  /** Resolves when all members stream from one leader, one of them synchronously. @param but a leader that it must not be */
  async untilWhole(but?: string): Promise<void> {
    await this.#until((told) => {
      const roles = told.map(({ role, state }) => `${role} ${state}`);
      const sound = roles.filter((role) => /^(leader|sync_standby|replica) (running|streaming)$/.test(role));
      return sound.length === this.#members.length && roles.includes('sync_standby running') && leaderOf(told) !== but;
    });
  }

  /** Resolves when there is another leader. */
  async untilLed(but: string): Promise<void> {
    await this.#until((told) => told.some(({ name, role, state }) => role === 'leader' && state === 'running' && name !== but));
  }

  async stop(): Promise<void> {
    const processes = [this.#haproxy, ...this.#members.map(({ patroni }) => patroni), this.#etcd].filter((each) => each !== undefined);
    for (const each of processes.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      const gone = once(each, 'close');
      each.kill('SIGTERM');
      await Promise.race([gone, sleep(STOP_MILLISECONDS, undefined, { ref: false }).then(() => each.kill('SIGKILL'))]);
    }
    for (const member of this.#members) killLeftover(member);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #until(isSo: (told: readonly Told[]) => boolean): Promise<void> {
    const deadline = performance.now() + START_MILLISECONDS;
    let told: readonly Told[] = [];
    while (performance.now() < deadline) {
      told = await this.#cluster();
      const leader = this.#members.find(({ name }) => name === leaderOf(told));
      if (leader && isSo(told)) return void (this.#leader = leader);
      await sleep(POLL_MILLISECONDS);
    }
    throw new Error(`the cluster did not become whole: ${JSON.stringify(told)}`);
  }

  /** Whoever answers first. */
  async #cluster(): Promise<readonly Told[]> {
    for (const { rest } of this.#members) {
      const answer = await fetch(`http://127.0.0.1:${rest}/cluster`).catch(() => null);
      if (answer?.ok) return ((await answer.json()) as { members: Told[] }).members;
    }
    return [];
  }

  async #startEtcd(): Promise<number> {
    const [client, peer] = [await unusedPort(), await unusedPort()];
    const at = (port: number) => `http://127.0.0.1:${port}`;
    const clients = [`--listen-client-urls=${at(client)}`, `--advertise-client-urls=${at(client)}`];
    const peers = [`--listen-peer-urls=${at(peer)}`, `--initial-advertise-peer-urls=${at(peer)}`, `--initial-cluster=default=${at(peer)}`];
    this.#etcd = this.#spawn('etcd', [`--data-dir=${join(this.folder, 'etcd')}`, ...clients, ...peers]);
    return client;
  }

  #launch(member: Member): void {
    member.patroni = this.#spawn('patroni', [member.config]);
  }

  /** Sessions of a member that is no leader any more are cut: those would go on with what it last knew. */
  async #startHaproxy(): Promise<void> {
    this.#balanced = await unusedPort();
    const servers = this.#members.map(
      ({ name, port, rest }) =>
        `  server ${name} 127.0.0.1:${port} check port ${rest} inter 1s fall 2 rise 1 on-marked-down shutdown-sessions`,
    );
    const file = join(this.folder, 'haproxy.cfg');
    const lines = [
      'defaults',
      '  mode tcp',
      '  timeout connect 2s',
      '  timeout client 1h',
      '  timeout server 1h',
      'listen leader',
      `  bind 127.0.0.1:${this.#balanced}`,
      '  option httpchk GET /primary',
      ...servers,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    this.#haproxy = this.#spawn('haproxy', ['-db', '-f', file]);
  }

  #spawn(program: string, args: readonly string[]): ChildProcess {
    const env = { PATH: `/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C.UTF-8', HOME: this.folder };
    return spawn(program, args, { ...ACCOUNT, cwd: this.folder, env, stdio: 'ignore' });
  }
}

const leaderOf = (told: readonly Told[]) => told.find(({ role }) => role === 'leader')?.name;

function postmasterOf({ data }: Member): number {
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]);
}

function killLeftover(member: Member): void {
  try {
    process.kill(postmasterOf(member), 'SIGQUIT');
  } catch {
    // It has ended already.
  }
}

/** One member's configuration, in a file. */
async function describeMember(folder: string, name: string, etcd: number): Promise<Member> {
  const [port, rest] = [await unusedPort(), await unusedPort()];
  const home = join(folder, name);
  mkdirSync(home);
  if (ACCOUNT.uid !== undefined) chownSync(home, ACCOUNT.uid, ACCOUNT.gid);
  const login = (username: string) => ({ username, password: PASSWORD });
  const parameters = { synchronous_commit: 'on', max_connections: 200, unix_socket_directories: '' };
  const settings = {
    scope: 'behalf',
    name,
    log: { dir: home },
    restapi: { listen: `127.0.0.1:${rest}`, connect_address: `127.0.0.1:${rest}` },
    etcd3: { host: `127.0.0.1:${etcd}` },
    bootstrap: {
      dcs: { ...TIMES, ...SYNCHRONOUS, postgresql: { use_pg_rewind: true, parameters } },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C.UTF-8' }, 'data-checksums'],
      pg_hba: ['host all all 127.0.0.1/32 scram-sha-256', 'host replication all 127.0.0.1/32 scram-sha-256'],
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${port}`,
      data_dir: join(home, 'data'),
      bin_dir: BIN,
      pgpass: join(home, 'pgpass'),
      authentication: { superuser: login(SUPERUSER), replication: login('replicator'), rewind: login(SUPERUSER) },
    },
  };
  const config = join(home, 'patroni.yml');
  writeFileSync(config, stringify(settings));
  return { name, port, rest, data: join(home, 'data'), config, patroni: undefined };
}
