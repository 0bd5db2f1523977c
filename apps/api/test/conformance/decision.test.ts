import type { Page, Team, User } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  type TestClient,
  teamNamed,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV, LABS, VIEWER } from '../support/constants.js';
import { authorize, countGrants, decide, expectPage, pageOf, pending, setStatus } from './authorization.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

describe('the decision', () => {
  it('of no sends the user back without a code (AZ-10)', async () => {
    const { request_id } = await pending(dev, client);
    const before = await countGrants(api);
    const { status, body } = await decide(dev, request_id, [], 'deny');
    expect(status).toBe(200);
    const { searchParams } = new URL(body.redirect_to);
    expect([searchParams.get('error'), searchParams.get('state'), searchParams.has('code')]).toEqual(['access_denied', 'state-1', false]);
    expect(await countGrants(api)).toBe(before);
  });

  it('counts once, from the user and the browser that saw the page (AZ-11)', async () => {
    const { request_id, details } = await pending(dev, client);
    const team_ids = [details.selectable_teams[0]!.id];
    const before = await countGrants(api);
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
    expect(await countGrants(api)).toBe(before);
    const answers = await Promise.all(Array.from({ length: 8 }, () => decide(dev, request_id, team_ids)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...new Array<number>(7).fill(410)]);
    expect((await decide(dev, request_id, team_ids, 'deny')).status).toBe(410);
    expect(await countGrants(api)).toBe(before + 1);
  });

  it('names one team for a single-team client and one or more for others, all of them the user’s and allowed (AZ-12)', async () => {
    const [production, staging, security] = await Promise.all(['Production', 'Staging', 'Security'].map((name) => teamNamed(admin, name)));
    const single = await createClient(admin, { team_selection: 'single' });
    const multiple = await createClient(admin, { team_selection: 'multiple' });
    const restricted = await createClient(admin, {
      team_selection: 'multiple',
      team_restrictions: { team_ids: [staging!.id], organization_ids: [] },
    });
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
    const before = await countGrants(api);
    for (const [of, team_ids] of cases) {
      const { request_id } = await pending(dev, of);
      const answer = await decide(dev, request_id, team_ids);
      expect([answer.status, answer.body]).toMatchObject([422, { errors: [{ pointer: expect.stringMatching(/^\/team_ids/) }] }]);
    }
    expect(await countGrants(api)).toBe(before);
    const { request_id, details } = await pending(dev, restricted);
    expect(details.selectable_teams.map(({ name }) => name)).toEqual(['Staging']);
    expect((await decide(dev, request_id, [staging!.id])).status).toBe(200);
  });

  it('is impossible for a user with no team that the client may act on (AZ-13)', async () => {
    const staging = await teamNamed(admin, 'Staging');
    const restricted = await createClient(admin, { team_restrictions: { team_ids: [staging.id], organization_ids: [] } });
    const before = await countGrants(api);
    for (const [email, of] of [
      [VIEWER, restricted],
      [LABS, client],
    ] as const) {
      const browser = await browserOf(api, email);
      const own = (await browser.get<Page<Team>>('/api/v1/teams')).body.items.map(({ id }) => id);
      const { request_id, details } = await pending(browser, of);
      expect(details.selectable_teams).toEqual([]);
      for (const team_ids of [[], own, [staging.id]]) expect((await decide(browser, request_id, team_ids)).status).toBe(422);
    }
    expect(await countGrants(api)).toBe(before);
  });

  it('is judged by the client as it is when it arrives (AZ-21)', async () => {
    const other = 'https://app.test/other';
    const changes: [string, (of: TestClient) => Promise<Answer>][] = [
      ['paused', (of) => setStatus(admin, of, 'disabled')],
      [
        'without that redirect URI',
        (of) => admin.send('PATCH', `/api/v1/oauth-clients/${of.client_id}`, { redirect_uris: [other], version: of.version }),
      ],
      [
        'narrowed',
        (of) => admin.send('PATCH', `/api/v1/oauth-clients/${of.client_id}`, { access_preset: 'read_only', version: of.version }),
      ],
      ['deleted', (of) => admin.post(`/api/v1/oauth-clients/${of.client_id}/delete`, { confirm_name: of.client_name })],
    ];
    const before = await countGrants(api);
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
    await setStatus(admin, restarted, 'disabled');
    await setStatus(admin, restarted, 'enabled');
    expect((await decide(dev, request_id, [details.selectable_teams[0]!.id])).status).toBe(410);
    expect(await countGrants(api)).toBe(before);
  });

  it('and the way back to it are found by an id alone, for ten minutes (AZ-21)', async () => {
    const { request_id, details } = await pending(dev, client);
    for (const query of [
      '',
      '?request_id=',
      '?request_id=https://evil.test/',
      `?request_id=${request_id}&request_id=x`,
      `?returnTo=https://evil.test/`,
      `?request_id=${crypto.randomUUID()}`,
    ]) {
      const answer = await dev.get(`/oauth2/authorize/resume${query}`);
      expect(answer.status === 303 ? pageOf(answer).origin : answer.headers.get('location')).toBe(
        answer.status === 303 ? api.issuer : null,
      );
      expect(answer.text).not.toContain('evil.test');
    }
    await api.advance(599);
    expect((await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`)).status).toBe(303);
    await api.advance(2);
    expectPage(await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`));
    expect((await decide(dev, request_id, [details.selectable_teams[0]!.id])).status).toBe(410);
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
