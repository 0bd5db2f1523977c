import type { Member, Organization, Page, Role, SessionInfo, Team, User } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, createClient, obtainTokens, teamNamed } from './support/browser.js';
import { ADMIN, DEV, LABS, PASSWORD, SECURITY, VIEWER } from './support/constants.js';

let api: Api;
let admin: Browser;
let acme: Organization;
let labs: Organization;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  [acme, labs] = (await admin.get<Page<Organization>>('/api/v1/organizations')).body.items as [Organization, Organization];
});

afterAll(() => api.stop());

const userOf = async (email: string) => (await admin.get<Page<User>>(`/api/v1/users?search=${email}`)).body.items[0]!;
const putMember = (browser: Browser, team: Team, user_id: string, role: Role) =>
  browser.send('PUT', `/api/v1/teams/${team.id}/members/${user_id}`, { role });

/** A second administrator of Acme, signed in. */
async function secondAdministrator(email: string, team: Team): Promise<{ id: string; browser: Browser }> {
  const memberships = [{ team_id: team.id, role: 'platform_admin' }];
  const { body } = await admin.post<{ user: User; invitation_url: string }>('/api/v1/users', { email, name: 'Second', memberships });
  const browser = new Browser(api);
  await browser.post('/api/v1/invitations/accept', { token: body.invitation_url.split('#')[1], password: PASSWORD });
  return { id: body.user.id, browser };
}

it('names the permission that is missing, and answers 404 for what is another organization’s', async () => {
  const [viewer, dev, other] = [await browserOf(api, VIEWER), await browserOf(api, DEV), await browserOf(api, LABS)];
  const production = await teamNamed(admin, 'Production');
  const user = await userOf(DEV);
  const refused: [Browser, string, string, unknown, number, string?][] = [
    [viewer, 'GET', '/users', undefined, 403, 'USER_READ'],
    [viewer, 'GET', `/teams/${production.id}/members`, undefined, 200],
    [viewer, 'PATCH', `/teams/${production.id}`, { name: 'x' }, 403, 'TEAM_MANAGE'],
    [viewer, 'POST', '/teams', { name: 'x', organization_id: acme.id }, 403, 'TEAM_MANAGE'],
    [dev, 'GET', '/users', undefined, 200],
    [dev, 'PATCH', `/users/${user.id}`, { name: 'x' }, 403, 'USER_MANAGE'],
    [dev, 'PUT', `/teams/${production.id}/members/${user.id}`, { role: 'platform_admin' }, 403, 'TEAM_MANAGE'],
    [dev, 'POST', '/users', { email: 'a@b.example', name: 'x', memberships: [] }, 403, 'USER_MANAGE'],
    [other, 'GET', `/teams/${production.id}`, undefined, 404],
    [other, 'GET', `/teams/${production.id}/members`, undefined, 404],
    [other, 'PATCH', `/teams/${production.id}`, { name: 'x' }, 404],
    [other, 'POST', '/teams', { name: 'x', organization_id: acme.id }, 404],
    [other, 'GET', `/users/${user.id}`, undefined, 404],
    [admin, 'GET', '/teams/not-an-id', undefined, 404],
  ];
  for (const [browser, method, path, body, status, permission] of refused) {
    const answer = await browser.send(method, `/api/v1${path}`, body);
    expect([method, path, answer.status, answer.body['permission']]).toEqual([method, path, status, permission]);
  }
});

describe('the last administrator', () => {
  it('can be neither disabled nor lowered nor removed', async () => {
    const { user } = (await admin.get<SessionInfo>('/api/v1/session')).body;
    await admin.send('PUT', '/api/v1/session/organization', { organization_id: labs.id });
    const research = await teamNamed(admin, 'Research');
    const answers = [
      await putMember(admin, research, user.id, 'standard_user'),
      await admin.send('DELETE', `/api/v1/teams/${research.id}/members/${user.id}`),
    ];
    await admin.send('PUT', '/api/v1/session/organization', { organization_id: acme.id });
    answers.push(await admin.send('PATCH', `/api/v1/users/${user.id}`, { status: 'disabled' }));
    for (const answer of answers) expect([answer.status, answer.body['type']]).toEqual([409, `${api.issuer}/errors#last-administrator`]);
    expect((await admin.get(`/api/v1/teams/${research.id}`)).status).toBe(200);
  });

  it('is left when two lower, or disable, each other at once', async () => {
    const production = await teamNamed(admin, 'Production');
    const [first, second] = [
      await secondAdministrator('first@acme.example', production),
      await secondAdministrator('second@acme.example', production),
    ];
    const { user } = (await admin.get<SessionInfo>('/api/v1/session')).body;
    const [before] = await api.sql<{ teams: string[] }>(
      `UPDATE membership SET role = 'standard_user' WHERE user_id = $1 AND organization_id = $2 RETURNING (SELECT array_agg(team_id) FROM membership WHERE user_id = $1) AS teams`,
      [user.id, acme.id],
    );
    expect(before!.teams.length).toBeGreaterThan(0);
    for (let round = 0; round < 6; round += 1) {
      const disable = round % 2 === 1;
      const strike = (by: Browser, at: string) =>
        disable ? by.send('PATCH', `/api/v1/users/${at}`, { status: 'disabled' }) : putMember(by, production, at, 'standard_user');
      const answers = await Promise.all([strike(first.browser, second.id), strike(second.browser, first.id)]);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.every(({ status }) => [200, 401, 403, 409].includes(status))).toBe(true);
      const [left] = await api.sql<{ n: number }>(
        `SELECT count(*)::integer AS n FROM membership m JOIN user_account u ON u.id = m.user_id
          WHERE m.organization_id = $1 AND m.role = 'platform_admin' AND u.status = 'active'`,
        [acme.id],
      );
      expect(left!.n).toBe(1);
      await api.sql(`UPDATE user_account SET status = 'active' WHERE id = ANY ($1)`, [[first.id, second.id]]);
      await api.sql(`UPDATE membership SET role = 'platform_admin' WHERE user_id = ANY ($1)`, [[first.id, second.id]]);
      for (const [browser, email] of [
        [first.browser, 'first@acme.example'],
        [second.browser, 'second@acme.example'],
      ] as const)
        await browser.signIn(email);
    }
    await api.sql(`UPDATE membership SET role = 'platform_admin' WHERE user_id = $1`, [user.id]);
  });
});

it('a user’s account is decided on at home alone; elsewhere only the membership ends', async () => {
  const { user } = (await admin.get<SessionInfo>('/api/v1/session')).body;
  const dev = await userOf(DEV);
  const research = await teamNamed(admin, 'Research');
  expect((await putMember(admin, research, dev.id, 'platform_admin')).status).toBe(200);
  const guest = await browserOf(api, DEV);
  await guest.send('PUT', '/api/v1/session/organization', { organization_id: labs.id });
  const seen = (await guest.get<Page<User>>('/api/v1/users')).body.items.map(({ email }) => email).sort();
  expect(seen).toEqual([ADMIN, DEV, LABS].sort());
  expect((await guest.send('PATCH', `/api/v1/users/${user.id}`, { status: 'disabled' })).status).toBe(404);
  expect((await guest.post(`/api/v1/users/${user.id}/reset-password`)).status).toBe(404);
  expect((await guest.send('DELETE', `/api/v1/teams/${research.id}/members/${user.id}`)).status).toBe(204);
  expect((await admin.get(`/api/v1/teams/${research.id}`)).status).toBe(404);
  await putMember(guest, research, user.id, 'platform_admin');
  await admin.send('DELETE', `/api/v1/teams/${research.id}/members/${dev.id}`);
  expect((await admin.get<Page<Member>>(`/api/v1/teams/${research.id}/members`)).body.items.map((member) => member.user.email)).toEqual([
    ADMIN,
    LABS,
  ]);
});

describe('with a token', () => {
  const call = async (token: string, method: string, path: string, body?: unknown) =>
    new Browser(api).send<Page<Team>>(method, `/api/v1${path}`, body, { authorization: `Bearer ${token}` });

  it('only the teams count that it was granted for', async () => {
    const client = await createClient(admin, { access_preset: 'full_access' });
    const { access_token } = await obtainTokens(api, admin, client, { teams: ['Staging'] });
    const [staging, production] = [await teamNamed(admin, 'Staging'), await teamNamed(admin, 'Production')];
    expect((await call(access_token, 'GET', '/teams')).body.items.map(({ id }) => id)).toEqual([staging.id]);
    expect((await call(access_token, 'GET', `/teams/${production.id}/members`)).status).toBe(404);
    expect((await call(access_token, 'PATCH', `/teams/${staging.id}`, { name: 'Staging' })).status).toBe(200);
    const dev = await userOf(DEV);
    expect((await call(access_token, 'PUT', `/teams/${production.id}/members/${dev.id}`, { role: 'read_only_user' })).status).toBe(404);
    const invited = { email: 'by-token@acme.example', name: 'x', memberships: [{ team_id: production.id, role: 'read_only_user' }] };
    expect((await call(access_token, 'POST', '/users', invited)).status).toBe(422);
  });

  it('does not borrow the role that its user has in a team it was not granted for (LV-01)', async () => {
    const [security, staging] = [await teamNamed(admin, 'Security'), await teamNamed(admin, 'Staging')];
    const user = await userOf(SECURITY);
    await putMember(admin, staging, user.id, 'read_only_user');
    const client = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
    const browser = await browserOf(api, SECURITY);
    const narrow = await obtainTokens(api, browser, client, { teams: ['Staging'] });
    const wide = await obtainTokens(api, browser, client, { teams: ['Staging', 'Security'], parameters: { prompt: 'consent' } });
    expect((await browser.get('/api/v1/oauth-clients')).status).toBe(200);
    expect((await call(wide.access_token, 'GET', '/oauth-clients')).status).toBe(200);
    expect((await call(narrow.access_token, 'GET', '/oauth-clients')).status).toBe(403);
    await admin.send('DELETE', `/api/v1/teams/${security.id}/members/${user.id}`);
    expect((await call(wide.access_token, 'GET', '/oauth-clients')).status).toBe(403);
    await putMember(admin, security, user.id, 'security_user');
    expect((await call(wide.access_token, 'GET', '/oauth-clients')).status).toBe(200);
    await admin.send('DELETE', `/api/v1/teams/${staging.id}/members/${user.id}`);
  });

  it('the permission is judged before the scope, and GET needs read, everything else write', async () => {
    const reading = await obtainTokens(api, admin, await createClient(admin));
    const team = await teamNamed(admin, 'Production');
    const refused = await call(reading.access_token, 'PATCH', `/teams/${team.id}`, { name: 'x' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
    const dev = await obtainTokens(api, await browserOf(api, DEV), await createClient(admin));
    const lacking = await call(dev.access_token, 'PATCH', `/teams/${team.id}`, { name: 'x' });
    expect([lacking.status, (lacking.body as unknown as { permission: string }).permission]).toEqual([403, 'TEAM_MANAGE']);
    const creating = await call(dev.access_token, 'POST', '/teams', { name: 'x', organization_id: acme.id });
    expect([creating.status, (creating.body as unknown as { permission: string }).permission]).toEqual([403, 'TEAM_MANAGE']);
  });

  it('disabling the user ends it for good (LV-04)', async () => {
    const tokens = await obtainTokens(api, await browserOf(api, DEV), await createClient(admin));
    const dev = await userOf(DEV);
    expect((await call(tokens.access_token, 'GET', '/teams')).status).toBe(200);
    for (const status of ['disabled', 'active']) {
      await admin.send('PATCH', `/api/v1/users/${dev.id}`, { status });
      expect((await call(tokens.access_token, 'GET', '/teams')).status).toBe(401);
    }
  });
});

describe('lists', () => {
  const teams = (query: string) => admin.get<Page<Team>>(`/api/v1/teams?${query}`);

  it('take a cursor only for the filter and sort it was made for, and no forged one', async () => {
    const first = (await teams('limit=2')).body;
    const cursor = first.next_cursor!;
    const next = await teams(`limit=2&cursor=${cursor}`);
    expect(next.status).toBe(200);
    expect(next.body.items.some(({ id }) => first.items.some((team) => team.id === id))).toBe(false);
    for (const query of [
      `sort=-name&cursor=${cursor}`,
      `organization_id=${acme.id}&cursor=${cursor}`,
      `cursor=${cursor.slice(0, -2)}AA`,
      'cursor=',
      'cursor=e30',
    ]) {
      expect([query, (await teams(query)).status]).toEqual([query, 422]);
    }
    expect((await admin.get(`/api/v1/users?cursor=${cursor}`)).status).toBe(422);
    expect((await (await browserOf(api, DEV)).get(`/api/v1/teams?limit=2&cursor=${cursor}`)).status).toBe(422);
  });

  it('answer a wrong, repeated or unknown parameter with a 422 that names it', async () => {
    for (const [query, pointer] of [
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=1.5', 'limit'],
      ['limit=1&limit=2', 'limit'],
      ['sort=created_at', 'sort'],
      ['sort=__proto__', 'sort'],
      ['organization_id=x', 'organization_id'],
      ['organization_id=%00', 'organization_id'],
      ['nope=1', 'nope'],
    ]) {
      const answer = await admin.get<{ errors: { pointer: string }[] }>(`/api/v1/teams?${query}`);
      expect([query, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([query, 422, pointer]);
    }
  });

  it('find users by any part of name and address, with no wildcard', async () => {
    expect((await admin.get<Page<User>>('/api/v1/users?search=EVIN')).body.items.map(({ email }) => email)).toEqual([DEV]);
    expect((await admin.get<Page<User>>('/api/v1/users?search=%25')).body.total).toBe(0);
    expect((await admin.get<Page<User>>('/api/v1/users?search=_dmin')).body.total).toBe(0);
  });
});

it('bodies are judged in shape before meaning, and nothing in them makes a 500', async () => {
  const post = (body: unknown) => admin.post<{ errors: { pointer: string }[] }>('/api/v1/teams', body);
  const good = { name: 'A team', organization_id: acme.id };
  for (const [body, pointer] of [
    [{ ...good, name: 7 }, '/name'],
    [{ ...good, name: null }, '/name'],
    [{ ...good, name: 'a\0b' }, '/name'],
    [{ ...good, name: '\ud800' }, '/name'],
    [{ ...good, name: 'a\u202eb' }, '/name'],
    [{ ...good, name: ' a' }, '/name'],
    [{ ...good, name: 'production' }, undefined],
    [{ ...good, name: 'Production' }, '/name'],
    [{ ...good, 'a/b~c': 1 }, '/a~1b~0c'],
    [{ organization_id: acme.id }, '/name'],
    [[], ''],
    ['"text"', ''],
    [`{"name":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, '/name'],
  ] as [unknown, string | undefined][]) {
    const answer = await post(body);
    expect([JSON.stringify(body).slice(0, 60), answer.status, answer.body.errors?.[0]?.pointer]).toEqual([
      JSON.stringify(body).slice(0, 60),
      pointer === undefined ? 201 : 422,
      pointer,
    ]);
  }
  expect((await post('{"name":')).status).toBe(400);
  expect((await admin.send('POST', '/api/v1/teams', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
});
