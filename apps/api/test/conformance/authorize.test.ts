import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Api, startApi } from '../support/api.js';
import {
  Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  form,
  newPkce,
  REDIRECT_URI,
  type TestClient,
  authorizeQuery,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { authorize, type Changed, expectPage, expectRefusal, pageOf, requestIdOf, setStatus, show } from './authorization.js';
import { send } from './raw.js';

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

afterAll(() => api.stop());

describe('faults of client and redirect URI', () => {
  it('end on a page of ours, signed in or not, and the bad address is not on it (AZ-01)', async () => {
    const several = await createClient(admin, { redirect_uris: [REDIRECT_URI, 'https://app.test/other'] });
    const paused = await createClient(admin);
    const deleted = await createClient(admin, { client_name: 'to delete' });
    await setStatus(admin, paused, 'disabled');
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
    for (const sent of [{}, { redirect_uri: REDIRECT_URI }] as Record<string, string>[]) {
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
      expectRefusal(api, answer, error);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expectRefusal(api, await authorize(dev, client, { ...changed, state: undefined }), error, null);
  });

  it('of a repeated parameter goes back with the state, unless the state is what was repeated (AZ-04)', async () => {
    const query = authorizeQuery(client, newPkce(), { scope: 'read', response_type: 'code', nonce: 'n', prompt: 'login' });
    for (const [name, value] of new URLSearchParams(query)) {
      if (name === 'client_id' || name === 'redirect_uri') continue;
      expectRefusal(
        api,
        await dev.get(`/oauth2/authorize?${query}&${name}=${encodeURIComponent(value)}`),
        'invalid_request',
        name === 'state' ? null : 'state-1',
      );
    }
  });

  it('is told without fetching what a request names (AZ-18)', async () => {
    let fetched = 0;
    const listener = createServer((_, response) => response.end(String(fetched++)));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const request_uri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/request`;
    try {
      expectRefusal(api, await authorize(dev, client, { request_uri }), 'request_uri_not_supported');
      expect((await authorize(dev, client, { client_id: request_uri })).status).toBe(400);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(fetched).toBe(0);
    } finally {
      await new Promise((resolve) => listener.close(resolve));
    }
  });

  it('of our own becomes server_error or temporarily_unavailable, and the same request works afterwards (AZ-22)', async () => {
    await api.sql(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = TG_ARGV[0], MESSAGE = 'injected'; END $$`,
    );
    expect((await consent(dev, client)).code).toBeTruthy();
    // Where the page has to be shown, and where what is remembered answers in its place.
    for (const [table, asked] of [
      ['authorization_request', { prompt: 'consent' }],
      ['authorization_grant', {}],
    ] as const) {
      for (const [state, error] of [
        ['22012', 'server_error'],
        ['53200', 'temporarily_unavailable'],
      ]) {
        await api.sql(`CREATE TRIGGER fail BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION fail('${state}')`);
        const answer = await authorize(dev, client, asked);
        await api.sql(`DROP TRIGGER fail ON ${table}`);
        expectRefusal(api, answer, error!);
        expect(answer.headers.get('location')).not.toContain('injected');
      }
      expect((await consent(dev, client)).code).toBeTruthy();
    }
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
    expect((await show(browser, requestIdOf(resumed))).body.user.email).toBe(DEV);
    const refused = await form(api, '/oauth2/authorize', authorizeQuery(client, newPkce(), { scope: 'nope' }));
    expectRefusal(api, refused, 'invalid_scope');
    // Parameters of a POST are those of its body.
    expectPage(await form(api, `/oauth2/authorize?${authorizeQuery(client, newPkce())}`, ''));
  });
});

describe('other origins', () => {
  it('read nothing of authorization, sign-in or consent (AZ-20)', async () => {
    const headers = { origin: 'https://app.test', 'access-control-request-method': 'GET' };
    for (const path of [
      `/oauth2/authorize?${authorizeQuery(client, newPkce())}`,
      '/oauth2/authorize/resume',
      '/login',
      '/consent',
      '/api/v1/session',
    ]) {
      for (const method of ['GET', 'OPTIONS', 'POST']) {
        const answer = await send(api, method, path, { headers });
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    }
  });
});
