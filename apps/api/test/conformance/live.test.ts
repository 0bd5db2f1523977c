import type { Client, Page, Team, User } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  introspect,
  obtainTokens,
  refresh,
  revoke,
  teamNamed,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV, LABS, VIEWER } from '../support/constants.js';
import { authorize, expectPage } from './authorization.js';

/** Everything here is changed on one process and used on the other, in the very next request. */
let here: Api;
let there: Api;
let admin: Browser;
let dev: Browser;
let resourceServer: TestClient;

beforeAll(async () => {
  here = await startApi();
  there = await here.replica();
  admin = await browserOf(here, ADMIN);
  dev = await browserOf(here, DEV);
  resourceServer = await createClient(admin, { client_name: 'API', resource_server: true, redirect_uris: [] });
});

afterAll(() => here.stop());

const fullClient = (changed: object = {}) => createClient(admin, { access_preset: 'full_access', team_selection: 'multiple', ...changed });
const edit = (client: Client, changed: object) =>
  admin.send<Client>('PATCH', `/api/v1/oauth-clients/${client.client_id}`, {
    version: client.version,
    confirmed_risks: ['long_lived_full_access'],
    ...changed,
  });
const setStatus = (client: Client, status: string) => admin.send('PUT', `/api/v1/oauth-clients/${client.client_id}/status`, { status });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const call = (token: string, method: string, path: string, body?: unknown) => new Browser(there).send(method, path, body, bearer(token));

async function userOf(email: string): Promise<User> {
  const { body } = await admin.get<Page<User>>(`/api/v1/users?search=${encodeURIComponent(email)}`);
  return body.items[0]!;
}

describe('a change bites on the next request of another process', () => {
  it('of the role (LV-01)', async () => {
    const client = await fullClient();
    const production = await teamNamed(admin, 'Production');
    const user = await userOf(DEV);
    const { access_token } = await obtainTokens(here, dev, client, { teams: ['Production'] });
    const rename = () => call(access_token, 'PATCH', `/api/v1/teams/${production.id}`, { name: 'Production' });
    const setRole = (role: string) => admin.send('PUT', `/api/v1/teams/${production.id}/members/${user.id}`, { role });
    expect((await rename()).status).toBe(403);
    expect((await setRole('platform_admin')).status).toBe(200);
    expect((await rename()).status).toBe(200);
    expect((await introspect(there, resourceServer, access_token)).body['team_roles']).toEqual({ [production.id]: 'platform_admin' });
    expect((await setRole('standard_user')).status).toBe(200);
    const refused = await rename();
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([403, null]);
  });

  it('of the scope: a read-only token never writes, even for an administrator (LV-01)', async () => {
    const client = await createClient(admin, { team_selection: 'multiple' });
    const { access_token } = await obtainTokens(here, admin, client, { teams: ['Production'] });
    expect((await call(access_token, 'GET', '/api/v1/oauth-clients')).status).toBe(200);
    const refused = await call(access_token, 'POST', '/api/v1/oauth-clients', { client_name: 'x', redirect_uris: ['https://a.test'] });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope", scope="write"');
  });

  it('of the membership: one team less, then none (LV-02)', async () => {
    const client = await fullClient();
    const production = await teamNamed(admin, 'Production');
    const staging = await teamNamed(admin, 'Staging');
    const user = await userOf(DEV);
    const tokens = await obtainTokens(here, dev, client, { teams: ['Production', 'Staging'] });
    const leave = (id: string) => admin.send('DELETE', `/api/v1/teams/${id}/members/${user.id}`);
    expect((await call(tokens.access_token, 'GET', `/api/v1/teams/${staging.id}`)).status).toBe(200);
    expect((await leave(production.id)).status).toBe(204);
    expect((await call(tokens.access_token, 'GET', `/api/v1/teams/${production.id}`)).status).toBe(404);
    expect((await userinfo(there, tokens.access_token)).body).toMatchObject({
      authorized_teams: [{ id: staging.id }],
      teams: [{ id: staging.id }],
    });
    expect((await leave(staging.id)).status).toBe(204);
    expect((await introspect(there, resourceServer, tokens.access_token)).body).toEqual({ active: false });
    expect((await refresh(there, client, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    for (const { id } of [production, staging])
      await admin.send('PUT', `/api/v1/teams/${id}/members/${user.id}`, { role: 'standard_user' });
    expect((await introspect(there, resourceServer, tokens.access_token)).body['active']).toBe(true);
    expect((await refresh(there, client, tokens.refresh_token!)).status).toBe(200);
  });

  it('of the membership: a team that was joined later is not in the token (LV-03)', async () => {
    const client = await fullClient();
    const security = await teamNamed(admin, 'Security');
    const user = await userOf(DEV);
    const { access_token } = await obtainTokens(here, dev, client, { teams: ['Production'] });
    await admin.send('PUT', `/api/v1/teams/${security.id}/members/${user.id}`, { role: 'standard_user' });
    const { body } = await userinfo(there, access_token);
    expect((body['teams'] as { id: string }[]).some(({ id }) => id === security.id)).toBe(true);
    expect((body['authorized_teams'] as { id: string }[]).some(({ id }) => id === security.id)).toBe(false);
    expect((await call(access_token, 'GET', `/api/v1/teams/${security.id}`)).status).toBe(404);
    await admin.send('DELETE', `/api/v1/teams/${security.id}/members/${user.id}`);
  });

  it('of the user: disabled ends tokens, codes and browser sessions, and enabled brings none back (LV-04)', async () => {
    const client = await fullClient();
    const user = await userOf(VIEWER);
    const viewer = await browserOf(here, VIEWER);
    const tokens = await obtainTokens(here, viewer, client);
    const pending = await consent(viewer, client);
    const setUser = (status: string) => admin.send('PATCH', `/api/v1/users/${user.id}`, { status });
    const dead = async () => {
      expect((await introspect(there, resourceServer, tokens.access_token)).body).toEqual({ active: false });
      expect((await userinfo(there, tokens.access_token)).status).toBe(401);
      expect((await refresh(there, client, tokens.refresh_token!)).body.error).toBe('invalid_grant');
      expect((await exchange(there, client, pending)).body.error).toBe('invalid_grant');
      expect((await viewer.get(`${there.issuer}/api/v1/session`)).status).toBe(401);
    };
    expect((await setUser('disabled')).status).toBe(200);
    await dead();
    expect((await setUser('active')).status).toBe(200);
    await dead();
  });

  it('of the client: paused ends all for good, resumed lets new flows start (LV-05, CD-09)', async () => {
    const client = await fullClient();
    const tokens = await obtainTokens(here, dev, client);
    const pending = await consent(dev, client);
    expect((await setStatus(client, 'disabled')).status).toBe(200);
    expect((await introspect(there, resourceServer, tokens.access_token)).body).toEqual({ active: false });
    expect((await userinfo(there, tokens.access_token)).status).toBe(401);
    expect((await refresh(there, client, tokens.refresh_token!)).status).toBe(401);
    expectPage(await authorize(dev.at(there), client));
    expect((await setStatus(client, 'enabled')).status).toBe(200);
    expect((await userinfo(there, tokens.access_token)).status).toBe(401);
    expect((await refresh(there, client, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await exchange(there, client, pending)).body.error).toBe('invalid_grant');
    expect((await obtainTokens(there, dev, client)).access_token).toMatch(/^bhf_at_/);
  });

  it('of the client: deleted is dead for good, and the audit log keeps its name (LV-06)', async () => {
    const client = await fullClient({ client_name: 'to be deleted' });
    const tokens = await obtainTokens(here, dev, client);
    expect((await admin.send('DELETE', `/api/v1/oauth-clients/${client.client_id}`, { confirm_name: 'to be deleted' })).status).toBe(204);
    expect((await userinfo(there, tokens.access_token)).status).toBe(401);
    expect((await introspect(there, resourceServer, tokens.access_token)).body).toEqual({ active: false });
    expect((await refresh(there, client, tokens.refresh_token!)).status).toBe(401);
    expectPage(await authorize(dev.at(there), client));
    const { body } = await admin.get<Page<{ action: string; target_name: string }>>(`/api/v1/audit-events?target_id=${client.client_id}`);
    const withIt = await admin.get<Page<{ action: string }>>(`/api/v1/audit-events?client_id=${client.client_id}`);
    expect(withIt.body.items.map(({ action }) => action)).toContain('token.issued');
    expect(body.items.map(({ action }) => action)).toEqual(expect.arrayContaining(['client.created', 'client.deleted']));
    expect(body.items.every(({ target_name }) => target_name === 'to be deleted')).toBe(true);
  });

  it('of the preset: what was consented to comes back, more does not (LV-08)', async () => {
    let client: Client = await fullClient();
    const known = client as TestClient;
    const full = await obtainTokens(here, admin, known, { teams: ['Production'] });
    const production = await teamNamed(admin, 'Production');
    const rename = async (token: string) => (await call(token, 'PATCH', `/api/v1/teams/${production.id}`, { name: 'Production' })).status;
    expect(await rename(full.access_token)).toBe(200);
    client = (await edit(client, { access_preset: 'read_only' })).body;
    expect((await introspect(there, resourceServer, full.access_token)).body['scope']).toBe('read');
    expect(await rename(full.access_token)).toBe(403);
    const narrow = await obtainTokens(here, admin, known, { teams: ['Production'] });
    const renewed = (await refresh(there, known, full.refresh_token!)).body;
    expect(renewed.scope).toBe('read');
    client = (await edit(client, { access_preset: 'full_access' })).body;
    expect((await introspect(there, resourceServer, full.access_token)).body['scope']).toBe('read write');
    expect((await refresh(there, known, renewed.refresh_token!)).body.scope).toBe('read write');
    expect((await introspect(there, resourceServer, narrow.access_token)).body['scope']).toBe('read');
    expect([await rename(full.access_token), await rename(narrow.access_token)]).toEqual([200, 403]);
  });

  it('of the restriction: narrowed bites, an empty rest suspends, widened adds nothing (LV-09)', async () => {
    let client: Client = await fullClient();
    const known = client as TestClient;
    const production = await teamNamed(admin, 'Production');
    const staging = await teamNamed(admin, 'Staging');
    const tokens = await obtainTokens(here, dev, known, { teams: ['Production'] });
    client = (await edit(client, { team_restrictions: { team_ids: [staging.id], organization_ids: [] } })).body;
    expect((await introspect(there, resourceServer, tokens.access_token)).body).toEqual({ active: false });
    expect((await refresh(there, known, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    client = (await edit(client, { team_restrictions: { team_ids: [], organization_ids: [] } })).body;
    expect((await introspect(there, resourceServer, tokens.access_token)).body['authorized_team_ids']).toEqual([production.id]);
    expect((await refresh(there, known, tokens.refresh_token!)).status).toBe(200);
  });

  it('of the restriction: to a team, where another one is refused from then on; an organization has the teams that it has now (LV-09)', async () => {
    const staging = await teamNamed(admin, 'Staging');
    const production = await teamNamed(admin, 'Production');
    const client = await fullClient();
    const tokens = await obtainTokens(here, dev, client, { teams: ['Production', 'Staging'] });
    const restricted = await edit(client, { team_restrictions: { team_ids: [staging.id], organization_ids: [] } });
    expect((await call(tokens.access_token, 'GET', `/api/v1/teams/${production.id}`)).status).toBe(404);
    expect((await call(tokens.access_token, 'GET', `/api/v1/teams/${staging.id}`)).status).toBe(200);
    await edit(restricted.body, { team_restrictions: { team_ids: [], organization_ids: [staging.organization_id] } });
    const added = await admin.post<Team>('/api/v1/teams', { name: 'Added later', organization_id: staging.organization_id });
    const user = await userOf(DEV);
    await admin.send('PUT', `/api/v1/teams/${added.body.id}/members/${user.id}`, { role: 'standard_user' });
    const later = await obtainTokens(here, dev, client, { teams: ['Added later'], parameters: { prompt: 'consent' } });
    expect((await call(later.access_token, 'GET', `/api/v1/teams/${added.body.id}`)).status).toBe(200);
    expect((await call(tokens.access_token, 'GET', `/api/v1/teams/${added.body.id}`)).status).toBe(404);
  });

  it('of the selection: Multiple to Single ends the grants that hold more than one team', async () => {
    const client = await fullClient();
    const two = await obtainTokens(here, dev, client, { teams: ['Production', 'Staging'] });
    const one = await obtainTokens(here, dev, client, { teams: ['Production'], parameters: { prompt: 'consent' } });
    const single = await edit(client, { team_selection: 'single' });
    expect((await userinfo(there, two.access_token)).status).toBe(401);
    expect((await userinfo(there, one.access_token)).status).toBe(200);
    await edit(single.body, { team_selection: 'multiple' });
    expect((await userinfo(there, two.access_token)).status).toBe(401);
  });

  it('of the lifetime: shortened acts on live tokens, lengthened gives back what was issued', async () => {
    const client = await fullClient();
    const { access_token } = await obtainTokens(here, dev, client);
    const short = await edit(client, { access_token_lifetime_seconds: 1 });
    await here.advance(3);
    expect((await userinfo(there, access_token)).status).toBe(401);
    await edit(short.body, { access_token_lifetime_seconds: 86_400 });
    const { body } = await introspect(there, resourceServer, access_token);
    expect((body['exp'] as number) - (body['iat'] as number)).toBe(3600);
    await here.resetClock();
  });

  it('of a row: revoked means the whole flow again; of the group: the consent is forgotten too (LV-10)', async () => {
    const client = await fullClient();
    const tokens = await obtainTokens(here, dev, client);
    const { token_id } = (await introspect(here, client, tokens.access_token)).body;
    expect((await dev.send('DELETE', `/api/v1/tokens/${token_id as string}`)).status).toBe(204);
    expect((await refresh(there, client, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    const remembered = await consent(dev, client);
    expect(remembered.request_id).toBeNull();
    await exchange(here, client, remembered);
    const group = await dev.send<{ revoked: number }>('DELETE', `/api/v1/connected-apps/${client.client_id}/tokens?show=mine`);
    expect([group.status, group.body]).toEqual([200, { revoked: 1 }]);
    expect((await consent(dev, client)).request_id).not.toBeNull();
  });

  it("hides each user's rows from the others, and a Token ID is no token (LV-12)", async () => {
    const client = await fullClient();
    const tokens = await obtainTokens(here, dev, client);
    const token_id = (await introspect(here, client, tokens.access_token)).body['token_id'] as string;
    const viewer = await browserOf(here, VIEWER);
    expect((await viewer.send('DELETE', `/api/v1/tokens/${token_id}`)).body).toMatchObject({ permission: 'SESSION_MANAGE' });
    expect((await (await browserOf(here, LABS)).send('DELETE', `/api/v1/tokens/${token_id}`)).status).toBe(404);
    const rows = await viewer.get<Page<object>>(`/api/v1/connected-apps/${client.client_id}/tokens`);
    expect([rows.status, rows.body.items]).toEqual([200, []]);
    const list = await viewer.get<Page<{ client_id: string }>>('/api/v1/connected-apps');
    expect(list.body.items.some(({ client_id }) => client_id === client.client_id)).toBe(false);
    expect((await userinfo(there, token_id)).status).toBe(401);
    expect((await userinfo(there, tokens.access_token)).status).toBe(200);
  });

  it('never late, in 100 rounds of revoke here and use there (LV-13, RV-07)', async () => {
    const client = await fullClient();
    let late = 0;
    for (let round = 0; round < 100; round += 1) {
      const tokens = await obtainTokens(here, dev, client);
      expect((await userinfo(there, tokens.access_token)).status).toBe(200);
      const token_id = (await introspect(here, client, tokens.access_token)).body['token_id'] as string;
      if (round % 2) await dev.send('DELETE', `/api/v1/tokens/${token_id}`);
      else expect((await revoke(here, client, tokens.access_token)).status).toBe(200);
      if ((await userinfo(there, tokens.access_token)).status !== 401) late += 1;
    }
    expect(late).toBe(0);
  }, 120_000);
});
