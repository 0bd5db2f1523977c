import type { AuthorizationRequestDetails, ClientSettings } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  allow,
  type Answer,
  authorizeQuery,
  Browser,
  browserOf,
  consent,
  createClient,
  newPkce,
  REDIRECT_URI,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV, VIEWER } from '../support/constants.js';
import { authorize, requestIdOf } from './authorization.js';

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

/** Opens the consent page of a client; answers the request's id. */
const openPage = async (browser: Browser, client: TestClient, changed: Record<string, string> = {}): Promise<string> =>
  requestIdOf(await authorize(browser, client, { prompt: 'consent', ...changed }));

describe('the consent page', () => {
  it('is for the browser and the user that it was opened for, once, for ten minutes (UX-07)', async () => {
    const client = await createClient(admin);
    const request_id = await openPage(dev, client);
    const path = `/api/v1/authorization-requests/${request_id}`;
    expect((await dev.get(path)).status).toBe(200);
    for (const browser of [new Browser(api), await browserOf(api, DEV), await browserOf(api, VIEWER)]) {
      const answers = [await browser.get(path), await browser.get(`/oauth2/authorize/resume?request_id=${request_id}`)];
      expect(answers.map(({ status }) => status)).toEqual([404, 400]);
      expect(answers[0]!.text + answers[1]!.text).not.toContain(client.client_name);
    }
    await allow(dev, request_id);
    expect((await dev.get(path)).status).toBe(410);
    const late = await dev.get(`/oauth2/authorize/resume?request_id=${request_id}`);
    expect([late.status, late.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(late.text).toContain('This request has ended');
    const slow = await openPage(dev, client);
    await api.advance(601);
    expect((await dev.get(`/api/v1/authorization-requests/${slow}`)).status).toBe(410);
  });

  it('passes to another user of the same browser only by being shown to them (UX-07)', async () => {
    const client = await createClient(admin);
    const browser = await browserOf(api, DEV);
    const request_id = await openPage(browser, client);
    const path = `/api/v1/authorization-requests/${request_id}`;
    const details = (await browser.get<AuthorizationRequestDetails>(path)).body;
    await browser.signIn(VIEWER);
    const decision = { decision: 'allow', team_ids: [details.selectable_teams[0]!.id] };
    expect((await browser.post(`${path}/decision`, decision)).status).toBe(404);
    expect((await browser.get<AuthorizationRequestDetails>(path)).body.user.email).toBe(VIEWER);
    expect((await browser.post(`${path}/decision`, decision)).status).toBe(200);
  });

  it('is told who asks, where the answer goes, who registered it, what it may do, for how long, and for whom (UX-08)', async () => {
    const client = await createClient(admin, { client_name: 'report builder', access_preset: 'full_access', team_selection: 'multiple' });
    const shown = await shownTo(dev, client);
    expect(shown).toMatchObject({
      client_name: 'report builder',
      redirect_host: 'app.test',
      access_preset: 'full_access',
      scope: 'read write',
      access_token_lifetime_seconds: client.access_token_lifetime_seconds,
      refresh_token_lifetime_seconds: client.refresh_token_lifetime_seconds,
      team_selection: 'multiple',
      organization: { name: 'Acme' },
      loopback: false,
      user: { email: DEV },
    });
    expect(shown.selectable_teams.map(({ name }) => name).toSorted()).toEqual(['Production', 'Staging']);
    expect((await shownTo(dev, await createClient(admin, { issue_refresh_token: false }))).refresh_token_lifetime_seconds).toBeNull();
    const tool = await createClient(admin, { client_type: 'public', redirect_uris: ['http://127.0.0.1/cb'] });
    expect(await shownTo(dev, tool, { redirect_uri: 'http://127.0.0.1:5/cb' })).toMatchObject({
      loopback: true,
      redirect_host: '127.0.0.1',
    });
  });

  it('gets names as text; those with control or direction characters are refused (UX-09)', async () => {
    const client_name = '<img onerror=alert(1)>"&\'';
    expect((await shownTo(dev, await createClient(admin, { client_name }))).client_name).toBe(client_name);
    for (const hidden of ['\u202e', '\u2066', '\u200f', '\u0000', '\u0007', '\n', '\u200b', '\ud800']) {
      const answer = await admin.post('/api/v1/oauth-clients', { client_name: `a${hidden}b`, redirect_uris: [REDIRECT_URI] });
      expect([hidden, answer.status]).toEqual([hidden, 422]);
    }
  });

  async function shownTo(browser: Browser, client: TestClient, changed: Record<string, string> = {}): Promise<AuthorizationRequestDetails> {
    const request_id = await openPage(browser, client, changed);
    return (await browser.get<AuthorizationRequestDetails>(`/api/v1/authorization-requests/${request_id}`)).body;
  }
});

describe('a remembered consent', () => {
  type Second = { parameters?: Record<string, string>; before?: (client: TestClient) => Promise<unknown> };
  const LOOPBACK = { redirect_uris: ['http://localhost:3000/cb'] };
  const patch = (client: TestClient, changed: object) =>
    admin.send('PATCH', `/api/v1/oauth-clients/${client.client_id}`, { ...changed, version: client.version });

  it.each<[what: string, settings: Partial<ClientSettings>, first: Record<string, string>, second: Second, page: boolean]>([
    ['a confidential client', {}, {}, {}, false],
    ['a confidential client on loopback', LOOPBACK, {}, {}, false],
    ['a public client on https', { client_type: 'public' }, {}, {}, false],
    ['a public client on loopback', { client_type: 'public', ...LOOPBACK }, {}, {}, true],
    [
      'the same scope, written otherwise',
      { access_preset: 'full_access' },
      { scope: 'read write' },
      { parameters: { scope: 'write' } },
      false,
    ],
    ['less scope', { access_preset: 'full_access' }, { scope: 'write' }, { parameters: { scope: 'read' } }, false],
    ['more scope', { access_preset: 'full_access' }, { scope: 'read' }, { parameters: { scope: 'write' } }, true],
    ['an identity scope more', {}, { scope: 'read' }, { parameters: { scope: 'read openid' } }, true],
    ['prompt=consent', {}, {}, { parameters: { prompt: 'consent' } }, true],
    ['prompt=select_account', {}, {}, { parameters: { prompt: 'select_account' } }, true],
    ['a preset widened since', {}, {}, { before: (client) => patch(client, { access_preset: 'full_access' }) }, true],
    [
      'many teams of before for a single-team client',
      { team_selection: 'multiple' },
      {},
      { before: (client) => patch(client, { team_selection: 'single' }) },
      true,
    ],
    ['a consent that was taken back', {}, {}, { before: (client) => dev.send('DELETE', `/api/v1/consents/${client.client_id}`) }, true],
  ])('of %s skips the page only where nothing is left to ask (UX-10)', async (_, settings, first, second, page) => {
    const client = await createClient(admin, settings);
    const teams = settings.team_selection === 'multiple' ? ['Production', 'Staging'] : ['Production'];
    await consent(dev, client, { teams, parameters: first });
    if (second.before) expect([200, 204]).toContain(((await second.before(client)) as Answer).status);
    const answer = await dev.get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), second.parameters)}`);
    const location = new URL(answer.headers.get('location')!, api.issuer);
    if (page) expect(location.pathname).toMatch(/^\/(consent|login)$/);
    expect(location.searchParams.has('code')).toBe(!page);
  });
});
