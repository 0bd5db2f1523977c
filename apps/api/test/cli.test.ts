import { createDatabase, dropDatabase } from '@behalf/postgres';
import type { Client, CreatedClient, Page, TokenResponse, User } from '@behalf/domain';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Api, startApi } from './support/api.js';
import { allow, Browser, browserOf, createClient, introspect, obtainTokens } from './support/browser.js';
import { ADMIN, POSTGRES_URL } from './support/constants.js';
import { StandInBrowser } from './support/stand-in-browser.js';

const BEHALF = join(__dirname, '../../cli/bin/behalf.js');
const CLIENTS = '/api/v1/oauth-clients?limit=200';
const OWNER_ALONE = 0o600;
const SECRET_KEY = randomBytes(32).toString('base64url');

let api: Api;
let admin: Browser;
let folder: string;

beforeAll(async () => {
  api = await startApi({ SECRET_KEY });
  admin = await browserOf(api, ADMIN);
  folder = mkdtempSync(join(tmpdir(), 'behalf-cli-'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await api.stop();
});

interface Run {
  readonly input?: string;
  readonly environment?: Record<string, string>;
  /** Sees what was printed so far. */
  readonly onOutput?: (output: string) => void;
}

/** Runs the command as an operator does, in an environment of its own. */
function behalf(args: readonly string[], { input = '', environment = {}, onOutput }: Run = {}): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'], XDG_CONFIG_HOME: folder, BCRYPT_COST: '4', BROWSER: 'none', ...environment };
  const child = spawn(process.execPath, [BEHALF, ...args], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onOutput?.(output);
    });
  }
  child.stdin.end(input);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, output })));
}

const onServer = (changed: Record<string, string> = {}) => ({ ISSUER: api.issuer, DATABASE_URL: api.url, SECRET_KEY, ...changed });
const credentials = () => join(folder, 'behalf/credentials.json');
const modeOf = (file: string) => statSync(file).mode & 0o777;

const ADDRESS = /^http\S+\/oauth2\/authorize\?\S+$/m;

/** Signs in as the administrator does it: the address that is printed, opened in a browser. */
async function logIn(): Promise<{ code: number; output: string }> {
  const { client_id } = await commandClient('behalf command');
  let following: Promise<void> | undefined;
  let abandon: (reason: unknown) => void = () => undefined;
  const abandoned = new Promise<never>((_, reject) => (abandon = reject));
  const onOutput = (output: string) => {
    const address = ADDRESS.exec(output)?.[0];
    if (address) following ??= follow(address).catch(abandon);
  };
  return Promise.race([behalf(['login', '--issuer', `${api.issuer}/`, '--client-id', client_id], { onOutput }), abandoned]);
}

const commandClient = (client_name: string) =>
  createClient(admin, {
    client_name,
    client_type: 'public',
    access_preset: 'full_access',
    redirect_uris: ['http://127.0.0.1/callback'],
  });

async function follow(address: string): Promise<void> {
  const authorize = await admin.get(address);
  const location = new URL(authorize.headers.get('location')!, api.issuer);
  const callback = await allow(admin, location.searchParams.get('request_id')!, ['Production']);
  // Any page of the browser can call the address; only the answer that carries the state counts.
  const forged = new URL(callback);
  forged.searchParams.set('state', 'guess');
  expect((await fetch(forged)).status).toBe(404);
  expect(await statusOf(forged, '//')).toBe(404);
  await fetch(callback);
}

/** Of a request target as it stands: `fetch` would make an address of it. */
function statusOf({ hostname, port }: URL, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ hostname, port, path }, (response) => resolve(response.resume().statusCode)).once('error', reject);
  });
}

function declare(text: string): string {
  const file = join(folder, 'clients.yaml');
  writeFileSync(file, text);
  return file;
}

const named = async (name: string) => (await admin.get<Page<Client>>(CLIENTS)).body.items.filter(({ client_name }) => client_name === name);

describe('signed in by behalf login', () => {
  it('goes on with the answer to its own request alone, and to no issuer in the clear', async () => {
    expect(await logIn()).toEqual({ code: 0, output: expect.stringContaining('You are signed in.') });
    const clear = await behalf(['login', '--issuer', 'http://id.example', '--client-id', 'x', '--credentials', join(folder, 'none')]);
    expect([clear.code, clear.output]).toEqual([1, expect.stringContaining('--issuer http://id.example')]);
  });

  it('keeps the sign-in for its owner alone, and says whose it is', async () => {
    expect(modeOf(credentials())).toBe(OWNER_ALONE);
    expect(await behalf(['whoami'])).toEqual({ code: 0, output: `${ADMIN} at ${api.issuer}, on Production\n` });
  });

  it('plans without changing, applies once, and finds nothing to do the second time', async () => {
    const text = 'clients:\n  - client_name: As code\n    redirect_uris: [https://code.test/callback]\n';
    const file = declare(text);
    const planned = await behalf(['clients', 'plan', '-f', file]);
    expect([planned.code, planned.output.split('\n')[0], await named('As code')]).toEqual([0, '+ As code', []]);

    const secrets = join(folder, 'secrets.json');
    writeFileSync(secrets, '{"earlier":{}}', { mode: 0o644 });
    const applied = await behalf(['clients', 'apply', '-f', file, '--secrets', secrets]);
    const [client] = await named('As code');
    const kept = JSON.parse(readFileSync(secrets, 'utf8')) as Record<string, CreatedClient>;
    const { client_secret = '' } = kept[client!.client_id]!;
    expect([applied.code, applied.output.includes(client_secret), modeOf(secrets)]).toEqual([0, false, OWNER_ALONE]);
    expect(kept['earlier']).toEqual({});
    expect(client_secret).toMatch(/^bhf_cs_/);

    expect((await behalf(['clients', 'apply', '-f', file])).output).toBe(`= As code (${client!.client_id})\nDone.\n`);
    const changed = await behalf(['clients', 'apply', '-f', declare(`${text}    access_token_lifetime_seconds: 600\n`)]);
    expect(changed.output).toContain('access_token_lifetime_seconds: 3600 → 600');
    expect((await named('As code')).map(({ access_token_lifetime_seconds, version }) => [access_token_lifetime_seconds, version])).toEqual([
      [600, 2],
    ]);
  });

  it('makes no client while its secret could not be kept, and shows the secret where keeping it fails after all', async () => {
    const file = declare('clients:\n  - client_name: Kept\n    redirect_uris: [https://kept.test/]\n');
    const secrets = join(folder, 'other.json');
    const apply = (place: string, environment = {}) => behalf(['clients', 'apply', '-f', file, '--secrets', place], { environment });
    writeFileSync(secrets, '[]');
    const [other, nowhere] = [await apply(secrets), await apply(join(folder, 'none/secrets.json'))];
    expect([other.code, nowhere.code, await named('Kept')]).toEqual([1, 1, []]);
    expect([other.output, nowhere.output]).toEqual([
      expect.stringContaining('it holds no secrets by client id.'),
      expect.stringContaining('Nothing was done.'),
    ]);

    writeFileSync(secrets, '{"earlier":{}}');
    const full = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'; const { renameSync } = fs; let calls = 0;
      fs.renameSync = (...names) => { if (calls++) throw new Error('no space left'); renameSync(...names); }; syncBuiltinESMExports();`;
    const lost = await apply(secrets, { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(full)}` });
    expect([lost.code, (await named('Kept')).length, readFileSync(secrets, 'utf8')]).toEqual([1, 1, '{\n  "earlier": {}\n}\n']);
    for (const line of [/shown this once: bhf_cs_\S+\n/, /no space left\n/]) expect(lost.output).toMatch(line);
  });

  it('applies nothing of a file in which anything is at fault, and names the place', async () => {
    const file = declare(
      'clients:\n  - client_name: Good\n    redirect_uris: [https://good.test/]\n  - client_name: Bad\n    redirect_uris: [https://bad.test/]\n    access_preset: full_access\n    access_token_lifetime_seconds: 7200\n',
    );
    const { code, output } = await behalf(['clients', 'apply', '-f', file]);
    expect([code, await named('Good')]).toEqual([1, []]);
    expect(output).toContain('/clients/1/confirmed_risks: Confirm long_lived_full_access');
  });

  it('deletes what is not declared only with --prune, and then only when it is said twice', async () => {
    const { client_id } = await createClient(admin, { client_name: 'To be pruned' });
    const clients = (await admin.get<Page<Client>>(CLIENTS)).body.items.filter((each) => each.client_id !== client_id);
    const file = declare(`clients:\n${clients.map((each) => `  - client_id: ${each.client_id}\n`).join('')}`);
    expect((await behalf(['clients', 'apply', '-f', file])).code).toBe(0);
    const doubted = await behalf(['clients', 'apply', '-f', file, '--prune'], { input: 'yes\n' });
    expect([doubted.code, (await named('To be pruned')).length]).toEqual([1, 1]);
    const pruned = await behalf(['clients', 'apply', '-f', file, '--prune'], { input: 'delete 1\n' });
    expect([pruned.code, await named('To be pruned')]).toEqual([0, []]);

    const [own] = await named('behalf command');
    const others = clients.filter((each) => each.client_id !== own!.client_id);
    const without = declare(`clients:\n${others.map((each) => `  - client_id: ${each.client_id}\n`).join('')}`);
    const kept = await behalf(['clients', 'apply', '-f', without, '--prune']);
    expect([kept.code, kept.output]).toEqual([0, expect.stringContaining(`(${own!.client_id}), kept: this command signs in with it\n`)]);
  });

  it('is revoked by behalf logout, on the server too', async () => {
    const { access_token } = JSON.parse(readFileSync(credentials(), 'utf8')) as TokenResponse;
    expect((await behalf(['logout'])).output).toBe('You are signed out.\n');
    const refused = await new Browser(api).get('/oauth2/userinfo', { authorization: `Bearer ${access_token}` });
    expect(refused.status).toBe(401);
    expect(await behalf(['whoami'])).toEqual({ code: 1, output: 'You are not signed in: run behalf login.\n' });
  });
});

describe('the browser of behalf login', () => {
  let browser: StandInBrowser;
  beforeEach(() => (browser = new StandInBrowser(mkdtempSync(join(folder, 'browser-')))));

  it('is opened by the command, so that nobody copies anything', async () => {
    const { client_id } = await commandClient('behalf opens');
    const args = ['login', '--issuer', api.issuer, '--client-id', client_id, '--credentials', join(folder, 'opened.json')];
    const signing_in = behalf(args, { environment: { BROWSER: browser.command } });
    const [address] = await browser.opened(1);
    await follow(address!);
    expect(await signing_in).toEqual({
      code: 0,
      output: expect.stringMatching(/^Your browser opens this address\.(.|\n)*You are signed in\.\n$/),
    });
    expect(await browser.opened(1)).toEqual([address]);
  });

  /** Signs in where the answer is a denial, so that the command ends. @returns the address that it printed, and its first word */
  async function denied(args: readonly string[], environment: Record<string, string>): Promise<[address: string, word: string]> {
    const deny = (address: string) => {
      const { redirect_uri, state } = Object.fromEntries(new URL(address).searchParams);
      return fetch(`${redirect_uri}?${new URLSearchParams({ error: 'access_denied', state: state!, iss: 'http://127.0.0.1:1' })}`);
    };
    let answered: Promise<unknown> | undefined;
    const onOutput = (output: string) => {
      const address = ADDRESS.exec(output)?.[0];
      if (address) answered ??= deny(address);
    };
    const login = ['login', '--issuer', 'http://127.0.0.1:1', '--client-id', 'x', ...args];
    const { code, output } = await behalf(login, { environment: { PATH: browser.path, BROWSER: '', ...environment }, onOutput });
    await answered;
    expect([code, output]).toEqual([1, expect.stringContaining('The sign-in was refused: access_denied.')]);
    return [ADDRESS.exec(output)![0], output.split(' ')[0]!];
  }

  it('is opened only where its user would see it, and not where they say so; what cannot be opened is no fault', async () => {
    const DISPLAY = 'nowhere:0';
    const SSH_CONNECTION = '10.0.0.7 50000 10.0.0.1 22';
    const away: [string[], Record<string, string>][] = [
      [['--no-browser'], { DISPLAY }],
      [[], { DISPLAY, BROWSER: 'none' }],
      [[], { DISPLAY, SSH_CONNECTION }],
      ...(process.platform === 'linux' ? [[[], {}] as [string[], Record<string, string>]] : []),
    ];
    for (const [args, environment] of away) expect((await denied(args, environment))[1]).toBe('Open');
    expect((await denied([], { PATH: process.env['PATH']!, BROWSER: '/nowhere/browser' }))[1]).toBe('Your');
    const opened = [await denied([], { DISPLAY }), await denied([], { SSH_CONNECTION, BROWSER: browser.command })];
    expect(opened.map(([, word]) => word)).toEqual(['Your', 'Your']);
    expect((await browser.opened(2)).toSorted()).toEqual(opened.map(([address]) => address).toSorted());
  });
});

it('behalf logout forgets a sign-in that no server could revoke, and says where to end it', async () => {
  const file = join(folder, 'away.json');
  writeFileSync(file, JSON.stringify({ issuer: 'http://127.0.0.1:1', client_id: 'x', access_token: 'y', expires_at: 0 }));
  const { code, output } = await behalf(['logout', '--credentials', file]);
  expect([code, output, existsSync(file)]).toEqual([
    1,
    expect.stringMatching(/does not answer.*\n.*end it in Active Sessions\.\n$/),
    false,
  ]);
});

describe('behalf admin create', () => {
  const PASSWORD = 'a password of the command';
  const create = (email: string, environment: Record<string, string>, ...more: string[]) =>
    behalf(['admin', 'create', '--email', email, '--name', 'Root', ...more], { input: `${PASSWORD}\n`, environment });

  it('makes the first Platform Admin of an empty database, and no second one without --force', async () => {
    const server = process.env[POSTGRES_URL]!;
    const name = `t_cli_${randomBytes(6).toString('hex')}`;
    await createDatabase(server, name);
    const url = server.replace(/\/postgres$/, `/${name}`);
    const pool = new pg.Pool({ connectionString: url, max: 1 });
    try {
      const made = await create('root@first.example', onServer({ DATABASE_URL: url }));
      expect(made).toEqual({ code: 0, output: expect.stringContaining('is a Platform Admin of My organization') });
      const again = await create('second@first.example', onServer({ DATABASE_URL: url }));
      expect([again.code, again.output]).toEqual([1, expect.stringContaining('root@first.example is a Platform Admin already')]);
      const { rows } = await pool.query<{ line: string }>("SELECT action || ' ' || reason AS line FROM audit_event ORDER BY action");
      expect(rows.map(({ line }) => line)).toEqual(['member.added command_line', 'user.invited command_line']);

      // No server keeps this database up: a fault of an installation, and nothing but what a restored backup looks like.
      await pool.query("UPDATE audit_event SET at = at - interval '10 minutes'");
      const environment = onServer({ DATABASE_URL: url });
      expect((await behalf(['doctor'], { environment })).output).toMatch(/^FAULT .*no server is running that seals it\.$/m);
      expect((await behalf(['backup', 'check'], { environment })).output).toMatch(/^note {2}.*the first start seals it\.$/m);
    } finally {
      await pool.end();
      await dropDatabase(server, name);
    }
  }, 60_000);

  it('makes another one with --force, who can sign in and manage', async () => {
    expect((await create('root@acme.example', onServer(), '--force')).code).toBe(0);
    const browser = new Browser(api);
    const signed = await browser.post('/api/v1/session', { email: 'root@acme.example', password: PASSWORD });
    expect([signed.status, (await browser.get(CLIENTS)).status]).toEqual([201, 200]);
  });

  describe('at a terminal', () => {
    const REPORT = 'echo "code $?"; stty -a';
    const isListed = async (email: string) =>
      (await admin.get<Page<User>>(`/api/v1/users?search=${email}`)).body.items.some((user) => user.email === email);

    /** Runs it on a real pseudo terminal, and types each answer once its question stands there. @returns all that the terminal showed */
    function atTerminal(email: string, answers: readonly string[]): Promise<string> {
      const command = `'${process.execPath}' '${BEHALF}' admin create --email '${email}' --name Root --force`;
      const env = { PATH: process.env['PATH'], BCRYPT_COST: '4', ...onServer() };
      const child = spawn('script', ['--quiet', '--flush', '--command', `${command}; ${REPORT}`, '/dev/null'], { env });
      const left = [...answers];
      let shown = '';
      child.stdout.on('data', (chunk: Buffer) => {
        shown += chunk.toString();
        if (shown.endsWith(': ') && left.length) child.stdin.write(left.shift()!);
      });
      return new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', () => resolve(shown));
      });
    }

    it('asks for the password twice, shows nothing of it, and leaves the terminal as it was', async () => {
      const shown = await atTerminal('typed@acme.example', [`${PASSWORD}x\x7f\r`, `${PASSWORD}\r`]);
      expect(shown).toMatch(
        /^Password: \r\nThe same password again: \r\ntyped@acme\.example is a Platform Admin of Acme\..*\r\ncode 0\r\n/,
      );
      expect(shown).toMatch(/[^-]icanon .*[^-]echo /s);
      const signed = await new Browser(api).post('/api/v1/session', { email: 'typed@acme.example', password: PASSWORD });
      expect([signed.status, shown.includes(PASSWORD.slice(0, 4))]).toEqual([201, false]);
    });

    it('makes nobody where the two differ, or on Ctrl-C, and tells each by its exit code', async () => {
      const differing = await atTerminal('differing@acme.example', [`${PASSWORD}\r`, `${PASSWORD}.\r`]);
      expect(differing).toMatch(/password: what you typed the second time is not the same\.\r\ncode 1\r\n/);
      const interrupted = [
        await atTerminal('interrupted@acme.example', ['\x03']),
        await atTerminal('interrupted@acme.example', [`${PASSWORD}\r`, `${PASSWORD}\x03`]),
      ];
      for (const shown of [differing, ...interrupted]) {
        expect(shown.includes(PASSWORD.slice(0, 4))).toBe(false);
        expect(shown).toMatch(/[^-]icanon .*[^-]echo /s);
      }
      expect(interrupted.map((shown) => /code \d+/.exec(shown)![0])).toEqual(['code 130', 'code 130']);
      expect([await isListed('differing@acme.example'), await isListed('interrupted@acme.example')]).toEqual([false, false]);
      expect(await isListed('root@acme.example')).toBe(true);
    });

    it('asks nobody for a password where something else is at fault', async () => {
      expect(await atTerminal('nobody', [])).toMatch(/^The configuration has faults:\r\n {2}email: .*\r\ncode 1\r\n/);
    });
  });

  it('takes no weak password and no address that is none', async () => {
    const weak = await behalf(['admin', 'create', '--email', 'nobody', '--name', 'Root'], { input: 'short\n', environment: onServer() });
    expect(weak.code).toBe(1);
    expect(weak.output).toContain('email: Enter an email address');
    expect(weak.output).toContain('password: Use at least 12 characters');
  });
});

describe('behalf doctor', () => {
  const faultsIn = (output: string) => output.split('\n').filter((line) => line.startsWith('FAULT'));

  it('finds the one fault that the tests’ own database has, and nothing else', async () => {
    const { code, output } = await behalf(['doctor'], { environment: onServer() });
    expect([code, faultsIn(output)]).toEqual([1, [expect.stringContaining('fsync is off')]]);
    for (const line of ['The database is the primary.', 'The database has every migration of this version.', 'SECRET_KEY holds one key'])
      expect(output).toContain(`ok    ${line}`);
  });

  it('takes no superuser and no member of the owner’s role for a login that cannot alter the audit log', async () => {
    const login = `t_login_${randomBytes(6).toString('hex')}`;
    const owner = `${login}_owner`;
    const address = new URL(api.url);
    [address.username, address.password] = [login, login];
    const environment = onServer({ DATABASE_URL: address.href, DATABASE_OWNER_URL: api.url });
    const acts = async (changed = environment) => (await behalf(['doctor'], { environment: changed })).output.includes('acts as the owner');
    const [{ was }] = (await api.sql<{ was: string }>("SELECT tableowner AS was FROM pg_tables WHERE tablename = 'audit_event'")) as [
      { was: string },
    ];
    await api.sql(`CREATE ROLE ${login} LOGIN PASSWORD '${login}' IN ROLE behalf_app`);
    await api.sql(`CREATE ROLE ${owner}`);
    try {
      await api.sql(`ALTER TABLE audit_event OWNER TO ${owner}`);
      expect([await acts(), await acts(onServer())]).toEqual([false, true]);
      await api.sql(`GRANT ${owner} TO ${login}`);
      expect(await acts()).toBe(true);
    } finally {
      await api.sql(`ALTER TABLE audit_event OWNER TO "${was}"`);
      await api.sql(`DROP ROLE ${login}`);
      await api.sql(`DROP ROLE ${owner}`);
    }
  });

  it('says that an old key of SECRET_KEY is still needed, and when one is missing', async () => {
    const other = randomBytes(32).toString('base64url');
    const moved = await behalf(['doctor'], { environment: onServer({ SECRET_KEY: `${other},${SECRET_KEY}` }) });
    expect(moved.output).toContain('note  Do not drop an old key of SECRET_KEY yet: the audit log’s key, signing key');
    const lost = await behalf(['doctor'], { environment: onServer({ SECRET_KEY: other }) });
    expect(faultsIn(lost.output).join()).toContain('SECRET_KEY lacks the key that sealed the audit log’s key');
  });
});

it('behalf backup check holds the audit log against its seals too, and fails where an entry was deleted', async () => {
  await api.upkeep(365);
  const whole = await behalf(['backup', 'check'], { environment: onServer() });
  expect(whole.output).toContain('The audit log is whole.');
  const waits = async () =>
    (await api.sql<{ sealed: boolean }>('SELECT EXISTS (SELECT FROM audit_seal WHERE number > 0) AS sealed'))[0]!.sealed;
  while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 100));
  await api.sql('DELETE FROM audit_event WHERE id = (SELECT event_id FROM audit_seal ORDER BY number LIMIT 1)');
  const broken = await behalf(['backup', 'check'], { environment: onServer() });
  expect([broken.code, broken.output]).toEqual([1, expect.stringContaining('is missing')]);
});

it('behalf after-restore ends every token, session and open link, and only when it is asked twice', async () => {
  const client = await createClient(admin);
  const { access_token } = await obtainTokens(api, admin, client);
  const invited = await admin.post<{ invitation_url: string }>('/api/v1/users', {
    email: 'late@acme.example',
    name: 'Late',
    memberships: [],
  });
  const link = invited.body.invitation_url.split('#')[1]!;
  const isActive = async () => (await introspect(api, client, access_token)).body['active'];

  expect((await behalf(['after-restore'], { environment: onServer() })).code).toBe(1);
  expect([await isActive(), (await admin.get('/api/v1/session')).status]).toEqual([true, 200]);

  expect(await behalf(['after-restore', '--yes'], { environment: onServer() })).toEqual({
    code: 0,
    output: expect.stringContaining('Ended every token of'),
  });
  expect([await isActive(), (await admin.get('/api/v1/session')).status]).toEqual([false, 401]);
  expect((await new Browser(api).post('/api/v1/invitations/find', { token: link })).status).toBe(410);
  const rows = await api.sql<{ action: string }>("SELECT action FROM audit_event WHERE reason = 'after_restore' ORDER BY action");
  expect(rows.map(({ action }) => action)).toEqual(['session.ended', 'token.revoked']);
});
