import type { AuditEvent, Client, Page, Role, TokenRow, UserImpact } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import { type Api, startApi } from './support/api.js';
import { type Answer, Browser, createClient, introspect, obtainTokens } from './support/browser.js';
import { type Person, Place } from './support/place.js';

/** What somebody with roles in two organizations could try: to use in the one what they hold in the other. */
let api: Api;
let acme: Place;
let labs: Place;

beforeAll(async () => {
  api = await startApi();
  acme = await Place.named(api, 'Acme', 'Production');
  labs = await Place.named(api, 'Acme Labs', 'Research');
}, 60_000);

afterAll(() => api.stop());

const BASE = '/api/v1';
const join = (place: Place, { user }: Person, role: Role) =>
  place.admin.send('PUT', `${BASE}/teams/${place.team.id}/members/${user.id}`, { role });
const leave = (place: Place, { user }: Person) => place.admin.send('DELETE', `${BASE}/teams/${place.team.id}/members/${user.id}`);
const actIn = ({ organization }: Place, browser: Browser) =>
  browser.send('PUT', `${BASE}/session/organization`, { organization_id: organization.id });
const call = <T>(token: string, method: string, path: string, body?: unknown): Promise<Answer<T>> =>
  new Browser(api).send<T>(method, BASE + path, body, { authorization: `Bearer ${token}` });

/** At home in one organization with one role, and in the other with another. */
async function guest(home: Place, homeRole: Role, away: Place, awayRole: Role): Promise<Person> {
  const person = await home.person(homeRole);
  expect((await join(away, person, awayRole)).status).toBe(200);
  return person;
}

const permissionOf = async (answer: Promise<Answer>) => {
  const { status, body } = await answer;
  return [status, body['permission']];
};

describe('a role in one organization', () => {
  it('is worth nothing in another, for a browser that switches and for one that names a team', async () => {
    const { browser } = await guest(labs, 'platform_admin', acme, 'read_only_user');
    expect((await browser.get(`${BASE}/oauth-clients`)).status).toBe(200);
    expect((await actIn(acme, browser)).status).toBe(200);
    for (const [method, path, body, permission] of [
      ['GET', '/oauth-clients', undefined, 'OAUTH_CLIENT_READ'],
      ['POST', '/oauth-clients', { client_name: 'x', redirect_uris: ['https://a.test'] }, 'OAUTH_CLIENT_MANAGE'],
      ['GET', '/audit-events', undefined, 'AUDIT_READ'],
      ['GET', '/users', undefined, 'USER_READ'],
      ['GET', '/ui-sessions?show=organization', undefined, 'SESSION_READ'],
      ['GET', '/connected-apps?show=organization', undefined, 'SESSION_READ'],
      ['PATCH', `/teams/${acme.team.id}`, { name: 'x' }, 'TEAM_MANAGE'],
      ['POST', '/teams', { name: 'x', organization_id: acme.organization.id }, 'TEAM_MANAGE'],
    ] as const)
      expect([path, ...(await permissionOf(browser.send(method, BASE + path, body)))]).toEqual([path, 403, permission]);
    await actIn(labs, browser);
    expect(await permissionOf(browser.send('PATCH', `${BASE}/teams/${acme.team.id}`, { name: 'x' }))).toEqual([403, 'TEAM_MANAGE']);
    expect((await browser.send('PATCH', `${BASE}/teams/${labs.team.id}`, { name: labs.team.name })).status).toBe(200);
  });

  it('is not lent to a token of another organization’s client, which reaches the team and nothing beside it', async () => {
    const { browser } = await guest(labs, 'platform_admin', acme, 'read_only_user');
    const team_restrictions = { team_ids: [labs.team.id], organization_ids: [] };
    const client = await createClient(acme.admin, { access_preset: 'full_access', team_restrictions });
    const { access_token } = await obtainTokens(api, browser, client, { teams: [labs.team.name] });
    expect((await call(access_token, 'PATCH', `/teams/${labs.team.id}`, { name: labs.team.name })).status).toBe(200);
    for (const [path, permission] of [
      ['/oauth-clients', 'OAUTH_CLIENT_READ'],
      ['/users', 'USER_READ'],
      ['/audit-events', 'AUDIT_READ'],
      ['/audit-events/export?format=csv', 'AUDIT_READ'],
      ['/connected-apps?show=organization', 'SESSION_READ'],
    ] as const)
      expect([path, ...(await permissionOf(call(access_token, 'GET', path)))]).toEqual([path, 403, permission]);
    expect((await call(access_token, 'GET', `/teams/${acme.team.id}`)).status).toBe(404);
    const intoLabs = { client_name: 'x', redirect_uris: ['https://a.test'] };
    expect(await permissionOf(call(access_token, 'POST', '/oauth-clients', intoLabs))).toEqual([403, 'OAUTH_CLIENT_MANAGE']);
  });

  it('ends with the last team there, in the middle of a session: the next request acts elsewhere', async () => {
    const person = await guest(acme, 'read_only_user', labs, 'platform_admin');
    const client_id = await labs.make('client_id');
    await actIn(labs, person.browser);
    expect((await person.browser.get(`${BASE}/oauth-clients/${client_id}`)).status).toBe(200);
    expect((await leave(labs, person)).status).toBe(204);
    expect(await permissionOf(person.browser.get(`${BASE}/oauth-clients/${client_id}`))).toEqual([403, 'OAUTH_CLIENT_READ']);
    expect((await actIn(labs, person.browser)).status).toBe(404);
    expect((await person.browser.get(`${BASE}/teams/${labs.team.id}`)).status).toBe(404);
  });

  it('that is used where it does not reach is written down there, with the team', async () => {
    const { browser, user } = await guest(acme, 'platform_admin', labs, 'read_only_user');
    expect((await browser.send('PATCH', `${BASE}/teams/${labs.team.id}`, { name: 'x' })).status).toBe(403);
    const query = `action=access.denied&user_id=${user.id}`;
    const { body } = await labs.admin.get<Page<AuditEvent>>(`${BASE}/audit-events?${query}`);
    expect(body.items).toMatchObject([{ target_id: 'PATCH /api/v1/teams/:team_id', team_id: labs.team.id, reason: 'TEAM_MANAGE' }]);
    expect((await acme.admin.get<Page<AuditEvent>>(`${BASE}/audit-events?${query}`)).body.total).toBe(0);
  });
});

describe('a list of everyone in the organization', () => {
  it('holds nothing of another one, after a switch and in the export', async () => {
    const both = await guest(acme, 'platform_admin', labs, 'platform_admin');
    for (const place of [acme, labs]) await place.make('token_id');
    const seen: Record<string, string[][]> = {};
    for (const place of [acme, labs]) {
      await actIn(place, both.browser);
      for (const [path, id] of [
        ['/oauth-clients', 'client_id'],
        ['/connected-apps?show=organization', 'client_id'],
        ['/ui-sessions?show=organization', 'session_id'],
        ['/audit-events', 'id'],
      ] as const) {
        const { items } = (await both.browser.get<Page<Record<string, string>>>(BASE + path)).body;
        (seen[path] ??= []).push(items.map((item) => item[id]!));
      }
      const { text } = await both.browser.get(`${BASE}/audit-events/export?format=ndjson`);
      const events = text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as AuditEvent).id);
      (seen['export'] ??= []).push(events);
    }
    for (const [path, [here = [], there = []]] of Object.entries(seen)) {
      expect([path, here.length > 0, there.length > 0]).toEqual([path, true, true]);
      expect([path, here.filter((id) => there.includes(id))]).toEqual([path, []]);
    }
  });

  it.each(['/oauth-clients', '/users', '/audit-events', '/ui-sessions?show=organization', '/connected-apps?show=organization'])(
    '%s goes on by its own cursor alone, not by one of another organization',
    async (path) => {
      const both = await guest(acme, 'platform_admin', labs, 'platform_admin');
      for (const place of [acme, labs]) for (let n = 0; n < 2; n += 1) await place.make('token_id');
      const page = (more: string) => both.browser.get<Page<unknown>>(`${BASE}${path}${path.includes('?') ? '&' : '?'}limit=1${more}`);
      const cursors: string[] = [];
      for (const place of [acme, labs]) {
        await actIn(place, both.browser);
        cursors.push((await page('')).body.next_cursor!);
      }
      const [fromAcme, fromLabs] = cursors;
      expect([(await page(`&cursor=${fromAcme}`)).status, (await page(`&cursor=${fromLabs}`)).status]).toEqual([422, 200]);
    },
  );
});

describe('what a user granted to another organization’s client', () => {
  it('is the user’s to see and end, the client’s organization’s to see and end, and nobody else’s', async () => {
    const person = await guest(acme, 'read_only_user', labs, 'read_only_user');
    const client = await createClient(labs.admin, { client_name: 'of Labs' });
    const grant = () => obtainTokens(api, person.browser, client, { teams: [labs.team.name], parameters: { prompt: 'consent' } });
    await grant();
    const path = `${BASE}/connected-apps/${client.client_id}/tokens`;
    const rows = async (browser: Browser, show: string) => (await browser.get<Page<TokenRow>>(`${path}?show=${show}`)).body.items;
    expect(await rows(person.browser, 'mine')).toHaveLength(1);
    expect(await rows(labs.admin, 'organization')).toHaveLength(1);
    expect(await rows(acme.admin, 'organization')).toHaveLength(0);
    const explain = (browser: Browser) => browser.get(`${BASE}/effective-access?client_id=${client.client_id}&user_id=${person.user.id}`);
    expect([(await explain(person.browser)).status, (await explain(labs.admin)).status, (await explain(acme.admin)).status]).toEqual([
      200, 200, 404,
    ]);
    const [row] = await rows(person.browser, 'mine');
    expect((await acme.admin.send('DELETE', `${BASE}/tokens/${row!.token_id}`)).status).toBe(404);
    expect((await acme.admin.send('DELETE', `${path}?show=organization`)).status).toBe(404);
    expect(await rows(labs.admin, 'organization')).toHaveLength(1);
    expect((await person.browser.send('DELETE', `${BASE}/tokens/${row!.token_id}`)).status).toBe(204);
    expect(await rows(labs.admin, 'organization')).toHaveLength(0);
  });

  it('is not counted by another organization that the user is a guest of, but for its own teams', async () => {
    const person = await guest(labs, 'read_only_user', acme, 'read_only_user');
    await obtainTokens(api, person.browser, await createClient(labs.admin), { teams: [labs.team.name] });
    const impact = async ({ admin }: Place, query = '') =>
      (await admin.get<UserImpact>(`${BASE}/users/${person.user.id}/impact${query}`)).body.live_tokens;
    expect([await impact(labs), await impact(acme)]).toEqual([1, 0]);
    await acme.token(person.browser);
    expect([await impact(labs), await impact(acme), await impact(acme, `?team_id=${acme.team.id}`)]).toEqual([2, 1, 1]);
  });
});

it('whoever lacks the permission is refused before anything is looked up: neither users nor tokens are told apart by it', async () => {
  const [{ browser }, other] = [await acme.person('read_only_user'), await acme.person('read_only_user')];
  const client = await createClient(acme.admin);
  const { access_token } = await obtainTokens(api, other.browser, client, { teams: [acme.team.name] });
  const token_id = (await introspect(api, client, access_token)).body['token_id'] as string;
  const ask = (user_id: string, token = '') =>
    permissionOf(browser.get(`${BASE}/effective-access?client_id=${client.client_id}&user_id=${user_id}${token && `&token_id=${token}`}`));
  for (const answer of [ask(other.user.id), ask(randomUUID()), ask(other.user.id, token_id), ask(other.user.id, randomUUID())])
    expect(await answer).toEqual([403, 'SESSION_READ']);
});

it('a token never becomes its user: it makes no link that sets their password', async () => {
  const { browser, user } = await acme.person('platform_admin');
  const token = await acme.token(browser);
  expect((await call(token, 'PATCH', `/users/${user.id}`, { name: 'Renamed' })).status).toBe(200);
  const refused = await call(token, 'POST', `/users/${user.id}/reset-password`);
  expect([refused.status, refused.text.includes('/invite#')]).toEqual([401, false]);
  expect(await api.sql('SELECT 1 FROM invitation WHERE user_id = $1', [user.id])).toEqual([]);
});

it('an editor keeps a restriction to teams out of reach, and learns no name of them', async () => {
  const both = await guest(acme, 'platform_admin', labs, 'platform_admin');
  const team_restrictions = { team_ids: [labs.team.id], organization_ids: [] };
  const { client_id, version } = await createClient(both.browser, { team_restrictions });
  const { browser } = await acme.person('platform_admin');
  const path = `${BASE}/oauth-clients/${client_id}`;
  const edited = await browser.send<Client>('PATCH', path, { version, client_name: 'kept' });
  expect([edited.status, edited.body.team_restrictions]).toEqual([200, team_restrictions]);
  expect(edited.text).not.toContain(labs.team.name);
  const added = await browser.send('PATCH', path, {
    version: edited.body.version,
    team_restrictions: { team_ids: [], organization_ids: [labs.organization.id] },
  });
  expect(added.status).toBe(422);
});
