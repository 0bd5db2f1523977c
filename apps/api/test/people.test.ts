import type { OpenInvitation, Organization, Page, Role, SessionInfo, Team, UiSession, User, UserImpact } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, consent, createClient, exchange, introspect, obtainTokens, teamNamed, userinfo } from './support/browser.js';
import { ADMIN, DEV, LABS, PASSWORD, SECURITY, VIEWER } from './support/constants.js';

const USERS = '/api/v1/users';
const HOUR = 3600;

let api: Api;
let admin: Browser;
let acme: Organization;
let labs: Organization;
let production: Team;
let staging: Team;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  [acme, labs] = (await admin.get<Page<Organization>>('/api/v1/organizations')).body.items as [Organization, Organization];
  [production, staging] = [await teamNamed(admin, 'Production'), await teamNamed(admin, 'Staging')];
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

const userOf = async (email: string) => (await admin.get<Page<User>>(`${USERS}?search=${email}`)).body.items[0]!;
const memberPath = (team: Pick<Team, 'id'>, user_id: string) => `/api/v1/teams/${team.id}/members/${user_id}`;
const give = (browser: Browser, team: Pick<Team, 'id'>, user_id: string, role: Role) =>
  browser.send('PUT', memberPath(team, user_id), { role });
const switchTo = (browser: Browser, { id }: Organization) => browser.send('PUT', '/api/v1/session/organization', { organization_id: id });
const impactOf = (browser: Browser, user_id: string, query = '') => browser.get<UserImpact>(`${USERS}/${user_id}/impact${query}`);

async function invite(email: string, memberships: { team_id: string; role: Role }[] = []): Promise<{ user: User; token: string }> {
  const answer = await admin.post<{ user: User; invitation_url: string }>(USERS, { email, name: 'Invited', memberships });
  if (answer.status !== 201) throw new Error(`invite answered ${answer.status} ${answer.text}`);
  return { user: answer.body.user, token: answer.body.invitation_url.split('#')[1]! };
}

/** Someone with a password of their own, signed in. */
async function member(email: string, role: Role, team = production): Promise<{ id: string; browser: Browser }> {
  const { user, token } = await invite(email, [{ team_id: team.id, role }]);
  const browser = new Browser(api);
  await browser.post('/api/v1/invitations/accept', { token, password: PASSWORD });
  return { id: user.id, browser };
}

describe('who is at home elsewhere', () => {
  let guest: { id: string; browser: Browser };
  let research: Team;
  let labsAdmin: Browser;

  beforeAll(async () => {
    guest = await member('guest@acme.example', 'standard_user');
    research = await teamNamed(admin, 'Research');
    await give(admin, research, guest.id, 'standard_user');
    // At home in Acme Labs, and its administrator: no team of Acme is theirs.
    const [lab] = await api.sql<{ id: string }>('SELECT id FROM user_account WHERE email = $1', [LABS]);
    await give(admin, research, lab!.id, 'platform_admin');
    labsAdmin = await browserOf(api, LABS);
  });

  it('is listed with what they are here, and where home is, and no more', async () => {
    const [seen] = (await labsAdmin.get<Page<User>>(`${USERS}?search=guest@`)).body.items;
    expect(seen).toEqual({
      id: guest.id,
      email: 'guest@acme.example',
      name: 'Invited',
      status: 'active',
      home_organization_id: acme.id,
      has_password: true,
      invitation_expires_at: null,
      teams: [{ id: research.id, name: 'Research', role: 'standard_user' }],
    });
    expect((await userOf('guest@')).teams.map(({ name }) => name)).toEqual(['Production']);
  });

  it('keeps name, status, password and browser sessions from everyone but the home’s administrators', async () => {
    const { body } = await guest.browser.get<Page<UiSession>>('/api/v1/ui-sessions');
    const session = `/api/v1/ui-sessions/${body.items[0]!.session_id}`;
    const shown = (await labsAdmin.get<Page<UiSession>>('/api/v1/ui-sessions?show=organization&limit=200')).body.items;
    expect(shown.some(({ user }) => user.id === guest.id)).toBe(false);
    const refused = [
      await labsAdmin.send('PATCH', `${USERS}/${guest.id}`, { name: 'Renamed' }),
      await labsAdmin.send('PATCH', `${USERS}/${guest.id}`, { status: 'disabled' }),
      await labsAdmin.post(`${USERS}/${guest.id}/reset-password`),
      await labsAdmin.send('DELETE', session),
      await labsAdmin.send('DELETE', memberPath(production, guest.id)),
      await give(labsAdmin, production, guest.id, 'platform_admin'),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
    expect((await guest.browser.get('/api/v1/session')).status).toBe(200);
    expect((await admin.send('PATCH', `${USERS}/${guest.id}`, { name: 'Gwen Guest' })).body['name']).toBe('Gwen Guest');
    expect((await admin.send('DELETE', session)).status).toBe(204);
    expect((await guest.browser.get('/api/v1/session')).status).toBe(401);
  });

  it('has only those authorizations counted that touch this organization', async () => {
    const browser = new Browser(api);
    await browser.signIn('guest@acme.example');
    await obtainTokens(api, browser, await createClient(admin), { teams: ['Production'] });
    expect((await impactOf(admin, guest.id)).body).toEqual({ live_tokens: 1, clients: 1 });
    expect((await impactOf(labsAdmin, guest.id)).body).toEqual({ live_tokens: 0, clients: 0 });
    expect((await impactOf(labsAdmin, guest.id, `?team_id=${production.id}`)).status).toBe(404);
    const here = await createClient(labsAdmin, { team_restrictions: { team_ids: [research.id], organization_ids: [] } });
    await obtainTokens(api, browser, here, { teams: ['Research'] });
    expect((await impactOf(labsAdmin, guest.id)).body).toEqual({ live_tokens: 1, clients: 1 });
    expect((await impactOf(admin, guest.id)).body).toEqual({ live_tokens: 2, clients: 2 });
  });

  it('can be put out of the teams here, and is nobody here then', async () => {
    expect((await labsAdmin.send('DELETE', memberPath(research, guest.id))).status).toBe(204);
    expect((await labsAdmin.get(`${USERS}/${guest.id}`)).status).toBe(404);
    expect((await give(labsAdmin, research, guest.id, 'read_only_user')).status).toBe(404);
    expect((await admin.get(`${USERS}/${guest.id}`)).status).toBe(200);
  });
});

describe('the ceiling', () => {
  it('is what the caller holds in that very organization: an administrator here is none there', async () => {
    const one = await member('only-here@acme.example', 'platform_admin');
    const research = await teamNamed(admin, 'Research');
    await give(admin, research, one.id, 'standard_user');
    const viewer = await userOf(VIEWER);
    const [lab] = await api.sql<{ id: string }>('SELECT id FROM user_account WHERE email = $1', [LABS]);
    for (const answer of [
      await give(one.browser, research, viewer.id, 'read_only_user'),
      await give(one.browser, research, lab!.id, 'read_only_user'),
      await one.browser.send('DELETE', memberPath(research, lab!.id)),
      await one.browser.post('/api/v1/teams', { name: 'Mine', organization_id: labs.id }),
    ]) {
      expect([answer.status, answer.body['permission']]).toEqual([403, 'TEAM_MANAGE']);
    }
    await switchTo(one.browser, labs);
    const invited = { email: 'x@acme.example', name: 'x', memberships: [{ team_id: research.id, role: 'read_only_user' }] };
    const answer = await one.browser.post(USERS, invited);
    expect([answer.status, answer.body['permission']]).toEqual([403, 'USER_MANAGE']);
  });

  it('is judged as of the change: of two who lower each other at once one finds that they may not any more', async () => {
    const [a, b] = [await member('duel-a@acme.example', 'platform_admin'), await member('duel-b@acme.example', 'platform_admin')];
    const replica = await api.replica();
    for (let round = 0; round < 8; round += 1) {
      // The second administrator strikes through another process; there are others, so that nobody is the last one.
      const strike = (by: Browser, at: string) =>
        round % 2
          ? by.send('PATCH', `${USERS}/${at}`, { status: 'disabled' })
          : by.send('PUT', memberPath(production, at), { role: 'read_only_user' });
      const other = new Browser(replica);
      for (const [name, value] of b.browser.cookies) other.cookies.set(name, value);
      const answers = await Promise.all([strike(a.browser, b.id), strike(other, a.id)]);
      expect(answers.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1);
      expect(answers.every(({ status }) => [200, 401, 403].includes(status))).toBe(true);
      await api.sql(`UPDATE user_account SET status = 'active' WHERE id = ANY ($1)`, [[a.id, b.id]]);
      await api.sql(`UPDATE membership SET role = 'platform_admin' WHERE user_id = ANY ($1)`, [[a.id, b.id]]);
      await a.browser.signIn('duel-a@acme.example');
      await b.browser.signIn('duel-b@acme.example');
    }
    await api.sql('DELETE FROM membership WHERE user_id = ANY ($1)', [[a.id, b.id]]);
  });
});

it('one administrator is left when all of them step down at once, whichever way each takes', async () => {
  const team = (await admin.post<Team>('/api/v1/teams', { name: 'Administrators', organization_id: acme.id })).body;
  const many = await Promise.all(Array.from({ length: 6 }, (_, n) => member(`many-${n}@acme.example`, 'platform_admin', team)));
  await api.sql(`UPDATE membership SET role = 'standard_user' WHERE organization_id = $1 AND role = 'platform_admin' AND team_id <> $2`, [
    acme.id,
    team.id,
  ]);
  const ways = [
    ({ id, browser }: (typeof many)[number]) => browser.send('PATCH', `${USERS}/${id}`, { status: 'disabled' }),
    ({ id, browser }: (typeof many)[number]) => give(browser, team, id, 'read_only_user'),
    ({ id, browser }: (typeof many)[number]) => browser.send('DELETE', memberPath(team, id)),
  ];
  const answers = await Promise.all(many.map((one, n) => ways[n % ways.length]!(one)));
  const refused = answers.filter(({ status }) => status === 409);
  expect(refused.map(({ body }) => body['type'])).toEqual([`${api.issuer}/errors#last-administrator`]);
  expect(answers.filter(({ status }) => [200, 204].includes(status))).toHaveLength(5);
  const [left] = await api.sql<{ n: number }>(
    `SELECT count(*)::integer AS n FROM membership m JOIN user_account u ON u.id = m.user_id
      WHERE m.organization_id = $1 AND m.role = 'platform_admin' AND u.status = 'active'`,
    [acme.id],
  );
  expect(left!.n).toBe(1);
  await api.sql(
    `UPDATE membership SET role = 'platform_admin' WHERE organization_id = $1 AND user_id = (SELECT id FROM user_account WHERE email = $2)`,
    [acme.id, ADMIN],
  );
});

describe('what a change touches', () => {
  it('is told before it is made: live grants, and of how many clients, in all or on one team', async () => {
    const browser = await browserOf(api, DEV);
    const dev = await userOf(DEV);
    const [one, other] = [
      await createClient(admin, { team_selection: 'multiple', access_preset: 'full_access' }),
      await createClient(admin),
    ];
    await obtainTokens(api, browser, one, { teams: ['Production', 'Staging'] });
    await obtainTokens(api, browser, one, { teams: ['Staging'], parameters: { prompt: 'consent' } });
    await obtainTokens(api, browser, other, { teams: ['Production'] });
    await consent(browser, other);
    expect((await impactOf(admin, dev.id)).body).toEqual({ live_tokens: 3, clients: 2 });
    expect((await impactOf(admin, dev.id, `?team_id=${production.id}`)).body).toEqual({ live_tokens: 2, clients: 2 });
    expect((await impactOf(admin, dev.id, `?team_id=${staging.id}`)).body).toEqual({ live_tokens: 2, clients: 1 });
    await admin.send('PATCH', `${USERS}/${dev.id}`, { status: 'disabled' });
    expect((await impactOf(admin, dev.id)).body).toEqual({ live_tokens: 0, clients: 0 });
    await admin.send('PATCH', `${USERS}/${dev.id}`, { status: 'active' });
    expect((await impactOf(admin, dev.id)).body).toEqual({ live_tokens: 0, clients: 0 });
  });

  it('is nothing that a stranger learns of', async () => {
    const dev = await userOf(DEV);
    expect((await impactOf(await browserOf(api, VIEWER), dev.id)).status).toBe(403);
    const [lab] = await api.sql<{ id: string }>('SELECT id FROM user_account WHERE email = $1', [LABS]);
    expect((await impactOf(await browserOf(api, SECURITY), lab!.id)).status).toBe(404);
    expect((await impactOf(admin, dev.id, '?team_id=nonsense')).status).toBe(422);
    expect((await impactOf(admin, dev.id, '?team_id=00000000-0000-4000-8000-000000000000')).status).toBe(404);
  });

  it('bites on the next call: a lowered role, a raised one, a team that is left and joined again', async () => {
    const { id, browser } = await member('lowered@acme.example', 'platform_admin');
    const client = await createClient(admin, { access_preset: 'full_access' });
    const { access_token } = await obtainTokens(api, browser, client, { teams: ['Production'] });
    const rename = async () =>
      (
        await new Browser(api).send(
          'PATCH',
          `/api/v1/teams/${production.id}`,
          { name: 'Production' },
          { authorization: `Bearer ${access_token}` },
        )
      ).status;
    const roles = async () => (await introspect(api, client, access_token)).body['team_roles'];
    expect([await rename(), await roles()]).toEqual([200, { [production.id]: 'platform_admin' }]);
    await give(admin, production, id, 'standard_user');
    expect([await rename(), await roles()]).toEqual([403, { [production.id]: 'standard_user' }]);
    await give(admin, production, id, 'platform_admin');
    expect(await rename()).toBe(200);
    await admin.send('DELETE', memberPath(production, id));
    expect((await introspect(api, client, access_token)).body).toEqual({ active: false });
    await give(admin, production, id, 'read_only_user');
    expect([await rename(), await roles()]).toEqual([403, { [production.id]: 'read_only_user' }]);
  });

  it('is written down with what was before, in the transaction that made it', async () => {
    const { user } = await invite('audited@acme.example', [{ team_id: production.id, role: 'read_only_user' }]);
    await admin.send('PATCH', `${USERS}/${user.id}`, { name: 'Audrey' });
    await give(admin, production, user.id, 'standard_user');
    await give(admin, staging, user.id, 'security_user');
    await give(admin, staging, user.id, 'security_user');
    await admin.send('DELETE', memberPath(staging, user.id));
    await admin.send('PATCH', `${USERS}/${user.id}`, { status: 'disabled' });
    await admin.send('PATCH', `${USERS}/${user.id}`, { status: 'disabled' });
    await admin.send('PATCH', `${USERS}/${user.id}`, { status: 'active' });
    await admin.post(`${USERS}/${user.id}/reset-password`);
    const rows = await api.sql<{ action: string; reason: string | null; changes: Record<string, unknown> | null }>(
      `SELECT action, reason, changes FROM audit_event WHERE target_id = $1 ORDER BY at`,
      [user.id],
    );
    expect(
      rows.map(({ action, reason, changes }) => [action, reason, changes?.['role'] ?? changes?.['status'] ?? changes?.['name']]),
    ).toEqual([
      ['user.invited', null, [null, 'Invited']],
      ['user.updated', null, ['Invited', 'Audrey']],
      ['member.role_changed', null, ['read_only_user', 'standard_user']],
      ['member.added', null, [null, 'security_user']],
      ['member.removed', null, ['security_user', null]],
      ['user.disabled', null, ['active', 'disabled']],
      ['user.enabled', null, ['disabled', 'active']],
      ['user.invited', 'password_reset', undefined],
    ]);
  });
});

describe('an invitation', () => {
  const find = (token: string, headers?: Record<string, string>) =>
    new Browser(api).post<OpenInvitation>('/api/v1/invitations/find', { token }, headers);

  it('tells whose it is as long as it works, without being used up, and to nobody with a token', async () => {
    const { user, token } = await invite('found@acme.example');
    expect(user).toMatchObject({ has_password: false, status: 'active' });
    expect(user.invitation_expires_at).not.toBeNull();
    for (let twice = 0; twice < 2; twice += 1) {
      expect((await find(token)).body).toEqual({
        user: { email: 'found@acme.example', name: 'Invited' },
        organization_name: 'Acme',
        expires_at: user.invitation_expires_at,
        has_password: false,
      });
    }
    expect((await find(token, { authorization: 'Bearer x' })).status).toBe(401);
    expect((await find(`${token}x`)).status).toBe(410);
    const other = new Browser(api);
    expect((await other.post<SessionInfo>('/api/v1/invitations/accept', { token, password: PASSWORD })).body.user.email).toBe(user.email);
    expect((await find(token)).status).toBe(410);
    expect(await userOf('found@')).toMatchObject({ has_password: true, invitation_expires_at: null });
    const reset = await admin.post<{ invitation_url: string }>(`${USERS}/${user.id}/reset-password`);
    const again = reset.body.invitation_url.split('#')[1]!;
    expect((await find(again)).body.has_password).toBe(true);
    await api.advance(72 * HOUR + 1);
    expect((await find(again)).status).toBe(410);
    expect((await (await browserOf(api, ADMIN)).get<User>(`${USERS}/${user.id}`)).body.invitation_expires_at).toBeNull();
  });

  it('by a reset ends every browser session of the user once it is used, and not before', async () => {
    const { id, browser } = await member('forgot@acme.example', 'standard_user');
    const { body } = await admin.post<{ invitation_url: string }>(`${USERS}/${id}/reset-password`);
    expect((await browser.get('/api/v1/session')).status).toBe(200);
    const elsewhere = new Browser(api);
    const token = body.invitation_url.split('#')[1];
    expect((await elsewhere.post('/api/v1/invitations/accept', { token, password: 'another long password' })).status).toBe(201);
    expect([(await browser.get('/api/v1/session')).status, (await elsewhere.get('/api/v1/session')).status]).toEqual([401, 200]);
  });

  it('is refused at the field that is wrong, and nothing is stored', async () => {
    const [research] = (await admin.get<Page<Team>>(`/api/v1/teams?organization_id=${labs.id}`)).body.items;
    const good = { email: 'new@acme.example', name: 'New', memberships: [{ team_id: production.id, role: 'standard_user' }] };
    for (const [changed, pointer] of [
      [{ email: 'DEV@acme.example' }, '/email'],
      [{ email: 'no address' }, '/email'],
      [{ name: ' ' }, '/name'],
      [{ memberships: [{ team_id: research!.id, role: 'standard_user' }] }, '/memberships/0/team_id'],
      [{ memberships: [good.memberships[0], good.memberships[0]] }, '/memberships/1/team_id'],
      [{ memberships: [{ team_id: production.id, role: 'owner' }] }, '/memberships/0/role'],
      [{ memberships: [[]] }, '/memberships'],
      [{ memberships: [good.memberships[0], [good.memberships[0]]] }, '/memberships'],
    ] as const) {
      const answer = await admin.post<{ errors: { pointer: string }[] }>(USERS, { ...good, ...changed });
      expect([changed, answer.status, answer.body.errors[0]!.pointer]).toEqual([changed, 422, pointer]);
    }
    expect((await admin.get<Page<User>>(`${USERS}?search=new@acme`)).body.total).toBe(0);
  });
});

it('an approval that is withdrawn takes the codes along that were not exchanged; live tokens stay', async () => {
  const client = await createClient(admin);
  const dev = await browserOf(api, DEV);
  const { access_token } = await obtainTokens(api, dev, client);
  const pending = await consent(dev, client);
  expect((await dev.send('DELETE', `/api/v1/consents/${client.client_id}`)).status).toBe(204);
  expect((await exchange(api, client, pending)).body.error).toBe('invalid_grant');
  expect((await userinfo(api, access_token)).status).toBe(200);
  expect((await consent(dev, client)).request_id).not.toBeNull();
});

it('a password change writes down how many sessions it ended', async () => {
  const { id, browser } = await member('several@acme.example', 'standard_user');
  for (let n = 0; n < 2; n += 1) await new Browser(api).signIn('several@acme.example');
  await browser.send('PUT', '/api/v1/me/password', { current_password: PASSWORD, new_password: 'another long password' });
  const rows = await api.sql(
    `SELECT action, reason, count FROM audit_event WHERE target_id = $1 AND user_id::text = $1 ORDER BY at DESC LIMIT 2`,
    [id],
  );
  expect(rows).toEqual([
    { action: 'user.password_changed', reason: null, count: 1 },
    { action: 'session.ended', reason: 'password_changed', count: 2 },
  ]);
});

describe('the list of users', () => {
  const walk = async (query: string) => {
    const seen: User[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<User> = (await admin.get<Page<User>>(`${USERS}?limit=3&${query}${cursor ? `&cursor=${cursor}` : ''}`)).body;
      seen.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor);
    return seen;
  };

  it.each([
    ['name', ({ name }: User) => name.toLowerCase()],
    ['email', ({ email }: User) => email],
    ['status', ({ status }: User) => status],
  ])('is walked by %s in both directions, each user once', async (key, of) => {
    const up = await walk(`sort=${key}`);
    const { total } = (await admin.get<Page<User>>(USERS)).body;
    expect(new Set(up.map(({ id }) => id)).size).toBe(total);
    expect(up).toHaveLength(total);
    expect(up.map(of)).toEqual(up.map(of).sort());
    expect(await walk(`sort=-${key}`)).toEqual([...up].reverse());
  });

  it('and those of teams and members, are searched on the server', async () => {
    expect((await admin.get<Page<Team>>(`/api/v1/teams?search=PROD`)).body.items.map(({ name }) => name)).toEqual(['Production']);
    const members = await admin.get<Page<{ user: { email: string } }>>(`/api/v1/teams/${production.id}/members?search=VIEWER`);
    expect(members.body.items.map(({ user }) => user.email)).toEqual([VIEWER]);
  });
});

it('people are found by any part of name or address, through the trigrams and without them', async () => {
  const found = async (search: string) =>
    (await admin.get<Page<User>>(`${USERS}?search=${encodeURIComponent(search)}`)).body.items.map(({ id }) => id);
  const searches = ['ADMIN@', 'min', 'a', 'Viewer', '%', '_', 'nobody like this', 'ACME.EXAMPLE'];
  const all = (await admin.get<Page<User>>(`${USERS}?limit=200`)).body.items;
  const expected = searches.map((search) =>
    all.filter(({ email, name }) => [email, name.toLowerCase()].some((text) => text.includes(search.toLowerCase()))).map(({ id }) => id),
  );
  expect(expected[0]).toHaveLength(1);
  const indexes = () => api.sql(`SELECT FROM pg_indexes WHERE indexname = 'user_account_trigrams_idx'`);
  expect(await indexes()).toHaveLength(1);
  expect(await Promise.all(searches.map(found))).toEqual(expected);
  await api.sql('DROP EXTENSION pg_trgm CASCADE');
  expect([await indexes(), await Promise.all(searches.map(found))]).toEqual([[], expected]);
});

it('the database itself tells who is a guest, whoever writes the membership, and people are listed once', async () => {
  const wrong = `SELECT 1 FROM membership m JOIN user_account u ON u.id = m.user_id WHERE m.is_guest IS DISTINCT FROM (u.home_organization_id <> m.organization_id)`;
  const kinds = await api.sql<{ is_guest: boolean }>('SELECT DISTINCT is_guest FROM membership ORDER BY 1');
  expect([kinds.map(({ is_guest }) => is_guest), await api.sql(wrong)]).toEqual([[false, true], []]);
  for (const sort of ['name', '-name', 'email', '-email', 'status', '-status']) {
    const seen: User[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `${USERS}?limit=2&sort=${sort}${cursor && `&cursor=${cursor}`}`;
      const { body } = await admin.get<Page<User>>(path);
      seen.push(...body.items);
      expect(body.total).toBe((await admin.get<Page<User>>(`${USERS}?limit=200`)).body.items.length);
      cursor = body.next_cursor;
    }
    for (const status of ['active', 'disabled']) {
      const { body } = await admin.get<Page<User>>(`${USERS}?limit=200&sort=${sort}&status=${status}`);
      expect([body.total, body.items]).toEqual([body.items.length, seen.filter((user) => user.status === status)]);
    }
    const key = sort.replace('-', '') as 'name' | 'email' | 'status';
    const values = seen.map((user) => user[key].toLowerCase());
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
    expect(values).toEqual(sort.startsWith('-') ? values.toSorted().toReversed() : values.toSorted());
  }
});
