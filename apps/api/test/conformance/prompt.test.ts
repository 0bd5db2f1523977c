import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  authorizeQuery,
  Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  newPkce,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { authorize, countGrants, decide, expectRefusal, pageOf, requestIdOf, show } from './authorization.js';

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

describe('prompt and max_age', () => {
  const page = (answer: Answer) => (answer.status === 303 ? pageOf(answer).pathname : String(answer.status));

  it('none never shows a page (AZ-15)', async () => {
    const own = await createClient(admin);
    expectRefusal(api, await authorize(new Browser(api), own, { prompt: 'none' }), 'login_required');
    expectRefusal(api, await authorize(dev, own, { prompt: 'none' }), 'consent_required');
    expectRefusal(api, await authorize(dev, own, { prompt: 'none', max_age: '0' }), 'login_required');
    await consent(dev, own);
    const silent = await authorize(dev, own, { prompt: 'none' });
    expect(pageOf(silent).searchParams.get('code')).toBeTruthy();
    expectRefusal(api, await authorize(new Browser(api), own, { prompt: 'none' }), 'login_required');
    const wider = await createClient(admin, { access_preset: 'full_access' });
    await consent(dev, wider, { parameters: { scope: 'read' } });
    expectRefusal(api, await authorize(dev, wider, { prompt: 'none', scope: 'write' }), 'consent_required');
  });

  it.each([
    ['team_ids', "'{}'"],
    ['scope', "'openid'"],
    ['resources', "'{https://elsewhere.test}'"],
  ])(
    'a consent whose %s change while it is about to answer a stored request leads to the page, not to a code (AZ-11)',
    async (column, value) => {
      const own = await createClient(admin);
      await consent(dev, own);
      const before = await countGrants(api);
      const parameters = authorizeQuery(own, newPkce());
      const posted = await dev.send('POST', '/oauth2/authorize', parameters, { 'content-type': 'application/x-www-form-urlencoded' });
      const release = await api.hold(`UPDATE consent SET ${column} = ${value} WHERE client_id = $1`, [own.client_id]);
      const resuming = dev.get(posted.headers.get('location')!);
      const waits =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE OF k%'";
      while (!(await api.sql(waits)).length) await new Promise((go) => setTimeout(go, 20));
      await release();
      expect(page(await resuming)).toBe('/consent');
      expect(await countGrants(api)).toBe(before);
    },
  );

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
    const after = authTime(
      (await exchange(api, own, await consent(browser, own, { parameters: { scope: 'openid', max_age: '50' } }))).body.id_token!,
    );
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

  const authTime = (id_token: string) =>
    (JSON.parse(Buffer.from(id_token.split('.')[1]!, 'base64url').toString()) as { auth_time: number }).auth_time;
});
