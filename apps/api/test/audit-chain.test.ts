import { createDatabase, dropDatabase } from '@behalf/postgres';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../src/platform/database/migrations/index.js';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, createClient } from './support/browser.js';
import { ADMIN, POSTGRES_URL } from './support/constants.js';

jest.setTimeout(180_000);

const LEAF_BYTES = 42;
const SEALED = /(\d+) entr(?:y|ies) in (\d+) months? .*; (\d+) not sealed yet/;

let api: Api;
let admin: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
});

afterAll(() => api.stop());

let started: Api | undefined;
afterEach(async () => {
  await started?.stop();
  started = undefined;
});

/** A server for a test that leaves its log in another state: nothing is in it yet, not even what the start itself wrote. */
async function startOwn(): Promise<Api> {
  started = await startApi();
  await sealed(started);
  await started.sql('TRUNCATE audit_event, audit_seal');
  return started;
}

interface Row {
  id: string;
  action: string;
}

const rowsOf = async (where = 'true', on = api) => on.sql<Row>(`SELECT id, action FROM audit_event WHERE ${where} ORDER BY position, id`);

/** Waits until every committed row is sealed. */
async function sealed(on = api): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const [row] = await on.sql<{ waiting: number }>(
      `SELECT count(*)::integer AS waiting FROM audit_event a
        WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE (s.position, s.event_id) >= (a.position, a.id))`,
    );
    if (row!.waiting === 0) return;
    if (Date.now() > deadline) throw new Error(`${row!.waiting} rows are not sealed after 10 seconds`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function someRows(count: number, browser = admin): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, n) => createClient(browser, { client_name: `sealed ${n}` })));
}

async function withClient<T>(url: string, options: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, options });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

describe('a superuser who has SQL but not SECRET_KEY', () => {
  let victim: Row;
  let whole: string;

  beforeAll(async () => {
    // At least three seals: the first, the last, and one in between.
    for (const _ of [1, 2, 3]) {
      await someRows(8);
      await sealed();
    }
    victim = (await rowsOf(`action = 'client.created'`))[7]!;
    whole = (await api.verify()).output;
  });

  const COLUMNS = 'id, at, organization_id, action, channel, result, reason, count, position, changes';
  const tamperings: [string, string, string, (row: Row) => RegExp][] = [
    [
      'changes a row',
      `UPDATE audit_event SET result = 'denied' WHERE id = $1`,
      `UPDATE audit_event SET result = 'success' WHERE id = $1`,
      ({ id }) => new RegExp(`Entry ${id} of \\S+Z, client.created, was changed`),
    ],
    [
      'changes one value inside of a change',
      `UPDATE audit_event SET changes = jsonb_set(changes, '{access_token_lifetime_seconds,1}', '3601') WHERE id = $1`,
      `UPDATE audit_event SET changes = jsonb_set(changes, '{access_token_lifetime_seconds,1}', '3600') WHERE id = $1`,
      ({ id }) => new RegExp(`Entry ${id} .*was changed`),
    ],
    [
      'moves a row into another month',
      `UPDATE audit_event SET at = at - interval '5 years' WHERE id = $1`,
      `UPDATE audit_event SET at = at + interval '5 years' WHERE id = $1`,
      ({ id }) => new RegExp(`Entry ${id} .*was changed`),
    ],
    [
      'moves a row to the end of the order',
      `UPDATE audit_event SET position = position + 1000000000 WHERE id = $1`,
      `UPDATE audit_event SET position = position - 1000000000 WHERE id = $1`,
      ({ id }) => new RegExp(`Entry ${id} .*was changed`),
    ],
    [
      'deletes a row',
      `WITH gone AS (DELETE FROM audit_event WHERE id = $1 RETURNING *) INSERT INTO kept SELECT * FROM gone`,
      `INSERT INTO audit_event SELECT * FROM kept WHERE id = $1`,
      ({ id }) => new RegExp(`Entry ${id} of \\S+Z, client.created, is missing`),
    ],
    [
      'puts a row in between',
      `INSERT INTO audit_event (${COLUMNS}) SELECT '00000000-0000-4000-8000-00000000000a', at, organization_id, action, channel, result, reason, count, position, changes FROM audit_event WHERE id = $1`,
      `DELETE FROM audit_event WHERE id = '00000000-0000-4000-8000-00000000000a' AND $1::uuid IS NOT NULL`,
      () => /Entry 00000000-0000-4000-8000-00000000000a of \S+Z, client.created, was added/,
    ],
    [
      'gives a second row the id of one that is sealed',
      `INSERT INTO audit_event (${COLUMNS}) SELECT id, at + interval '1 second', organization_id, action, channel, 'denied', reason, count, position, changes FROM audit_event WHERE id = $1`,
      `DELETE FROM audit_event WHERE id = $1 AND result = 'denied'`,
      ({ id }) => new RegExp(`Entry ${id} .*was (added|changed)`),
    ],
    [
      'takes a row out of its seal',
      `UPDATE audit_seal SET leaves = substr(leaves, ${LEAF_BYTES + 1}) WHERE number = 1 AND $1::uuid IS NOT NULL`,
      'UPDATE audit_seal s SET leaves = k.leaves FROM kept_seals k WHERE k.number = s.number AND $1::uuid IS NOT NULL',
      () => /Seal 1 was changed/,
    ],
    [
      'deletes a seal in between',
      'DELETE FROM audit_seal WHERE number = (SELECT max(number) - 1 FROM audit_seal) AND $1::uuid IS NOT NULL',
      'INSERT INTO audit_seal SELECT k.* FROM kept_seals k WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.number = k.number) AND $1::uuid IS NOT NULL',
      () => /Seal \d+ is missing/,
    ],
    [
      'deletes the oldest seal',
      'DELETE FROM audit_seal WHERE number = 1 AND $1::uuid IS NOT NULL',
      'INSERT INTO audit_seal SELECT k.* FROM kept_seals k WHERE NOT EXISTS (SELECT FROM audit_seal s WHERE s.number = k.number) AND $1::uuid IS NOT NULL',
      () => /Seal 1 is missing/,
    ],
    [
      'says that retention has dropped everything',
      `UPDATE audit_seal SET kept_from = '2999-01-01', anchor = 1 WHERE number = 1 AND $1::uuid IS NOT NULL`,
      'UPDATE audit_seal SET kept_from = NULL, anchor = NULL WHERE $1::uuid IS NOT NULL',
      () => /Seal 1 was changed/,
    ],
  ];

  beforeAll(async () => {
    await api.sql('CREATE TABLE kept (LIKE audit_event)');
    await api.sql('CREATE TABLE kept_seals AS SELECT * FROM audit_seal');
  });

  it.each(tamperings)('who %s is found out, down to the row', async (_, tamper, mend, named) => {
    await api.sql(tamper, [victim.id]);
    const { code, output } = await api.verify();
    await api.sql(mend, [victim.id]);
    expect(output).toMatch(named(victim));
    expect(code).toBe(1);
  });

  it('leaves no trace once everything is as it was: nothing but the rows decides', async () => {
    expect(whole).toMatch(SEALED);
    expect(await api.verify()).toEqual({ code: 0, output: whole });
  });
});

it('without the key nothing is said to be whole', async () => {
  const { code, output } = await api.verify([], Buffer.alloc(32, 7).toString('base64url'));
  expect(output).toContain('SECRET_KEY lacks the key that sealed the key of the audit log');
  expect(code).toBe(1);
  await api.sql('CREATE TABLE kept_key AS SELECT * FROM audit_key');
  await api.sql('DELETE FROM audit_key');
  expect((await api.verify()).output).toContain('The key of the audit log is gone');
  await api.sql('INSERT INTO audit_key SELECT * FROM kept_key');
});

it('what commits late is sealed, in its place', async () => {
  const own = await startOwn();
  await withClient(own.url, '', async (late) => {
    await late.query('BEGIN');
    await late.query(`INSERT INTO audit_event (action, channel, reason) VALUES ('access.denied', 'system', 'late')`);
    await someRows(5, await browserOf(own, ADMIN));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const [before] = await own.sql<{ seals: number }>('SELECT count(*)::integer AS seals FROM audit_seal');
    expect(before!.seals).toBe(0);
    await late.query('COMMIT');
  });
  await sealed(own);
  const [first, ...rest] = await rowsOf('true', own);
  expect(first!.action).toBe('access.denied');
  expect(rest.length).toBeGreaterThanOrEqual(5);
  expect(await own.verify()).toMatchObject({ code: 0, output: expect.stringMatching(/ 0 not sealed yet/) as string });
});

it('several processes seal each row once, and the chain has no gap', async () => {
  const own = await startOwn();
  const others = [await own.replica(), await own.replica()];
  const browsers = await Promise.all([own, ...others].map((each) => browserOf(each, ADMIN)));
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(browsers.map((browser) => someRows(4, browser)));
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  await sealed(own);
  const leaves = await own.sql<{ id: string; times: number }>(
    `SELECT encode(substr(leaves, n * ${LEAF_BYTES} + 1, 16), 'hex') AS id, count(*)::integer AS times
       FROM audit_seal, generate_series(0, length(leaves) / ${LEAF_BYTES} - 1) n GROUP BY 1`,
  );
  const rows = await rowsOf('true', own);
  expect(leaves.map(({ times }) => times)).toEqual(rows.map(() => 1));
  expect(new Set(leaves.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id.replaceAll('-', ''))));
  const [chain] = await own.sql<{ seals: number; newest: number }>(
    'SELECT count(*)::integer AS seals, max(number)::integer AS newest FROM audit_seal',
  );
  expect(chain!.seals).toBe(chain!.newest);
  expect((await own.verify()).code).toBe(0);
});

describe('cutting off the newest entries', () => {
  it('shows against a head that was written down, and in the log of the server that sealed them', async () => {
    const own = await startOwn();
    const browser = await browserOf(own, ADMIN);
    await sealed(own);
    await someRows(3, browser);
    await sealed(own);
    const head = /Head of the chain: (\S+)/.exec((await own.verify()).output)![1]!;
    expect((await own.verify(['--head', head])).code).toBe(0);

    await own.sql(`DELETE FROM audit_event WHERE action = 'client.created'`);
    await own.sql('DELETE FROM audit_seal WHERE number > 1');
    expect(await own.verify()).toMatchObject({ code: 0 });
    const cut = await own.verify(['--head', head]);
    expect(cut.output).toContain(`The head ${head} is not in the chain`);
    expect(cut.code).toBe(1);
    const deadline = Date.now() + 5_000;
    while (!own.logs().includes('the audit log was cut or replaced') && Date.now() < deadline) await new Promise((r) => setTimeout(r, 100));
    expect(own.logs()).toContain(`seal ${head} was its head and is not in it any more`);
  });
});

describe('months', () => {
  const insert = `INSERT INTO audit_event (at, action, channel, reason) SELECT $1::timestamptz + n * interval '1 hour', 'access.denied', 'system', 'old'
    FROM generate_series(1, 30) n`;
  const partitions = async (on: Api) =>
    (
      await on.sql<{ name: string }>(`SELECT relname AS name FROM pg_class WHERE relname ~ '^audit_event_\\d' AND relkind = 'r' ORDER BY 1`)
    ).map(({ name }) => name);

  it('whole ones are dropped when their time is over, and what is left can be verified', async () => {
    const own = await startOwn();
    for (const month of ['2024-01-10', '2024-02-10', '2024-03-30T20:00:00Z', '2024-05-10']) {
      await own.sql(insert, [month]);
      await sealed(own);
    }
    await own.upkeep(36_500);
    expect(await partitions(own)).toEqual(
      expect.arrayContaining(['audit_event_2024_01', 'audit_event_2024_02', 'audit_event_2024_03', 'audit_event_2024_04']),
    );
    expect(await own.sql('SELECT FROM audit_event_default')).toHaveLength(0);
    const before = SEALED.exec((await own.verify()).output)!;

    // 2024-04-15 minus 20 days lies in March, which is kept whole.
    await own.upkeep(20, '2024-04-15T00:00:00Z');
    expect((await partitions(own)).slice(0, 2)).toEqual(['audit_event_2024_03', 'audit_event_2024_04']);
    const [{ anchor }] = (await own.sql<{ anchor: number }>('SELECT min(number)::integer AS anchor FROM audit_seal')) as [
      { anchor: number },
    ];
    expect(anchor).toBeGreaterThan(1);
    await someRows(2, await browserOf(own, ADMIN));
    await sealed(own);
    const after = await own.verify();
    expect(after).toMatchObject({ code: 0, output: expect.stringContaining('before 2024-03-01T00:00:00.000Z were dropped') as string });
    expect(Number(SEALED.exec(after.output)![1])).toBe(Number(before[1]) - 60 + 3);

    // Again, with nothing to do, and once more beyond the end of a seal that spans two months.
    await own.upkeep(20, '2024-04-15T00:00:00Z');
    await own.upkeep(20, '2024-05-15T00:00:00Z');
    expect((await partitions(own))[0]).toBe('audit_event_2024_04');
    expect(await own.verify()).toMatchObject({ code: 0 });

    await own.sql(`DELETE FROM audit_event WHERE id = (SELECT id FROM audit_event WHERE at >= '2024-04-01' ORDER BY at LIMIT 1)`);
    expect((await own.verify()).output).toMatch(/of 2024-04-01T\S+, access.denied, is missing/);
  });

  it('dropping by hand what retention would have kept is found out, with its seals or without', async () => {
    const own = await startOwn();
    await own.sql(insert, ['2024-01-10']);
    await sealed(own);
    await own.sql(insert, ['2024-02-10']);
    await sealed(own);
    await own.upkeep(36_500);
    await own.sql('DROP TABLE audit_event_2024_01');
    expect((await own.verify()).output).toMatch(/of 2024-01-\S+, access.denied, is missing/);
    await own.sql('DELETE FROM audit_seal WHERE number = 1');
    expect((await own.verify()).output).toContain('Seal 1 is missing');
  });

  it('a month that is made late takes over the rows that came before it, and gives nobody a right', async () => {
    const own = await startOwn();
    await own.sql('ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO behalf_app');
    await own.sql('ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC');
    await own.sql(insert, ['2031-06-15']);
    expect(await own.sql('SELECT FROM audit_event_default')).toHaveLength(30);
    const before = await rowsOf('true', own);
    await own.upkeep(36_500);
    expect(await own.sql('SELECT FROM audit_event_default')).toHaveLength(0);
    expect(await own.sql('SELECT FROM audit_event_2031_06')).toHaveLength(30);
    expect(await rowsOf('true', own)).toEqual(before);
    await sealed(own);
    expect(await own.verify()).toMatchObject({ code: 0 });
    await withClient(own.url, '-c role=behalf_app', async (app) => {
      for (const text of ['SELECT FROM', 'UPDATE', 'DELETE FROM', 'INSERT INTO']) {
        const rest = text === 'UPDATE' ? ' SET reason = NULL' : text === 'INSERT INTO' ? ` (action, channel) VALUES ('x', 'ui')` : '';
        await expect(app.query(`${text} audit_event_2031_06${rest}`)).rejects.toMatchObject({ code: '42501' });
      }
    });
    await own.sql('ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM behalf_app');
    await own.sql('ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC');
  });

  it('this one and the next three are there in advance', async () => {
    await api.upkeep(36_500, '2030-11-05T00:00:00Z');
    expect(await partitions(api)).toEqual(
      expect.arrayContaining(['audit_event_2030_11', 'audit_event_2030_12', 'audit_event_2031_01', 'audit_event_2031_02']),
    );
  });
});

it('after a move to a server that counts its transactions from below, rows are sealed on', async () => {
  const own = await startOwn();
  const position = (offset: string) =>
    own.sql(
      `CREATE OR REPLACE FUNCTION audit_position(xact xid8) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN xact::text::bigint + ${offset}`,
    );
  await position('5000000');
  const browser = await browserOf(own, ADMIN);
  await someRows(3, browser);
  await sealed(own);
  await position('0');
  await own.upkeep(365);
  await someRows(3, browser);
  await sealed(own);
  expect(await own.verify()).toMatchObject({ code: 0, output: expect.stringMatching(/ 0 not sealed yet/) as string });
});

it('the application can neither change nor delete what was audited or sealed, nor choose a place in the order', async () => {
  await withClient(api.url, '-c role=behalf_app', async (app) => {
    for (const text of [
      `UPDATE audit_event SET reason = 'x'`,
      'DELETE FROM audit_event',
      'TRUNCATE audit_event',
      `INSERT INTO audit_event (action, channel, position) VALUES ('client.created', 'ui', 1)`,
      'DELETE FROM audit_event_default',
      `INSERT INTO audit_event_default (action, channel) VALUES ('client.created', 'ui')`,
      `UPDATE audit_seal SET anchor = 1`,
      'DELETE FROM audit_seal',
      'TRUNCATE audit_seal',
      'DELETE FROM audit_key',
      `UPDATE audit_key SET id = gen_random_uuid()`,
      'ALTER TABLE audit_event DETACH PARTITION audit_event_default',
      `SELECT audit_month(now())`,
    ]) {
      await expect(app.query(text)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

/** Migrations that come before the one which sorts the log. */
const BEFORE_THE_MONTHS = 2;

it('a log of before the months is sorted into them, and goes back where it came from', async () => {
  const server = process.env[POSTGRES_URL]!;
  const name = `t_${process.env['JEST_WORKER_ID']}_migration`;
  const url = await createDatabase(server, name);
  const dataSource = await new DataSource({ type: 'postgres', url, migrations: [MIGRATIONS[0]!], poolSize: 1 }).initialize();
  await dataSource.runMigrations();
  await dataSource.query(
    `INSERT INTO audit_event (at, action, channel) SELECT at, 'client.created', 'ui'
       FROM generate_series(timestamptz '2026-01-31 23:00:00Z', '2026-04-01 01:00:00Z', interval '1 hour') at`,
  );
  const count = async (table: string) =>
    (await dataSource.query<[{ rows: number }]>(`SELECT count(*)::integer AS rows FROM ${table}`))[0].rows;
  const all = await count('audit_event');
  await dataSource.destroy();

  const migrated = await new DataSource({ type: 'postgres', url, migrations: MIGRATIONS, poolSize: 1 }).initialize();
  await migrated.runMigrations();
  const counted = await migrated.query<{ month: string; rows: number }[]>(
    `SELECT tableoid::regclass::text AS month, count(*)::integer AS rows FROM audit_event GROUP BY 1 ORDER BY 1`,
  );
  expect(counted).toEqual([
    { month: 'audit_event_2026_01', rows: 1 },
    { month: 'audit_event_2026_02', rows: 28 * 24 },
    { month: 'audit_event_2026_03', rows: 31 * 24 },
    { month: 'audit_event_2026_04', rows: 2 },
  ]);
  for (const _ of MIGRATIONS.slice(BEFORE_THE_MONTHS)) await migrated.undoLastMigration();
  expect(await migrated.query('SELECT count(*)::integer AS rows FROM audit_event_default')).toEqual([{ rows: all }]);
  await migrated.destroy();
  await dropDatabase(server, name);
});
