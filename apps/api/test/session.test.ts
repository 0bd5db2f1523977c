import type { Page, SessionInfo, UiSession, User } from '@behalf/domain';
import bcrypt from 'bcrypt';
import { sessionLive, sessionLiveOfMany } from '../src/session/session-sql.js';
import { VARIABLES } from '../src/platform/variables.js';
import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, createClient, obtainTokens } from './support/browser.js';
import { ADMIN, DEV, LABS, PASSWORD, SECURITY, VIEWER } from './support/constants.js';

const SESSION = '/api/v1/session';
const HOUR = 3600;
/** Slow enough for something else to happen while a password is compared. */
const SLOW_COST = 13;

let api: Api;
let admin: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

const attempt = (email: string, password: string) => new Browser(api).post(SESSION, { email, password });
const userOf = async (email: string) => (await admin.get<Page<User>>(`/api/v1/users?search=${email}`)).body.items[0]!;

describe('signing in', () => {
  it('answers an unknown account, a wrong password, a disabled user and a cut or padded password alike (UX-11, CA-14)', async () => {
    const viewer = await userOf(VIEWER);
    await admin.send('PATCH', `/api/v1/users/${viewer.id}`, { status: 'disabled' });
    const wrong = [
      await attempt('nobody@acme.example', PASSWORD),
      await attempt(DEV, 'not the password'),
      await attempt(VIEWER, PASSWORD),
      await attempt(DEV, `${PASSWORD}x`),
      await attempt(DEV, PASSWORD.slice(0, -1)),
      await attempt(DEV, PASSWORD + 'x'.repeat(72)),
      await attempt('', ''),
    ];
    await admin.send('PATCH', `/api/v1/users/${viewer.id}`, { status: 'active' });
    for (const answer of wrong) {
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual(wrong[0]!.body);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(wrong[0]!.body['type']).toMatch(/#wrong-credentials$/);
    expect((await attempt(DEV, `${PASSWORD}\0x`)).status).toBe(422);
  });

  it('never adopts a value that the browser brought, and ends the earlier session of that browser (UX-05)', async () => {
    const browser = await browserOf(api, DEV);
    const earlier = browser.cookies.get('bhf_session')!;
    await browser.signIn(DEV);
    expect(browser.cookies.get('bhf_session')).not.toBe(earlier);
    expect((await new Browser(api).get(SESSION, { cookie: `bhf_session=${earlier}` })).status).toBe(401);
    const chosen = new Browser(api);
    chosen.cookies.set('bhf_session', `bhf_ss_${'A'.repeat(43)}`);
    await chosen.signIn(DEV);
    expect((await new Browser(api).get(SESSION, { cookie: `bhf_session=bhf_ss_${'A'.repeat(43)}` })).status).toBe(401);
  });

  it('is stillborn when the user was disabled and enabled again while the password was being compared', async () => {
    const user = await userOf(SECURITY);
    const [{ password_hash }] = (await api.sql<{ password_hash: string }>('SELECT password_hash FROM user_account WHERE id = $1', [
      user.id,
    ])) as [{ password_hash: string }];
    const set = (hash: string) => api.sql('UPDATE user_account SET password_hash = $2 WHERE id = $1', [user.id, hash]);
    await set(await bcrypt.hash(PASSWORD, SLOW_COST));
    const signIn = attempt(SECURITY, PASSWORD);
    await new Promise((resolve) => setTimeout(resolve, 150));
    for (const status of ['disabled', 'active']) await admin.send('PATCH', `/api/v1/users/${user.id}`, { status });
    const answer = await signIn;
    await set(password_hash);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
  });

  it('is refused from another site, and has no trouble without browser headers (UX-06)', async () => {
    const body = { email: DEV, password: PASSWORD };
    for (const headers of [
      { origin: 'https://evil.test' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]) {
      const answer = await new Browser(api).post(SESSION, body, headers as never);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
    }
    expect((await new Browser(api).post(SESSION, body, { 'sec-fetch-site': 'same-origin' })).status).toBe(201);
    expect((await new Browser(api).post(SESSION, body, { origin: api.issuer })).status).toBe(201);
  });

  it('writes refusals down as one row with a count, never with what was typed', async () => {
    for (let n = 0; n < 3; n += 1) await attempt(LABS, 'my-secret-typo');
    await attempt('my-secret-typo', PASSWORD);
    const refused = () =>
      api.sql<{ target_name: string | null; count: number }>(
        `SELECT target_name, count FROM audit_event WHERE action = 'session.refused' AND reason = 'wrong_password' AND target_name = $1`,
        [LABS],
      );
    const deadline = Date.now() + 6_000;
    while (!(await refused()).length && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await refused()).toEqual([{ target_name: LABS, count: 3 }]);
    const [leak] = await api.sql<{ n: number }>(`SELECT count(*)::integer AS n FROM audit_event a WHERE a::text LIKE '%my-secret-typo%'`);
    expect(leak!.n).toBe(0);
  });
});

describe('a session', () => {
  it('ends after its idle time, and after its absolute one however much it is used', async () => {
    const idle = await browserOf(api, DEV);
    const used = await browserOf(api, DEV);
    for (let hours = 0; hours < 7 * 24 - 11; hours += 11) {
      expect((await used.get(SESSION)).status).toBe(200);
      await api.advance(11 * HOUR);
      if (hours === 11) expect((await idle.get(SESSION)).status).toBe(401);
    }
    await api.advance(11 * HOUR);
    expect((await used.get(SESSION)).status).toBe(401);
  });

  it('has a cookie that scripts and other sites cannot use (UX-04)', async () => {
    const answer = await attempt(DEV, PASSWORD);
    const [line] = answer.headers.getSetCookie();
    expect(line).toMatch(/^bhf_session=bhf_ss_[A-Za-z0-9_-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
    const stored = await api.sql<{ t: string }>('SELECT s::text AS t FROM ui_session s');
    const value = line!.slice('bhf_session='.length, line!.indexOf(';'));
    expect(stored.some(({ t }) => t.includes(value))).toBe(false);
  });

  it('acts in one organization at a time, and in none where the user has no team', async () => {
    const browser = await browserOf(api, ADMIN);
    const labs = (await browser.get<SessionInfo>(SESSION)).body.organizations.find(({ name }) => name === 'Acme Labs')!;
    expect((await browser.send<SessionInfo>('PUT', `${SESSION}/organization`, { organization_id: labs.id })).body.organization).toEqual(
      labs,
    );
    expect((await browser.get<SessionInfo>(SESSION)).body.organization).toEqual(labs);
    const dev = await browserOf(api, DEV);
    expect((await dev.send('PUT', `${SESSION}/organization`, { organization_id: labs.id })).status).toBe(404);
  });

  it('is not reachable with a token: session, consent, account and invitation routes answer 401 (AD-01)', async () => {
    const client = await createClient(admin, { access_preset: 'full_access' });
    const { access_token } = await obtainTokens(api, admin, client);
    const authorization = `Bearer ${access_token}`;
    const routes = [
      ['GET', SESSION],
      ['DELETE', SESSION],
      ['POST', SESSION, { email: DEV, password: PASSWORD }],
      ['PUT', `${SESSION}/organization`, { organization_id: client.client_id }],
      ['GET', '/api/v1/ui-sessions'],
      ['DELETE', '/api/v1/ui-sessions'],
      ['PATCH', '/api/v1/me', { name: 'x' }],
      ['PUT', '/api/v1/me/password', { current_password: PASSWORD, new_password: PASSWORD }],
      ['POST', '/api/v1/invitations/accept', { token: 'x', password: PASSWORD }],
      ['GET', '/api/v1/authorization-requests/x'],
      ['POST', '/api/v1/authorization-requests/x/decision', { decision: 'allow', team_ids: [] }],
    ] as const;
    for (const [method, path, body] of routes) {
      expect([method, path, (await new Browser(api).send(method, path, body, { authorization })).status]).toEqual([method, path, 401]);
    }
  });

  it('is seen and ended by its user, by whoever manages sessions at the user’s home, and by nobody else', async () => {
    const target = await browserOf(api, DEV);
    const { body } = await target.get<Page<UiSession>>('/api/v1/ui-sessions');
    const { session_id } = body.items.find((session) => session.current)!;
    const path = `/api/v1/ui-sessions/${session_id}`;
    const viewer = await browserOf(api, VIEWER);
    expect((await viewer.get<Page<UiSession>>('/api/v1/ui-sessions')).body.items.every(({ user }) => user.email === VIEWER)).toBe(true);
    expect((await viewer.get('/api/v1/ui-sessions?show=organization')).status).toBe(403);
    expect((await viewer.send('DELETE', path)).status).toBe(403);
    expect((await (await browserOf(api, LABS)).send('DELETE', path)).status).toBe(404);
    expect((await target.get(SESSION)).status).toBe(200);
    const security = await browserOf(api, SECURITY);
    const shown = await security.get<Page<UiSession>>('/api/v1/ui-sessions?show=organization&limit=200');
    expect(shown.body.items.some((session) => session.session_id === session_id)).toBe(true);
    expect(shown.body.items.some(({ user }) => user.email === LABS)).toBe(false);
    expect((await security.send('DELETE', path)).status).toBe(204);
    expect((await target.get(SESSION)).status).toBe(401);
    expect((await security.send('DELETE', path)).status).toBe(404);
  });
});

it('everyone’s sessions are counted as they are listed, whatever may stand against each of them', async () => {
  await api.sql(`INSERT INTO user_account (email, name, status, epoch, session_epoch, home_organization_id)
    SELECT m.email, m.email, m.status, m.epoch, m.session_epoch, o.id FROM organization o, (VALUES ('never@acme.example', 'active', 0, 0),
      ('back@acme.example', 'active', 1, 0), ('off@acme.example', 'disabled', 1, 0), ('elsewhere@acme.example', 'active', 0, 1)) m(email, status, epoch, session_epoch)
     WHERE o.name = 'Acme'`);
  await api.sql(`INSERT INTO ui_session (token_hash, user_id, user_epoch, session_epoch, organization_id, authenticated_at, last_active_at, expires_at, ended_at)
    SELECT sha256(random()::text::bytea), u.id, u.epoch - stale_user, u.session_epoch - stale_session, u.home_organization_id, now(),
           now() - idle * interval '1 hour', now() + ends * interval '1 hour', CASE WHEN has_ended THEN now() END
      FROM user_account u, generate_series(0, 1) stale_user, generate_series(0, 1) stale_session, unnest(ARRAY[0, 11, 13]) idle, unnest(ARRAY[-1, 1]) ends,
           unnest(ARRAY[true, false]) has_ended
     WHERE u.email IN ('never@acme.example', 'back@acme.example', 'off@acme.example', 'elsewhere@acme.example', '${LABS}')`);
  const rows = await api.sql<{ live: boolean; of_many: boolean; at_home: boolean }>(
    `SELECT ${sessionLive('$1', '$2::float8')} AS live, ${sessionLiveOfMany('$1', '$2::float8')} AS of_many,
            s.home_organization_id = u.home_organization_id AS at_home
       FROM ui_session s JOIN user_account u ON u.id = s.user_id`,
    [null, 12 * HOUR],
  );
  expect(rows.filter(({ live }) => live).length).toBeGreaterThan(8);
  expect(rows.filter(({ live, of_many, at_home }) => live !== of_many || !at_home)).toEqual([]);
  const { items, total } = (await admin.get<Page<UiSession>>('/api/v1/ui-sessions?show=organization&limit=200')).body;
  expect([total, items.some(({ user }) => user.email === 'off@acme.example' || user.email === LABS)]).toEqual([items.length, false]);
});

describe('an invitation', () => {
  const invite = async (email: string): Promise<string> => {
    const answer = await admin.post<{ invitation_url: string }>('/api/v1/users', { email, name: 'Invited', memberships: [] });
    expect(answer.status).toBe(201);
    return answer.body.invitation_url.split('#')[1]!;
  };
  const accept = (token: string, password = PASSWORD) => new Browser(api).post('/api/v1/invitations/accept', { token, password });

  it('is used up by exactly one of many that come at once', async () => {
    const token = await invite('many@acme.example');
    const answers = await Promise.all(Array.from({ length: 10 }, () => accept(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...new Array<number>(9).fill(410)]);
  });

  it('ends after 72 hours, when a newer one is made, and when the user is disabled', async () => {
    const [late, replaced, disabled] = [
      await invite('late@acme.example'),
      await invite('replaced@acme.example'),
      await invite('gone@acme.example'),
    ];
    const again = await admin.post<{ invitation_url: string }>(`/api/v1/users/${(await userOf('replaced@')).id}/reset-password`);
    expect((await accept(replaced)).status).toBe(410);
    expect((await accept(again.body.invitation_url.split('#')[1]!)).status).toBe(201);
    const gone = `/api/v1/users/${(await userOf('gone@')).id}`;
    await admin.send('PATCH', gone, { status: 'disabled' });
    await admin.send('PATCH', gone, { status: 'active' });
    expect((await accept(disabled)).status).toBe(410);
    await api.advance(72 * HOUR + 1);
    expect((await accept(late)).status).toBe(410);
  });

  it('takes no weak password, and is not used up by one', async () => {
    const token = await invite('weak@acme.example');
    for (const password of ['short', 'x'.repeat(73), 'ä'.repeat(37)]) expect((await accept(token, password)).status).toBe(422);
    expect((await accept(token)).status).toBe(201);
  });
});

it('a password change ends every other session and keeps this one under a new value', async () => {
  const [here, elsewhere] = [await browserOf(api, LABS), await browserOf(api, LABS)];
  const earlier = here.cookies.get('bhf_session');
  const change = (current_password: string, new_password: string) =>
    here.send('PUT', '/api/v1/me/password', { current_password, new_password });
  expect((await change('not the password', 'another long password')).status).toBe(422);
  expect((await elsewhere.get(SESSION)).status).toBe(200);
  expect((await change(PASSWORD, 'another long password')).status).toBe(204);
  expect((await here.get(SESSION)).status).toBe(200);
  expect(here.cookies.get('bhf_session')).not.toBe(earlier);
  expect((await elsewhere.get(SESSION)).status).toBe(401);
  expect((await attempt(LABS, PASSWORD)).status).toBe(401);
  await change('another long password', PASSWORD);
});

it('signing out everywhere else leaves this browser alone', async () => {
  const [here, there, third] = [await browserOf(api, LABS), await browserOf(api, LABS), await browserOf(api, LABS)];
  const { body } = await here.send<{ revoked: number }>('DELETE', '/api/v1/ui-sessions');
  expect(body.revoked).toBeGreaterThanOrEqual(2);
  expect([await here.get(SESSION), await there.get(SESSION), await third.get(SESSION)].map(({ status }) => status)).toEqual([
    200, 401, 401,
  ]);
});

describe('guessing passwords', () => {
  let limited: Api;

  beforeAll(async () => {
    limited = await startApi({ SIGN_IN_FAILURES: '3', TRUSTED_PROXIES: '127.0.0.1' });
  });

  afterAll(() => limited.stop());

  const guess = (on: Api, email: string, password: string, from: string) =>
    new Browser(on).post(SESSION, { email, password }, { 'x-forwarded-for': from });

  it('is over after the limit, for that account from that address alone, on every replica (UX-11, RL-02)', async () => {
    const replica = await limited.replica();
    for (let n = 0; n < 3; n += 1) expect((await guess(n % 2 ? replica : limited, DEV, `wrong ${n}`, '10.1.1.1')).status).toBe(401);
    for (const on of [limited, replica]) {
      const refused = await guess(on, DEV, PASSWORD, '10.1.1.1');
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    expect((await guess(limited, DEV, PASSWORD, '10.1.1.2')).status).toBe(201);
    expect((await guess(limited, VIEWER, PASSWORD, '10.1.1.1')).status).toBe(201);
    await limited.advance(15 * 60 + 1);
    expect((await guess(limited, DEV, PASSWORD, '10.1.1.1')).status).toBe(201);
    await limited.resetClock();
  });

  it('takes ten wrong passwords by default, and is over with the eleventh (UX-11)', async () => {
    const usual = await startApi({ SIGN_IN_FAILURES: String(VARIABLES.SIGN_IN_FAILURES.default) });
    try {
      const statuses: number[] = [];
      for (let n = 0; n < 11; n += 1)
        statuses.push((await new Browser(usual).post(SESSION, { email: DEV, password: `wrong ${n}` })).status);
      expect(statuses).toEqual([...new Array<number>(10).fill(401), 429]);
    } finally {
      await usual.stop();
    }
  });

  it('takes as long for an account that does not exist as for a wrong password (UX-11)', async () => {
    const slow = await startApi({ BCRYPT_COST: '10' });
    try {
      // As the demo users' passwords were hashed cheaply for the tests.
      await slow.sql('UPDATE user_account SET password_hash = $1 WHERE email = $2', [await bcrypt.hash(PASSWORD, 10), DEV]);
      const times: number[][] = [[], []];
      for (let round = 0; round < 9; round += 1) {
        for (const [index, email] of [DEV, 'nobody@acme.example'].entries()) {
          const began = performance.now();
          expect((await new Browser(slow).post(SESSION, { email, password: 'wrong' })).status).toBe(401);
          times[index]!.push(performance.now() - began);
        }
      }
      const [known, unknown] = times.map((each) => each.toSorted((one, other) => one - other)[4]!);
      expect(Math.max(known!, unknown!) / Math.min(known!, unknown!)).toBeLessThan(2);
    } finally {
      await slow.stop();
    }
  }, 120_000);

  it('gains nothing from many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => guess(limited, LABS, `wrong ${n}`, '10.1.1.3')));
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(3);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(9);
  });
});
