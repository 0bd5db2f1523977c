import pg from 'pg';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createDatabase, dropDatabase, findPostgres, type Postgres, PostgresError, startPostgres } from './index.js';

const DEAD_PID = 4_194_305;

let folder: string;
let dataDir: string;
let postgres: Postgres | undefined;

/** One cluster for all: making it is what takes time. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'behalf-postgres-'));
  dataDir = join(folder, 'parent', 'postgres');
  await (await start()).stop();
});
afterEach(async () => {
  await postgres?.stop();
  postgres = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const start = async (directory = dataDir): Promise<Postgres> => (postgres = await startPostgres({ dataDir: directory, durable: false }));

async function query<T extends pg.QueryResultRow>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

it('keeps data over a restart', async () => {
  const first = await start();
  await first.ensureDatabase('kept');
  await query(first.url('kept'), 'CREATE TABLE note (text text); INSERT INTO note VALUES ($$für immer$$)');
  await first.stop();
  const second = await start();
  await second.ensureDatabase('kept');
  expect(await query(second.url('kept'), 'SELECT text FROM note')).toEqual([{ text: 'für immer' }]);
});

it('compares text the same on every machine', async () => {
  const { url } = await start();
  const sql =
    'SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) AS encoding FROM pg_database WHERE datname = current_database()';
  expect(await query(url(), sql)).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8', encoding: 'UTF8' }]);
});

it('lets nobody in without the password, and listens on loopback alone', async () => {
  const { url } = await start();
  const stranger = new URL(url());
  stranger.password = 'guess';
  await expect(query(stranger.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  const shown = await query(
    url(),
    "SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets",
  );
  expect(shown).toEqual([{ addresses: '127.0.0.1', sockets: '' }]);
  expect(statSync(`${dataDir}.password`).mode & 0o777).toBe(0o600);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
});

it('copies a database, and drops it under whoever is still connected', async () => {
  const { url } = await start();
  const template = await createDatabase(url(), 'a "strange" name');
  await query(template, 'CREATE TABLE copied AS SELECT 1 AS n');
  const copy = await createDatabase(url(), 'copy', 'a "strange" name');
  const guest = new pg.Client({ connectionString: copy });
  await guest.connect();
  const ended = new Promise((resolve) => guest.on('error', resolve));
  expect((await guest.query('SELECT n FROM copied')).rows).toEqual([{ n: 1 }]);
  await dropDatabase(url(), 'copy');
  expect(await ended).toMatchObject({ code: '57P01' });
  await expect(query(copy, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

it('refuses a directory that a server uses, and names its process', async () => {
  await start();
  const [pid] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  const second = startPostgres({ dataDir, durable: false });
  await expect(second).rejects.toThrow(new PostgresError(`The data directory ${dataDir} is in use by process ${pid}.`));
});

it('leads a command to the server that runs in a directory, and to none where it has stopped', async () => {
  expect(findPostgres(dataDir)).toBeNull();
  const { url, stop } = await start();
  expect(findPostgres(dataDir)!('template1')).toBe(url('template1'));
  await stop();
  expect(findPostgres(dataDir)).toBeNull();
  expect(findPostgres(join(folder, 'nowhere'))).toBeNull();
});

it('starts over the lock file of a process that is gone, or is another program by now', async () => {
  const { uid, gid } = statSync(dataDir);
  const other = spawn('sleep', ['60'], { uid, gid });
  for (const pid of [DEAD_PID, other.pid]) {
    writeFileSync(join(dataDir, 'postmaster.pid'), `${pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n  1  1\nready   \n`);
    const { url, stop } = await start();
    expect(await query(url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await stop();
  }
  other.kill();
});

it('starts again by itself, in the same place, when it was killed, and stays stopped when it was told to', async () => {
  postgres = await startPostgres({ dataDir, durable: true, revive: true });
  const { url, stop } = postgres;
  await query(url(), 'CREATE TABLE survivor AS SELECT 1 AS n');
  for (let time = 0; time < 2; time += 1) {
    const [pid] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGKILL');
    const read = async () => query<{ n: number }>(url(), 'SELECT n FROM survivor').catch(() => null);
    let rows = await read();
    for (let waited = 0; !rows && waited < 10_000; waited += 50) {
      await setTimeout(50);
      rows = await read();
    }
    expect(rows).toEqual([{ n: 1 }]);
  }
  await stop();
  await setTimeout(1_000);
  expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
});

it('tells once why it does not start again, tells another reason too, and goes on trying', async () => {
  const told: string[] = [];
  postgres = await startPostgres({ dataDir, durable: true, revive: true, warn: (message) => told.push(message.replaceAll(folder, '')) });
  const until = async (count: number) => {
    for (let waited = 0; told.length < count && waited < 20_000; waited += 50) await setTimeout(50);
  };
  const away = ['postgresql.conf', 'global/pg_control'].map((name) => join(dataDir, name));
  for (const file of away) renameSync(file, `${file}.away`);
  const [pid] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
  await until(2);
  // Time for two more attempts, which say the same.
  await setTimeout(1_000);
  renameSync(`${away[0]}.away`, away[0]!);
  await until(3);
  renameSync(`${away[1]}.away`, away[1]!);
  const { url } = postgres;
  const answers = () => query(url(), 'SELECT 1 AS one').catch(() => null);
  let rows = await answers();
  for (let waited = 0; !rows && waited < 20_000; waited += 50) {
    await setTimeout(50);
    rows = await answers();
  }
  expect(rows).toEqual([{ one: 1 }]);
  expect(told).toEqual([
    'PostgreSQL ended without having been told to; it is started again.',
    expect.stringMatching(/^PostgreSQL did not start: .*postgresql\.conf/),
    expect.stringMatching(/^PostgreSQL did not start: .*could not find the database system/),
  ]);
});

it('stops at once while it waits to start again', async () => {
  const told: string[] = [];
  postgres = await startPostgres({ dataDir, durable: true, revive: true, warn: (message) => told.push(message) });
  const file = join(dataDir, 'postgresql.conf');
  renameSync(file, `${file}.away`);
  const [pid] = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  process.kill(Number(pid), 'SIGKILL');
  while (told.length < 2) await setTimeout(50);
  await setTimeout(3_500);
  const began = performance.now();
  await postgres.stop();
  renameSync(`${file}.away`, file);
  expect(performance.now() - began).toBeLessThan(1_500);
});

describe('when its parent is killed', () => {
  const parent = async (): Promise<ChildProcess> => {
    const build = pathToFileURL(join(__dirname, '../dist/index.js')).href;
    const program = `const { startPostgres } = await import('${build}'); const p = await startPostgres({ dataDir: process.env.DIR, durable: false }); console.log(p.url()); setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, DIR: dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    return child;
  };

  it('stops within 5 seconds of a SIGKILL', async () => {
    const child = await parent();
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(true);
    child.kill('SIGKILL');
    for (let waited = 0; waited < 5_000 && existsSync(join(dataDir, 'postmaster.pid')); waited += 50) await setTimeout(50);
    expect(existsSync(join(dataDir, 'postmaster.pid'))).toBe(false);
  });

  it('lets the next start wait for its end', async () => {
    (await parent()).kill('SIGKILL');
    const { url } = await start();
    expect(await query(url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

it('makes a cluster anew that was killed while it was made', async () => {
  const directory = join(folder, 'unfinished', 'postgres');
  mkdirSync(join(`${directory}.new-${DEAD_PID}-abcdef`, 'data', 'base'), { recursive: true });
  await start(directory);
  expect(readdirSync(join(folder, 'unfinished')).sort()).toEqual(['postgres', 'postgres.password']);
});

describe('says in one sentence', () => {
  const refusal = async (name: string, prepare: (directory: string) => void): Promise<string> => {
    const directory = join(folder, name, 'postgres');
    mkdirSync(join(folder, name));
    prepare(directory);
    const error: unknown = await startPostgres({ dataDir: directory, durable: false }).catch((fault: unknown) => fault);
    expect(error).toBeInstanceOf(PostgresError);
    return (error as Error).message.replaceAll(folder, '');
  };

  it('that another version made the data', async () => {
    const message = await refusal('old', (directory) => {
      mkdirSync(directory);
      writeFileSync(join(directory, 'PG_VERSION'), '9\n');
    });
    expect(message).toMatch(
      /^The data directory \/old\/postgres was made by PostgreSQL 9 and this is PostgreSQL \d+: move its data with a dump, or choose another directory\.$/,
    );
  });

  it('that the directory is somebody else’s', async () => {
    const message = await refusal('foreign', (directory) => {
      mkdirSync(directory);
      writeFileSync(join(directory, 'thesis.txt'), 'years of work');
    });
    expect(message).toBe('The directory /foreign/postgres holds files but no PostgreSQL data; empty it or choose another one.');
    expect(readdirSync(join(folder, 'foreign', 'postgres'))).toEqual(['thesis.txt']);
  });

  it('that the folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    const refused = startPostgres({ dataDir: join(folder, 'file', 'postgres'), durable: false });
    await expect(refused).rejects.toThrow(new PostgresError(`The folder ${join(folder, 'file')} cannot be written: a file is in its way.`));
  });

  it('that the password is missing', async () => {
    const message = await refusal('lost', (directory) => {
      mkdirSync(directory);
      writeFileSync(join(directory, 'PG_VERSION'), readFileSync(join(dataDir, 'PG_VERSION')));
    });
    expect(message).toBe('The file /lost/postgres.password with the password of the data directory /lost/postgres is missing; restore it.');
  });

  it('that the port is taken', async () => {
    const { port } = await start();
    const directory = join(folder, 'unfinished', 'postgres');
    const refused = startPostgres({ dataDir: directory, durable: false, port });
    await expect(refused).rejects.toThrow(new PostgresError(`Port ${port} on 127.0.0.1 is in use by another program.`));
  });
});
