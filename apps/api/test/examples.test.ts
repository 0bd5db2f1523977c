import type { AuditEvent, Page } from '@behalf/domain';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Api, startApi } from './support/api.js';
import { type Answer, Browser, browserOf, obtainTokens, teamNamed, type TestClient } from './support/browser.js';
import { ADMIN, DEV, PASSWORD } from './support/constants.js';
import { consentAt, Examples, type Running } from './support/examples.js';
import { StandInBrowser } from './support/stand-in-browser.js';

const OWNER_ALONE = 0o600;
const CLIENTS = '/api/v1/oauth-clients';

let api: Api;
let admin: Browser;
let dev: Browser;
let examples: Examples;
let orders: Running;
let team_id: string;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  examples = await Examples.setUp(api);
  orders = await examples.serve('api.js');
  team_id = (await teamNamed(admin, 'Production')).id;
}, 60_000);

afterAll(async () => {
  await examples.stop();
  await api.stop();
});

const modeOf = (file: string) => statSync(join(examples.folder, file)).mode & 0o777;
const keptBy = (file: string) => readFileSync(join(examples.folder, 'behalf-examples', file), 'utf8');
const clientOf = async (name: string) => {
  const answer = await admin.get<TestClient>(`${CLIENTS}/${examples.settings[`${name}_CLIENT_ID`]}`);
  return { ...answer.body, client_secret: examples.settings[`${name}_CLIENT_SECRET`] };
};
const setStatus = async (name: string, status: string) => {
  const client_id = examples.settings[`${name}_CLIENT_ID`]!;
  expect((await admin.send('PUT', `${CLIENTS}/${client_id}/status`, { status })).status).toBe(200);
};
/** The tokens of a client by the flow itself, for what is about the API alone. */
const tokenOf = async (name: string) => (await obtainTokens(api, dev, await clientOf(name), { teams: ['Production'] })).access_token;

describe('setup.js', () => {
  it('keeps the secrets for their owner alone, and never writes over them', async () => {
    expect(modeOf('.env')).toBe(OWNER_ALONE);
    const before = readFileSync(join(examples.folder, '.env'), 'utf8');
    const again = await examples.run('setup.js', [], { DEMO_PASSWORD: PASSWORD });
    expect(again).toEqual({ code: 1, output: expect.stringContaining('There is an .env already') });
    expect(readFileSync(join(examples.folder, '.env'), 'utf8')).toBe(before);
  });
});

describe('the API', () => {
  const call = (path: string, token?: string, body?: unknown): Promise<Answer> =>
    new Browser({ issuer: examples.settings['API_URL']! }).send(
      body ? 'POST' : 'GET',
      path,
      body,
      token ? { authorization: `Bearer ${token}` } : {},
    );

  it('serves what the token may do where it may, and tells everybody else what is missing', async () => {
    const [writing, reading] = [await tokenOf('CLI'), await tokenOf('BROWSER_APP')];
    const path = `/teams/${team_id}/orders`;
    expect((await call(path, writing, { text: 'paper' })).status).toBe(201);
    expect((await call('/orders', reading)).body).toEqual({
      for: DEV,
      teams: [team_id],
      orders: [{ team_id, text: 'paper', by: DEV, at: expect.any(String) }],
    });
    const narrow = await call(path, reading, { text: 'ink' });
    expect([narrow.status, narrow.headers.get('www-authenticate')]).toEqual([403, expect.stringContaining('scope="write"')]);
    expect((await call(`/teams/${(await teamNamed(admin, 'Staging')).id}/orders`, writing)).status).toBe(404);
    expect((await call(path, writing, { text: '' })).status).toBe(422);
    const none = await call('/orders');
    expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('resource_metadata=')]);
    const metadata = /resource_metadata="([^"]+)"/.exec(none.headers.get('www-authenticate')!)![1]!;
    expect(await (await fetch(metadata)).json()).toMatchObject({
      resource: examples.settings['API_URL'],
      authorization_servers: [api.issuer],
    });
  });

  it('refuses a token on the first call after its client was paused, and does not take it back when it goes on', async () => {
    const token = await tokenOf('BROWSER_APP');
    expect((await call('/orders', token)).status).toBe(200);
    await setStatus('BROWSER_APP', 'disabled');
    expect((await call('/orders', token)).status).toBe(401);
    await setStatus('BROWSER_APP', 'enabled');
    expect((await call('/orders', token)).status).toBe(401);
  });

  it('has every call in the audit log before it has ended', async () => {
    const token = await tokenOf('CLI');
    await call('/orders', token);
    expect((await orders.stop()).code).toBe(0);
    const client_id = examples.settings['CLI_CLIENT_ID']!;
    const { items } = (await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?action=api.called&client_id=${client_id}`)).body;
    const found = items.find(({ target_name }) => target_name === 'GET /orders');
    expect(found).toMatchObject({ user: { email: DEV }, target_id: examples.settings['API_CLIENT_ID'], result: 'success' });
    orders = await examples.serve('api.js');
  });
});

describe('the CLI', () => {
  it('signs in through the browser, keeps its tokens for their owner alone, and prints none', async () => {
    const signed = await examples.signIn('cli.js', dev, ['Production']);
    expect(signed).toEqual({ code: 0, output: expect.stringContaining('You are signed in.') });
    expect(modeOf('behalf-examples/cli.json')).toBe(OWNER_ALONE);
    const { output } = await examples.run('cli.js', ['teams']);
    expect(output).toBe(`${team_id}  Production\n`);
    expect(await examples.run('cli.js', ['order', team_id, 'two', 'pens'])).toEqual({ code: 0, output: 'Ordered.\n' });
    const listed = await examples.run('cli.js', ['orders']);
    expect(listed).toEqual({ code: 0, output: expect.stringMatching(new RegExp(`^Orders for ${DEV}:\n  \\S+  two pens  \\(${DEV}\\)\n`)) });
    for (const said of [signed.output, output, listed.output]) expect(said).not.toMatch(/bhf_[ar]t_/);
  });

  it('loses its access on the first call after the pause, and says how to get it back', async () => {
    expect((await examples.run('cli.js', ['orders'])).code).toBe(0);
    await setStatus('CLI', 'disabled');
    const refused = await examples.run('cli.js', ['orders']);
    expect(refused).toEqual({ code: 1, output: 'Your access has ended. Sign in: node --env-file=.env cli.js login\n' });
    await setStatus('CLI', 'enabled');
    expect((await examples.run('cli.js', ['orders'])).code).toBe(1);
  });

  it('opens the browser by itself, so that nobody copies anything, and opens none with --no-browser', async () => {
    const browser = new StandInBrowser(examples.folder);
    const quiet = examples.start('cli.js', ['login', '--no-browser'], { BROWSER: browser.command });
    await quiet.says(/^Open this address/m);
    const signing_in = examples.start('cli.js', ['login'], { BROWSER: browser.command });
    const [address] = await browser.opened(1);
    await fetch(await consentAt(address!, dev, ['Production']));
    expect(await signing_in.ended).toEqual({ code: 0, output: expect.stringContaining(`\n${address}\n`) });
    await quiet.stop();
    expect(await browser.opened(1)).toEqual([address]);
  });

  it('revokes on the server what it forgets', async () => {
    await examples.signIn('cli.js', dev, ['Production']);
    const { access_token } = JSON.parse(keptBy('cli.json')) as { access_token: string };
    const holder = new Browser(api);
    const authorization = `Bearer ${access_token}`;
    expect((await holder.get('/oauth2/userinfo', { authorization })).status).toBe(200);
    expect(await examples.run('cli.js', ['logout'])).toEqual({ code: 0, output: 'You are signed out.\n' });
    expect((await holder.get('/oauth2/userinfo', { authorization })).status).toBe(401);
    expect((await examples.run('cli.js', ['orders'])).output).toBe('Nobody is signed in. Sign in: node --env-file=.env cli.js login\n');
  });
});

describe('the MCP server', () => {
  let token: string;
  const call = async (name: string, given: object, presented: string | null = token): Promise<Answer> => {
    const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: given } };
    const headers = { accept: 'application/json, text/event-stream', ...(presented && { authorization: `Bearer ${presented}` }) };
    return new Browser(api).post(examples.settings['MCP_SERVER_URL']!, body, headers);
  };

  beforeAll(async () => {
    await examples.serve('mcp-server.js');
    token = await agentToken();
  });

  /** As an MCP client asks for it: for the server's address alone. */
  const agentToken = async () => {
    const asked = { teams: ['Production'], parameters: { resource: examples.settings['MCP_SERVER_URL']! } };
    return (await obtainTokens(api, dev, await clientOf('AGENT'), asked)).access_token;
  };

  it('takes a token that is for it alone, which the API refuses, and none that is for the API (RI-03)', async () => {
    const ofApi = { teams: ['Production'], parameters: { resource: examples.settings['API_URL']!, prompt: 'consent' } };
    const foreign = (await obtainTokens(api, dev, await clientOf('AGENT'), ofApi)).access_token;
    expect((await call('list_orders', {})).status).toBe(200);
    expect((await call('list_orders', {}, foreign)).status).toBe(401);
    const askApi = (presented: string) =>
      fetch(`${examples.settings['API_URL']}/orders`, { headers: { authorization: `Bearer ${presented}` } });
    expect([(await askApi(token)).status, (await askApi(foreign)).status]).toEqual([401, 200]);
  });

  it('acts as the user whose token it was shown, where that may, and tells the agent what it may not', async () => {
    expect((await call('create_order', { team_id, text: 'a desk' })).body['result']).toMatchObject({ isError: false });
    const { result } = (await call('list_orders', {})).body as { result: { content: { text: string }[] } };
    expect(JSON.parse(result.content[0]!.text)).toMatchObject({
      for: DEV,
      teams: [team_id],
      orders: [{ text: 'a desk', by: DEV }],
    });
    const elsewhere = await call('create_order', { team_id: (await teamNamed(admin, 'Staging')).id, text: 'a desk' });
    expect(elsewhere.body['result']).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('not_found') }] });
    const reading = await call('create_order', { team_id, text: 'a desk' }, await tokenOf('BROWSER_APP'));
    expect(reading.body['result']).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('insufficient_scope') }] });
  });

  it('leads whoever brings no token to its metadata', async () => {
    const refused = await call('list_orders', {}, null);
    const { origin } = new URL(examples.settings['MCP_SERVER_URL']!);
    const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining(`resource_metadata="${metadata}"`),
    ]);
    const described = await (await fetch(metadata)).json();
    expect(described).toMatchObject({ resource: examples.settings['MCP_SERVER_URL'], authorization_servers: [api.issuer] });
  });

  it('refuses the first call after the client was paused', async () => {
    expect((await call('list_orders', {})).status).toBe(200);
    await setStatus('AGENT', 'disabled');
    const refused = await call('list_orders', {});
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
  });
});

describe('the wall display', () => {
  /** Ends the process where the new tokens would take the place of the old ones: the server has rotated, the disk has not. */
  const CRASH = `import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module';
    fs.rename = () => process.kill(process.pid, 'SIGKILL'); syncBuiltinESMExports();`;
  const crashing = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(CRASH)}` };
  const often = { WALL_DISPLAY_SECONDS: '0.2' };

  it('goes on after a crash between the rotation and its own disk, and ends when its client is paused', async () => {
    const client = await clientOf('WALL_DISPLAY');
    // So short that the display renews before every call.
    const short = { access_token_lifetime_seconds: 20, version: client.version };
    expect((await admin.send('PATCH', `${CLIENTS}/${client.client_id}`, short)).status).toBe(200);
    expect((await examples.signIn('wall-display.js', dev, ['Production'])).code).toBe(0);
    const first = keptBy('wall-display.json');
    expect(modeOf('behalf-examples/wall-display.json')).toBe(OWNER_ALONE);

    const crashed = await examples.start('wall-display.js', [], { ...often, ...crashing }).ended;
    expect([crashed.code, crashed.output, keptBy('wall-display.json')]).toEqual([null, '', first]);

    const display = examples.start('wall-display.js', [], often);
    await display.says(/^\S+ {2}\d+ orders/m);
    await display.says(/^\S+ {2}\d+ orders/m);
    expect(keptBy('wall-display.json')).not.toBe(first);
    const replays = (await admin.get<Page<AuditEvent>>('/api/v1/audit-events?action=token.replayed')).body.items;
    expect(replays.map(({ client_id, result }) => [client_id, result])).toEqual([[client.client_id, 'success']]);

    await setStatus('WALL_DISPLAY', 'disabled');
    await display.says(/Sign in: node --env-file=.env wall-display.js login/);
    expect((await display.stop()).output).not.toMatch(/bhf_[ar]t_/);
  });
});
