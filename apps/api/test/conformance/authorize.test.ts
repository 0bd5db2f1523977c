import type { AuthorizationRequestDetails, Page, Team, User } from '@behalf/domain';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  authorizeQuery,
  Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  form,
  newPkce,
  REDIRECT_URI,
  type TestClient,
  teamNamed,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV, LABS, VIEWER } from '../support/constants.js';
import { send } from './raw.js';

type Changed = Record<string, string | undefined>;

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let metadataIssuer: string;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
  metadataIssuer = (await dev.get<{ issuer: string }>('/.well-known/oauth-authorization-server')).body.issuer;
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

const authorize = (browser: Browser, of: Pick<TestClient, 'client_id' | 'redirect_uris'>, changed: Changed = {}) =>
  browser.get(`/oauth2/authorize?${authorizeQuery(of, newPkce(), changed)}`);

function expectPage(answer: Pick<Answer, 'status' | 'headers' | 'text'>, status = 400): void {
  expect([answer.status, answer.headers.get('location')]).toEqual([status, null]);
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
}

/** The refusal went to the client: with the error, who answers, and the state as it was sent. */
function expectRefusal(answer: Answer, error: string, state: string | null = 'state-1'): void {
  expect(answer.status).toBe(303);
  const location = new URL(answer.headers.get('location')!);
  expect(location.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
  expect(Object.fromEntries(location.searchParams)).toEqual({
    error,
    error_description: expect.any(String),
    iss: metadataIssuer,
    ...(state === null ? {} : { state }),
  });
}

const pageOf = (answer: Answer) => new URL(answer.headers.get('location')!, api.issuer);
const requestIdOf = (answer: Answer) => pageOf(answer).searchParams.get('request_id')!;
const decisionPath = (request_id: string) => `/api/v1/authorization-requests/${request_id}/decision`;
const show = (browser: Browser, request_id: string) => browser.get<AuthorizationRequestDetails>(`/api/v1/authorization-requests/${request_id}`);
const decide = (browser: Browser, request_id: string, team_ids: string[], decision = 'allow') =>
  browser.post<{ redirect_to: string }>(decisionPath(request_id), { decision, team_ids });

/** A request whose consent page the browser is looking at. */
async function pending(browser: Browser, of: TestClient, changed: Changed = {}): Promise<{ request_id: string; details: AuthorizationRequestDetails }> {
  const answer = await authorize(browser, of, { prompt: 'consent', ...changed });
  expect(pageOf(answer).pathname).toBe('/consent');
  const request_id = requestIdOf(answer);
  return { request_id, details: (await show(browser, request_id)).body };
}

async function countGrants(): Promise<number> {
  const [row] = await api.sql<{ count: number }>('SELECT count(*)::int4 AS count FROM authorization_grant');
  return row!.count;
}

const setStatus = (of: TestClient, status: string) => admin.send('PUT', `/api/v1/oauth-clients/${of.client_id}/status`, { status });

describe('faults of client and redirect URI', () => {
  it('end on a page of ours, signed in or not, and the bad address is not on it (AZ-01)', async () => {
    const several = await createClient(admin, { redirect_uris: [REDIRECT_URI, 'https://app.test/other'] });
    const paused = await createClient(admin);
    const deleted = await createClient(admin, { client_name: 'to delete' });
    await setStatus(paused, 'disabled');
    await admin.post(`/api/v1/oauth-clients/${deleted.client_id}/delete`, { confirm_name: 'to delete' });
    const evil = 'https://evil.test/"><script>alert(1)</script>';
    const queries = [
      authorizeQuery(client, newPkce(), { client_id: undefined }),
      authorizeQuery(client, newPkce(), { client_id: '' }),
      authorizeQuery(client, newPkce(), { client_id: evil }),
      `${authorizeQuery(client, newPkce())}&client_id=${client.client_id}`,
      authorizeQuery(paused, newPkce()),
      authorizeQuery(deleted, newPkce()),
      authorizeQuery(several, newPkce(), { redirect_uri: undefined }),
      authorizeQuery(client, newPkce(), { redirect_uri: evil }),
      `${authorizeQuery(client, newPkce())}&redirect_uri=${encodeURIComponent(REDIRECT_URI)}`,
      `${authorizeQuery(client, newPkce())}&redirect_uri=${encodeURIComponent(evil)}`,
      authorizeQuery(client, newPkce(), { redirect_uri: evil, prompt: 'none' }),
      authorizeQuery(client, newPkce(), { redirect_uri: evil, response_type: 'token', scope: 'nope' }),
    ];
    for (const query of queries) {
      for (const browser of [dev, new Browser(api)]) {
        for (const answer of [await browser.get(`/oauth2/authorize?${query}`), await form(api, '/oauth2/authorize', query)]) {
          expectPage(answer);
          expect(answer.text).not.toMatch(/evil\.test|<script|<a /i);
          expect(answer.headers.getSetCookie()).toEqual([]);
        }
      }
    }
  });

  it('are none where one URI is registered and none is named; the code is bound to that one (AZ-02)', async () => {
    for (const sent of [{}, { redirect_uri: REDIRECT_URI }]) {
      const consented = await consent(dev, client, { parameters: { redirect_uri: undefined } });
      expect(consented.redirect.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
      expect((await exchange(api, client, consented, sent)).status).toBe(200);
    }
    const other = await exchange(api, client, await consent(dev, client), { redirect_uri: `${REDIRECT_URI}/` });
    expect([other.status, other.body.error]).toEqual([400, 'invalid_grant']);
  });
});

describe('every other fault', () => {
  it.each<[Changed, string]>([
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_type: 'id_token' }, 'unsupported_response_type'],
    [{ response_type: 'code token' }, 'unsupported_response_type'],
    [{ response_type: 'code id_token' }, 'unsupported_response_type'],
    [{ response_type: 'none' }, 'unsupported_response_type'],
    [{ response_type: 'Code' }, 'unsupported_response_type'],
    [{ response_mode: 'fragment' }, 'invalid_request'],
    [{ response_mode: 'form_post' }, 'invalid_request'],
    [{ request: 'e30.e30.' }, 'request_not_supported'],
    [{ registration: '{}' }, 'registration_not_supported'],
    [{ prompt: 'nonsense' }, 'invalid_request'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ prompt: 'consent none' }, 'invalid_request'],
    [{ prompt: 'Login' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ max_age: '1.5' }, 'invalid_request'],
    [{ max_age: 'x' }, 'invalid_request'],
    [{ max_age: '1e3' }, 'invalid_request'],
    [{ scope: 'read write' }, 'invalid_scope'],
    [{ scope: 'write' }, 'invalid_scope'],
    [{ scope: 'nope' }, 'invalid_scope'],
    [{ scope: 'READ' }, 'invalid_scope'],
    [{ scope: 'read nope' }, 'invalid_scope'],
    [{ scope: 'read "' }, 'invalid_scope'],
    [{ scope: 'read \\' }, 'invalid_scope'],
    [{ scope: 'read\twrite' }, 'invalid_scope'],
    [{ scope: 'read\u0001' }, 'invalid_scope'],
  ])('%j goes back at once as %s, signed in or not (AZ-03, AZ-08, AZ-15, AZ-16, AZ-17, AZ-18)', async (changed, error) => {
    for (const browser of [dev, new Browser(api)]) {
      const answer = await authorize(browser, client, changed);
      expectRefusal(answer, error);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expectRefusal(await authorize(dev, client, { ...changed, state: undefined }), error, null);
  });

  it('of a repeated parameter goes back with the state, unless the state is what was repeated (AZ-04)', async () => {
    const query = authorizeQuery(client, newPkce(), { scope: 'read', response_type: 'code', nonce: 'n', prompt: 'login' });
    for (const [name, value] of new URLSearchParams(query)) {
      if (name === 'client_id' || name === 'redirect_uri') continue;
      expectRefusal(await dev.get(`/oauth2/authorize?${query}&${name}=${encodeURIComponent(value)}`), 'invalid_request', name === 'state' ? null : 'state-1');
    }
  });

  it('is told without fetching what a request names (AZ-18)', async () => {
    let fetched = 0;
    const listener = createServer((_, response) => response.end(String(fetched++)));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const request_uri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/request`;
    expectRefusal(await authorize(dev, client, { request_uri }), 'request_uri_not_supported');
    expect((await authorize(dev, client, { client_id: request_uri })).status).toBe(400);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(fetched).toBe(0);
    await new Promise((resolve) => listener.close(resolve));
  });

  it('of our own becomes server_error or temporarily_unavailable, and the same request works afterwards (AZ-22)', async () => {
    await api.sql(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = TG_ARGV[0], MESSAGE = 'injected'; END $$`);
    for (const [state, error] of [['22012', 'server_error'], ['53200', 'temporarily_unavailable']]) {
      await api.sql(`CREATE TRIGGER fail BEFORE INSERT ON authorization_request FOR EACH ROW EXECUTE FUNCTION fail('${state}')`);
      const answer = await authorize(dev, client);
      await api.sql('DROP TRIGGER fail ON authorization_request');
      expectRefusal(answer, error!);
      expect(answer.headers.get('location')).not.toContain('injected');
    }
    expect((await consent(dev, client)).code).toBeTruthy();
  });
});

describe('the answer to the client', () => {
  const LONG = 'é%"'.repeat(1024);
  it.each([['+ & = % # é 漢 \u{1F642} "<script>'], ['%0d%0aSet-Cookie:x=1'], ['\r\nSet-Cookie: x=1\r\n\r\n'], ['  '], ['a+b%2Bc'], ['../?a=b&iss=https://evil.test'], [LONG]])(
    'carries the state byte for byte: %j (AZ-05)',
    async (state) => {
      const refused = await authorize(dev, client, { state, scope: 'nope' });
      expectRefusal(refused, 'invalid_scope', state);
      expect(refused.headers.getSetCookie()).toEqual([]);
      const { redirect } = await consent(dev, client, { parameters: { state } });
      expect(redirect.searchParams.getAll('state')).toEqual([state]);
      expect(redirect.searchParams.getAll('iss')).toEqual([metadataIssuer]);
    },
  );

  it('has no state where none was sent, and the issuer to the letter always (AZ-05, AZ-06)', async () => {
    const { redirect } = await consent(dev, client, { parameters: { state: undefined } });
    expect([...redirect.searchParams.keys()].toSorted()).toEqual(['code', 'iss']);
    const { request_id } = await pending(dev, client);
    const denied = (await decide(dev, request_id, [], 'deny')).body.redirect_to;
    const silent = await authorize(new Browser(api), client, { prompt: 'none' });
    for (const address of [redirect.href, denied, silent.headers.get('location')!]) {
      expect(new URL(address).searchParams.getAll('iss')).toEqual([metadataIssuer]);
    }
    expect(metadataIssuer).toBe(api.issuer);
  });

  it('is added to the query that the redirect URI has, which is kept (AZ-07)', async () => {
    for (const uri of ['https://a.test/cb?x=1&y=%20', 'https://a.test/cb?', 'https://a.test?x=1']) {
      const own = await createClient(admin, { redirect_uris: [uri] });
      const { redirect_to } = (await allowFirst(dev, own)).body;
      const joint = uri.endsWith('?') ? '' : '&';
      const refused = (await authorize(dev, own, { scope: 'nope' })).headers.get('location')!;
      for (const address of [redirect_to, refused]) expect(address.slice(0, uri.length + joint.length)).toBe(uri + joint);
      expect(redirect_to.slice(uri.length + joint.length)).toMatch(/^code=[^&]+&state=state-1&iss=[^&]+$/);
      expect(refused.slice(uri.length + joint.length)).toMatch(/^error=invalid_scope&/);
    }
  });

  async function allowFirst(browser: Browser, of: TestClient): Promise<Answer<{ redirect_to: string }>> {
    const { request_id, details } = await pending(browser, of);
    return decide(browser, request_id, [details.selectable_teams[0]!.id]);
  }
});

describe('scope', () => {
  it.each<['read_only' | 'full_access', string | undefined, string]>([
    ['read_only', undefined, 'read'],
    ['full_access', undefined, 'read write'],
    ['full_access', 'read', 'read'],
    ['full_access', 'write', 'read write'],
    ['full_access', 'write read read', 'read write'],
    ['read_only', 'read offline_access', 'read'],
    ['read_only', 'openid email read profile', 'openid profile email read'],
  ])('under %s, %j is granted as %j, and the token answer says so (AZ-09)', async (access_preset, scope, granted) => {
    const own = await createClient(admin, { access_preset, issue_refresh_token: false });
    const answer = await exchange(api, own, await consent(dev, own, { parameters: { scope } }));
    expect([answer.status, answer.body.scope]).toEqual([200, granted]);
    expect(answer.body).not.toHaveProperty('refresh_token');
  });
});

describe('the decision', () => {
  it('of no sends the user back without a code (AZ-10)', async () => {
    const { request_id } = await pending(dev, client);
    const before = await countGrants();
    const { status, body } = await decide(dev, request_id, [], 'deny');
    expect(status).toBe(200);
    const { searchParams } = new URL(body.redirect_to);
    expect([searchParams.get('error'), searchParams.get('state'), searchParams.has('code')]).toEqual(['access_denied', 'state-1', false]);
    expect(await countGrants()).toBe(before);
  });

  it('counts once, from the user and the browser that saw the page (AZ-11)', async () => {
    const { request_id, details } = await pending(dev, client);
    const team_ids = [details.selectable_teams[0]!.id];
    const before = await countGrants();
    const sameBrowser = await browserOf(api, VIEWER);
    for (const [name, value] of dev.cookies) if (name.startsWith('bhf_request_')) sameBrowser.cookies.set(name, value);
    const signedOut = new Browser(api);
    for (const [name, value] of dev.cookies) if (name.startsWith('bhf_request_')) signedOut.cookies.set(name, value);
    const forged = await browserOf(api, DEV);
    forged.cookies.set(`bhf_request_${request_id}`, `bhf_rq_${'A'.repeat(43)}`);
    expect((await decide(signedOut, request_id, team_ids)).status).toBe(401);
    expect((await decide(sameBrowser, request_id, team_ids)).status).toBe(404);
    expect((await decide(await browserOf(api, DEV), request_id, team_ids)).status).toBe(404);
    expect((await decide(forged, request_id, team_ids)).status).toBe(404);
    for (const made of [crypto.randomUUID(), 'x', '..', '%00']) expect((await decide(dev, made, team_ids)).status).toBe(404);
    expect((await decide(dev, request_id, team_ids, 'maybe')).status).toBe(422);
    expect(await countGrants()).toBe(before);
    const answers = await Promise.all(Array.from({ length: 8 }, () => decide(dev, request_id, team_ids)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...new Array<number>(7).fill(410)]);
    expect((await decide(dev, request_id, team_ids, 'deny')).status).toBe(410);
    expect(await countGrants()).toBe(before + 1);
  });

  it('names one team for a single-team client and one or more for others, all of them the user’s and allowed (AZ-12)', async () => {
    const [production, staging, security] = await Promise.all(['Production', 'Staging', 'Security'].map((name) => teamNamed(admin, name)));
    const single = await createClient(admin, { team_selection: 'single' });
    const multiple = await createClient(admin, { team_selection: 'multiple' });
    const restricted = await createClient(admin, { team_selection: 'multiple', team_restrictions: { team_ids: [staging!.id], organization_ids: [] } });
    const cases: [TestClient, string[]][] = [
      ...[single, multiple].flatMap((each): [TestClient, string[]][] => [
        [each, []],
        [each, [security!.id]],
        [each, [production!.id, production!.id]],
        [each, [crypto.randomUUID()]],
        [each, ['x']],
        [each, ['\0']],
      ]),
      [single, [production!.id, staging!.id]],
      [multiple, [production!.id, security!.id]],
      [restricted, [production!.id]],
      [restricted, [staging!.id, production!.id]],
    ];
    const before = await countGrants();
    for (const [of, team_ids] of cases) {
      const { request_id } = await pending(dev, of);
      const answer = await decide(dev, request_id, team_ids);
      expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ pointer: expect.stringMatching(/^\/team_ids/) }] }]);
    }
    expect(await countGrants()).toBe(before);
    const { request_id, details } = await pending(dev, restricted);
    expect(details.selectable_teams.map(({ name }) => name)).toEqual(['Staging']);
    expect((await decide(dev, request_id, [staging!.id])).status).toBe(200);
  });

  it('is impossible for a user with no team that the client may act on (AZ-13)', async () => {
    const staging = await teamNamed(admin, 'Staging');
    const restricted = await createClient(admin, { team_restrictions: { team_ids: [staging.id], organization_ids: [] } });
    const before = await countGrants();
    for (const [email, of] of [[VIEWER, restricted], [LABS, client]] as const) {
      const browser = await browserOf(api, email);
      const own = (await browser.get<Page<Team>>('/api/v1/teams')).body.items.map(({ id }) => id);
      const { request_id, details } = await pending(browser, of);
      expect(details.selectable_teams).toEqual([]);
      for (const team_ids of [[], own, [staging.id]]) expect((await decide(browser, request_id, team_ids)).status).toBe(422);
    }
    expect(await countGrants()).toBe(before);
  });

  it('is judged by the client as it is when it arrives (AZ-21)', async () => {
    const other = 'https://app.test/other';
    const changes: [string, (of: TestClient) => Promise<Answer>][] = [
      ['paused', (of) => setStatus(of, 'disabled')],
      ['without that redirect URI', (of) => admin.send('PATCH', `/api/v1/oauth-clients/${of.client_id}`, { redirect_uris: [other], version: of.version })],
      ['narrowed', (of) => admin.send('PATCH', `/api/v1/oauth-clients/${of.client_id}`, { access_preset: 'read_only', version: of.version })],
      ['deleted', (of) => admin.post(`/api/v1/oauth-clients/${of.client_id}/delete`, { confirm_name: of.client_name })],
    ];
    const before = await countGrants();
    for (const [what, change] of changes) {
      const own = await createClient(admin, { access_preset: 'full_access' });
      const { request_id, details } = await pending(dev, own);
      expect([what, (await change(own)).status]).toEqual([what, what === 'deleted' ? 204 : 200]);
      const answer = await decide(dev, request_id, [details.selectable_teams[0]!.id]);
      expect([what, answer.status]).toEqual([what, 410]);
      expectPage(await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`));
    }
    const restarted = await createClient(admin);
    const { request_id, details } = await pending(dev, restarted);
    await setStatus(restarted, 'disabled');
    await setStatus(restarted, 'enabled');
    expect((await decide(dev, request_id, [details.selectable_teams[0]!.id])).status).toBe(410);
    expect(await countGrants()).toBe(before);
  });

  it('and the way back to it are found by an id alone, for ten minutes (AZ-21)', async () => {
    const { request_id, details } = await pending(dev, client);
    for (const query of ['', '?request_id=', '?request_id=https://evil.test/', `?request_id=${request_id}&request_id=x`, `?returnTo=https://evil.test/`, `?request_id=${crypto.randomUUID()}`]) {
      const answer = await dev.get(`/oauth2/authorize/resume${query}`);
      expect(answer.status === 303 ? pageOf(answer).origin : answer.headers.get('location')).toBe(answer.status === 303 ? api.issuer : null);
      expect(answer.text).not.toContain('evil.test');
    }
    await api.advance(599);
    expect((await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`)).status).toBe(303);
    await api.advance(2);
    expectPage(await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`));
    expect((await decide(dev, request_id, [details.selectable_teams[0]!.id])).status).toBe(410);
  });
});

describe('POST', () => {
  it('stores the request and goes on by a GET with 303, which brings the cookie that a cross-site POST does not (AZ-14, AZ-19)', async () => {
    const browser = new Browser(api);
    const posted = await browser.send('POST', '/oauth2/authorize', authorizeQuery(client, newPkce(), { prompt: 'consent' }), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://app.test',
      'sec-fetch-site': 'cross-site',
    });
    expect(posted.status).toBe(303);
    expect(pageOf(posted).pathname).toBe('/oauth2/authorize/resume');
    browser.cookies.set('bhf_session', dev.cookies.get('bhf_session')!);
    const resumed = await browser.get(posted.headers.get('location')!);
    expect([resumed.status, pageOf(resumed).pathname]).toEqual([303, '/consent']);
    expect((await show(browser, requestIdOf(resumed))).body.user!.email).toBe(DEV);
    const refused = await form(api, '/oauth2/authorize', authorizeQuery(client, newPkce(), { scope: 'nope' }));
    expectRefusal(refused, 'invalid_scope');
    // Parameters of a POST are those of its body.
    expectPage(await form(api, `/oauth2/authorize?${authorizeQuery(client, newPkce())}`, ''));
  });
});

describe('prompt and max_age', () => {
  const page = (answer: Answer) => (answer.status === 303 ? pageOf(answer).pathname : String(answer.status));

  it('none never shows a page (AZ-15)', async () => {
    const own = await createClient(admin);
    expectRefusal(await authorize(new Browser(api), own, { prompt: 'none' }), 'login_required');
    expectRefusal(await authorize(dev, own, { prompt: 'none' }), 'consent_required');
    expectRefusal(await authorize(dev, own, { prompt: 'none', max_age: '0' }), 'login_required');
    await consent(dev, own);
    const silent = await authorize(dev, own, { prompt: 'none' });
    expect(pageOf(silent).searchParams.get('code')).toBeTruthy();
    expectRefusal(await authorize(new Browser(api), own, { prompt: 'none' }), 'login_required');
    const wider = await createClient(admin, { access_preset: 'full_access' });
    await consent(dev, wider, { parameters: { scope: 'read' } });
    expectRefusal(await authorize(dev, wider, { prompt: 'none', scope: 'write' }), 'consent_required');
  });

  it('ask for a sign-in or the page although both could be skipped (AZ-16)', async () => {
    const own = await createClient(admin);
    const browser = await browserOf(api, DEV);
    await consent(browser, own);
    expect(page(await authorize(browser, own))).toBe('/callback');
    for (const prompt of ['consent', 'select_account', 'consent select_account']) {
      expect([prompt, page(await authorize(browser, own, { prompt }))]).toEqual([prompt, expect.stringMatching(/^\/(consent|login)$/)]);
    }
    for (const prompt of ['login', 'login consent']) {
      const answer = await authorize(browser, own, { prompt });
      expect(page(answer)).toBe('/login');
      const resume = `/oauth2/authorize/resume?request_id=${requestIdOf(answer)}`;
      expect(page(await browser.get(resume))).toBe('/login');
      expect((await show(browser, requestIdOf(answer))).body.user).toBeNull();
      expect((await decide(browser, requestIdOf(answer), [])).status).toBe(404);
      await browser.signIn(DEV);
      expect(page(await browser.get(resume))).toBe(prompt === 'login' ? '/callback' : '/consent');
    }
  });

  it('ask for a sign-in again once the last one is too old, and the ID token says when it was (AZ-17)', async () => {
    const own = await createClient(admin);
    const browser = await browserOf(api, DEV);
    const signedInAt = Date.now() / 1000;
    await consent(browser, own, { parameters: { scope: 'openid' } });
    await api.advance(100);
    expect(page(await authorize(browser, own, { max_age: '200', scope: 'openid' }))).toBe('/callback');
    expect(page(await authorize(browser, own, { max_age: '99', scope: 'openid' }))).toBe('/login');
    expect(page(await authorize(browser, own, { max_age: '0', scope: 'openid' }))).toBe('/login');
    expect(page(await authorize(browser, own, { max_age: '999999999', scope: 'openid' }))).toBe('/callback');
    const before = authTime((await exchange(api, own, await consent(browser, own, { parameters: { scope: 'openid' } }))).body.id_token!);
    expect(Math.abs(before - signedInAt)).toBeLessThan(5);
    await browser.signIn(DEV);
    const after = authTime((await exchange(api, own, await consent(browser, own, { parameters: { scope: 'openid', max_age: '50' } }))).body.id_token!);
    expect(after - before).toBeGreaterThanOrEqual(99);
  });

  it('login_hint is only kept for the page, whether the account exists or not (AZ-17)', async () => {
    const shown = await Promise.all(
      [DEV, 'nobody@acme.example', '"><img src=x>'].map(async (login_hint) => {
        const browser = new Browser(api);
        const answer = await authorize(browser, client, { login_hint });
        expect(answer.text).not.toContain('<img');
        const { status, body } = await show(browser, requestIdOf(answer));
        expect([status, body]).toEqual([200, { client_name: client.client_name, login_hint, user: null }]);
        return page(answer);
      }),
    );
    expect(new Set(shown)).toEqual(new Set(['/login']));
  });

  const authTime = (id_token: string) => (JSON.parse(Buffer.from(id_token.split('.')[1]!, 'base64url').toString()) as { auth_time: number }).auth_time;
});

describe('other origins', () => {
  it('read nothing of authorization, sign-in or consent (AZ-20)', async () => {
    const headers = { origin: 'https://app.test', 'access-control-request-method': 'GET' };
    for (const path of [`/oauth2/authorize?${authorizeQuery(client, newPkce())}`, '/oauth2/authorize/resume', '/login', '/consent', '/api/v1/session']) {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const answer = await send(api, method, path, { headers });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }
  });
});

describe('a user who is disabled', () => {
  it('authorizes nothing from then on, also on a page that is open (AZ-11)', async () => {
    const browser = await browserOf(api, VIEWER);
    const own = await createClient(admin);
    const tokens = (await exchange(api, own, await consent(browser, own))).body;
    const { request_id, details } = await pending(browser, own);
    const viewer = (await admin.get<Page<User>>(`/api/v1/users?search=${VIEWER}`)).body.items[0]!;
    await admin.send('PATCH', `/api/v1/users/${viewer.id}`, { status: 'disabled' });
    expect((await decide(browser, request_id, [details.selectable_teams[0]!.id])).status).toBe(401);
    expect(pageOf(await authorize(browser, own)).pathname).toBe('/login');
    expect((await userinfo(api, tokens.access_token)).status).toBe(401);
  });
});
