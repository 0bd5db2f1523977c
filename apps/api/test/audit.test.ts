import type { AuditEvent, Page } from '@behalf/domain';
import pg from 'pg';
import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, createClient, form, obtainTokens, teamNamed } from './support/browser.js';
import { ADMIN, DEV, LABS, SECURITY, VIEWER } from './support/constants.js';

const EVENTS = '/api/v1/audit-events';

let api: Api;
let admin: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
});

afterAll(() => api.stop());

const events = async (query: string) => (await admin.get<Page<AuditEvent>>(`${EVENTS}?limit=200&${query}`)).body.items;

/** Waits for what is gathered in memory first; it is promised within five seconds. */
async function eventually(query: string, found: (items: AuditEvent[]) => boolean): Promise<AuditEvent[]> {
  const deadline = Date.now() + 5_500;
  for (;;) {
    const items = await events(query);
    if (found(items) || Date.now() > deadline) return items;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

it('every change is one row: who, what, on what, from where, before and after; a change that failed is none', async () => {
  const client = await createClient(admin, { client_name: 'audited' });
  const path = `/api/v1/oauth-clients/${client.client_id}`;
  await admin.send('PATCH', path, { version: 1, client_name: 'renamed' }, { 'user-agent': 'Test\u00e9/1 (x)' });
  await admin.send('PATCH', path, { version: 1, client_name: 'stale' });
  await admin.send('PUT', `${path}/status`, { status: 'disabled', reason: 'because' });
  await admin.post(`${path}/rotate-secret`, { confirm_name: 'wrong' });
  await admin.post(`${path}/rotate-secret`, { confirm_name: 'renamed' });
  const items = await events(`target_id=${client.client_id}`);
  expect(items.map(({ action }) => action)).toEqual(['client.secret_rotated', 'client.paused', 'client.updated', 'client.created']);
  expect(items[2]).toMatchObject({
    user: { email: ADMIN },
    channel: 'ui',
    client_id: null,
    token_id: null,
    target_type: 'oauth_client',
    target_name: 'renamed',
    ip_address: '127.0.0.1',
    user_agent: 'Test?/1 (x)',
    result: 'success',
    count: 1,
    changes: { client_name: ['audited', 'renamed'] },
  });
  expect(items[1]).toMatchObject({ reason: 'because', changes: { status: ['enabled', 'disabled'], status_reason: [null, 'because'] } });
});

it('an action with a token stands under its user, with the client and the token (LV-11)', async () => {
  const client = await createClient(admin, { access_preset: 'full_access', client_name: 'actor' });
  const { access_token } = await obtainTokens(api, admin, client, { teams: ['Production'] });
  const team = await teamNamed(admin, 'Production');
  const authorization = `Bearer ${access_token}`;
  await new Browser(api).send('PATCH', `/api/v1/teams/${team.id}`, { name: 'Production 2' }, { authorization });
  await admin.send('PATCH', `/api/v1/teams/${team.id}`, { name: 'Production' });
  const [byUi, byToken] = await events('action=team.updated');
  expect(byUi).toMatchObject({ channel: 'ui', client_id: null, token_id: null });
  expect(byToken).toMatchObject({
    channel: 'oauth',
    client_id: client.client_id,
    client_name: 'actor',
    user: { email: ADMIN },
    team_id: team.id,
  });
  expect(byToken!.token_id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await events(`token_id=${byToken!.token_id}&action=team.updated`)).toHaveLength(1);
});

it('reads through a token are one row per token and route with a count; reads in the browser are none', async () => {
  const client = await createClient(admin, { client_name: 'reader' });
  const { access_token } = await obtainTokens(api, admin, client, { teams: ['Production'] });
  const team = await teamNamed(admin, 'Production');
  for (let n = 0; n < 3; n += 1) await new Browser(api).get(`/api/v1/teams/${team.id}`, { authorization: `Bearer ${access_token}` });
  await new Browser(api).get('/api/v1/teams', { authorization: `Bearer ${access_token}` });
  await new Browser(api).get('/api/v1/teams/unknown', { authorization: `Bearer ${access_token}` });
  const items = await eventually(`action=api.read&client_id=${client.client_id}`, ({ length }) => length >= 2);
  expect(items.map(({ target_id, count, channel }) => [target_id, count, channel]).sort()).toEqual([
    ['GET /api/v1/teams', 1, 'oauth'],
    ['GET /api/v1/teams/:team_id', 3, 'oauth'],
  ]);
});

it('denied attempts are written down with what was missing', async () => {
  await (await browserOf(api, VIEWER)).get('/api/v1/users');
  const client = await createClient(admin);
  const { access_token } = await obtainTokens(api, admin, client);
  await new Browser(api).post('/api/v1/oauth-clients', {}, { authorization: `Bearer ${access_token}` });
  const items = await events('action=access.denied&result=denied');
  expect(items.map(({ user, target_id, reason, client_id }) => [user?.email, target_id, reason, client_id])).toEqual([
    [ADMIN, 'POST /api/v1/oauth-clients', 'insufficient-scope', client.client_id],
    [VIEWER, 'GET /api/v1/users', 'USER_READ', null],
  ]);
});

it('refused client authentications are one row per client and reason, with a count and nothing that was sent', async () => {
  const client = await createClient(admin, { client_name: 'refused' });
  const refuse = (client_id: string, client_secret: string) =>
    form(api, '/oauth2/token', { grant_type: 'refresh_token', client_id, client_secret });
  for (let n = 0; n < 4; n += 1) await refuse(client.client_id, 'wrong-secret-sent');
  await refuse(client.client_secret!, client.client_id);
  const items = await eventually(`action=client.authentication_refused`, ({ length }) => length >= 1);
  expect(items).toEqual([
    expect.objectContaining({
      client_id: client.client_id,
      count: 4,
      reason: 'wrong_secret',
      result: 'failure',
      ip_address: '127.0.0.1',
      user: null,
    }),
  ]);
  const leaks = await api.sql(`SELECT 1 FROM audit_event a WHERE a::text LIKE '%wrong-secret-sent%' OR a::text LIKE $1`, [
    `%${client.client_secret}%`,
  ]);
  expect(leaks).toEqual([]);
});

it('each organization reads its own log, and only with AUDIT_READ', async () => {
  const security = await browserOf(api, SECURITY);
  expect((await security.get(EVENTS)).status).toBe(200);
  for (const email of [DEV, VIEWER, LABS]) expect((await (await browserOf(api, email)).get(EVENTS)).body['permission']).toBe('AUDIT_READ');
  const acting = await browserOf(api, ADMIN);
  const { body } = await acting.get<Page<{ id: string; name: string }>>('/api/v1/organizations');
  await acting.send('PUT', '/api/v1/session/organization', { organization_id: body.items[1]!.id });
  const seen = (await acting.get<Page<AuditEvent>>(`${EVENTS}?limit=200`)).body.items;
  expect(seen.map(({ user }) => user?.email)).not.toContain(DEV);
  expect(seen.map(({ action, user }) => [action, user?.email])).toContainEqual(['session.started', LABS]);
});

it('filters by every column, and answers a wrong value with a 422 that names it', async () => {
  const [{ at }] = (await events('action=client.created')) as [AuditEvent];
  const since = await events(`action=client.created&from=${at}`);
  expect(since).toHaveLength(1);
  expect((await events(`action=client.created&to=${at}`)).every((event) => event.at <= at)).toBe(true);
  expect(await events('incident=true')).toEqual([]);
  for (const query of [
    'from=yesterday',
    'action=nope',
    'channel=api',
    'user_id=1',
    'token_id=x',
    'result=ok',
    'incident=maybe',
    'sort=action',
    'to=2024-13-01',
  ]) {
    const answer = await admin.get<{ errors: { pointer: string }[] }>(`${EVENTS}?${query}`);
    expect([query, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([query, 422, query.split('=')[0]]);
  }
});

it('the export is what the filter shows, in both formats, and no cell of it runs as a formula', async () => {
  const client = await createClient(admin, { client_name: '=cmd, "quoted"' });
  const shown = await events(`target_id=${client.client_id}`);
  const lines = await admin.get(`${EVENTS}/export?format=ndjson&target_id=${client.client_id}`);
  expect(lines.headers.get('content-type')).toContain('application/x-ndjson');
  expect(
    lines.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as AuditEvent),
  ).toEqual(shown);
  const csv = await admin.get(`${EVENTS}/export?format=csv&target_id=${client.client_id}`);
  const [header, row] = csv.text.split('\r\n');
  expect(header!.split(',').slice(0, 3)).toEqual(['id', 'at', 'action']);
  expect(row).toContain(`,"'=cmd, ""quoted""",`);
  expect((await admin.get(`${EVENTS}/export?format=xlsx`)).status).toBe(422);
  expect((await admin.get(`${EVENTS}/export`)).status).toBe(422);
});

it('the application can neither change nor delete what was audited', async () => {
  const [{ url }] = (await api.sql<{ url: string }>('SELECT current_database() AS url')) as [{ url: string }];
  const app = new pg.Client({
    connectionString: process.env['TEST_POSTGRES_URL']!.replace(/\/postgres$/, `/${url}`),
    options: '-c role=behalf_app',
  });
  await app.connect();
  for (const text of [
    `UPDATE audit_event SET reason = 'x'`,
    'DELETE FROM audit_event',
    'TRUNCATE audit_event',
    'DELETE FROM audit_event_default',
  ]) {
    await expect(app.query(text)).rejects.toMatchObject({ code: '42501' });
  }
  await app.end();
});
