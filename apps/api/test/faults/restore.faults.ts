import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Browser, browserOf, createClient, introspect, obtainTokens, refresh, type TestClient, userinfo } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { type DebianPostgres, serverFolder, startDebianPostgres } from './debian-postgres.js';
import { Machine } from './machine.js';

jest.setTimeout(150_000);

const BEHALF = join(__dirname, '../../../cli/bin/behalf.js');
const SECRET_KEY = randomBytes(32).toString('base64url');
const environment = { SECRET_KEY };

let postgres: DebianPostgres;
let machine: Machine;
let client: TestClient;
let user: Browser;
let tokens: Awaited<ReturnType<typeof obtainTokens>>;
let dump: string;
let roles: string;
let copied: string;

/** Runs the command as an operator does. */
function behalf(args: readonly string[], url: string): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'], ISSUER: 'http://localhost:1', DATABASE_URL: url, SECRET_KEY };
  return new Promise((resolve) => {
    execFile(process.execPath, [BEHALF, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

/** An installation with live tokens, backed up both ways while it serves; after that its client is paused. */
beforeAll(async () => {
  postgres = await startDebianPostgres(serverFolder());
  machine = await Machine.over(postgres);
  const api = await machine.api({ environment });
  const admin = await browserOf(api, ADMIN);
  user = await browserOf(api, DEV);
  client = await createClient(admin);
  tokens = await obtainTokens(api, user, client);
  const folder = serverFolder();
  dump = join(folder, 'behalf.dump');
  roles = join(folder, 'roles.sql');
  copied = serverFolder();
  await postgres.run('pg_dumpall', ['--roles-only', `--file=${roles}`]);
  await postgres.run('pg_dump', ['--format=custom', `--file=${dump}`, 'behalf']);
  await postgres.run('pg_basebackup', [`--pgdata=${join(copied, 'data')}`, '--checkpoint=fast', '--wal-method=stream']);
  const paused = await admin.send('PUT', `/api/v1/oauth-clients/${client.client_id}/status`, { status: 'disabled' });
  if (paused.status !== 200) throw new Error(`the pause answered ${paused.status} ${paused.text}`);
  await api.stop();
});

afterAll(() => machine.stop());

const RESTORES: [string, () => Promise<DebianPostgres>][] = [
  [
    'pg_dump and pg_restore',
    async () => {
      const restored = await startDebianPostgres(serverFolder());
      // The superuser is there already, which the file does not know.
      await restored.run('psql', ['--quiet', '--dbname=postgres', `--file=${roles}`]);
      await restored.ensureDatabase('behalf');
      await restored.run('pg_restore', ['--exit-on-error', '--dbname=behalf', dump]);
      return restored;
    },
  ],
  ['pg_basebackup', () => startDebianPostgres(copied, { isThere: true })],
];

it.each(RESTORES)('restored by %s, nothing that lived when the backup was taken lives, and the audit log is whole', async (_, restore) => {
  const restored = await restore();
  const again = await Machine.over(restored);
  try {
    const url = restored.url('behalf');
    const checked = await behalf(['backup', 'check'], url);
    expect(checked).toEqual({ code: 0, output: expect.stringContaining('The audit log is whole.') });
    const before = await again.sql<{ count: string }>('SELECT count(*) FROM authorization_grant WHERE revoked_at IS NULL');
    expect(Number(before[0]!.count)).toBeGreaterThan(0);
    expect(await behalf(['after-restore', '--yes'], url)).toMatchObject({ code: 0 });

    const api = await again.api({ environment });
    const admin = await browserOf(api, ADMIN);
    // The pause came after the backup, so that the client is back, and proves itself: only its tokens are dead.
    expect((await introspect(api, client, tokens.access_token)).body).toEqual({ active: false });
    expect((await userinfo(api, tokens.access_token)).status).toBe(401);
    expect((await refresh(api, client, tokens.refresh_token!)).body).toMatchObject({ error: 'invalid_grant' });
    expect((await user.at(api).get('/api/v1/session')).status).toBe(401);
    const renewed = await obtainTokens(api, await browserOf(api, DEV), client);
    expect((await introspect(api, client, renewed.access_token)).body).toMatchObject({ active: true });
    expect((await admin.get('/api/v1/audit-events?limit=1')).status).toBe(200);
    await api.stop();
    expect(await behalf(['audit', 'verify'], url)).toEqual({ code: 0, output: expect.stringContaining('The audit log is whole.') });
  } finally {
    await again.stop();
  }
});
