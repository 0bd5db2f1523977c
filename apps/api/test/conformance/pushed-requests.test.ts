import type { PushedRequestResponse } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  allow,
  type Answer,
  authorizeQuery,
  type Browser,
  browserOf,
  createClient,
  credentials,
  exchange,
  form,
  newPkce,
  type Pkce,
  type TestClient,
} from '../support/browser.js';
import { ADMIN } from '../support/constants.js';
import { type Changed, authorize, expectPage, expectRefusal, pageOf, requestIdOf, show } from './authorization.js';
import { basic } from './raw.js';

const RACERS = 20;
const LIFETIME_SECONDS = 90;
const PREFIX = 'urn:ietf:params:oauth:request_uri:';
const TOO_MUCH = 70 * 1024;

let api: Api;
let admin: Browser;
let client: TestClient;
let spa: TestClient;
let strict: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  client = await createClient(admin, { access_preset: 'full_access' });
  spa = await createClient(admin, { client_type: 'public' });
  strict = await createClient(admin, { require_pushed_authorization_requests: true });
});

afterAll(async () => {
  await api.resetClock();
  await api.stop();
});

type Pushed = Answer<PushedRequestResponse & { error?: string }>;

function push(
  of: TestClient,
  changed: Changed = {},
  { pkce = newPkce(), headers = {} }: { pkce?: Pkce; headers?: Record<string, string> } = {},
) {
  const fields = Object.fromEntries(new URLSearchParams(authorizeQuery(of, pkce, changed)));
  const proof = headers['authorization'] ? {} : credentials(of);
  return form<PushedRequestResponse & { error?: string }>(api, '/oauth2/par', { ...fields, ...proof }, headers);
}

const open = (of: Pick<TestClient, 'client_id'>, request_uri: string, more: Record<string, string> = {}, by = admin) =>
  by.get(`/oauth2/authorize?${new URLSearchParams({ client_id: of.client_id, request_uri, ...more }).toString()}`);

const told = ({ status, body }: Pushed) => [status, body.error];

describe('pushing', () => {
  it('answers a reference of short life, that nothing keeps and nobody else can guess (PA-01)', async () => {
    const { status, body, headers } = await push(client);
    expect([status, body]).toEqual([
      201,
      { request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:bhf_pr_[\w-]{43}$/), expires_in: LIFETIME_SECONDS },
    ]);
    expect([headers.get('cache-control'), headers.get('content-type')]).toEqual(['no-store', expect.stringMatching(/^application\/json/)]);
  });

  it('proves the client as at the token endpoint (PA-01)', async () => {
    const authorization = basic(client.client_id, client.client_secret!);
    const pkce = newPkce();
    expect((await push(client, { client_id: undefined }, { pkce, headers: { authorization } })).status).toBe(201);
    expect((await push(spa)).status).toBe(201);
    expect(told(await push({ ...client, client_secret: 'wrong' }))).toEqual([401, 'invalid_client']);
    expect(told(await push({ ...client, client_secret: undefined }))).toEqual([401, 'invalid_client']);
    expect(told(await push({ ...spa, client_secret: 'any' }))).toEqual([401, 'invalid_client']);
    expect(told(await push({ ...client, client_id: 'nobody' }))).toEqual([401, 'invalid_client']);
  });

  it.each<[Changed, string]>([
    [{ request_uri: `${PREFIX}x` }, 'invalid_request'],
    [{ request: 'eyJ' }, 'request_not_supported'],
    [{ redirect_uri: 'https://other.test/callback' }, 'invalid_request'],
    [{ response_type: undefined }, 'invalid_request'],
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ response_mode: 'fragment' }, 'invalid_request'],
    [{ code_challenge: undefined }, 'invalid_request'],
    [{ code_challenge_method: 'plain' }, 'invalid_request'],
    [{ scope: 'everything' }, 'invalid_scope'],
    [{ prompt: 'none login' }, 'invalid_request'],
    [{ max_age: '-1' }, 'invalid_request'],
    [{ state: 's\0' }, 'invalid_request'],
  ])('judges as the authorization endpoint does: %j is %s (PA-01, PA-02)', async (changed, error) => {
    expect(told(await push(client, changed))).toEqual([400, error]);
  });

  it('takes a form by POST, each parameter once, none in the address, and not without end (PA-01)', async () => {
    const body = `${authorizeQuery(client, newPkce())}&client_secret=${client.client_secret!}`;
    expect((await form(api, '/oauth2/par', `${body}&state=again`)).body['error']).toBe('invalid_request');
    expect((await form(api, '/oauth2/par?scope=read', body)).body['error']).toBe('invalid_request');
    expect((await form(api, '/oauth2/par', `${body}&nonce=${'n'.repeat(TOO_MUCH)}`)).status).toBe(413);
    const json = await admin.post('/oauth2/par', { client_id: client.client_id });
    expect([json.status, json.body['error']]).toEqual([400, 'invalid_request']);
    const get = await admin.get('/oauth2/par');
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'OPTIONS, POST']);
  });

  it('keeps no credential, and no reference (PA-01)', async () => {
    const { body } = await push(client);
    const rows = await api.sql<{ parameters: string }>(
      'SELECT parameters, encode(request_hash, $1) AS hash FROM pushed_authorization_request',
      ['hex'],
    );
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(JSON.stringify(row)).not.toContain(client.client_secret!);
      expect(JSON.stringify(row)).not.toContain(body.request_uri.slice(PREFIX.length));
    }
  });

  it('tells whoever manages the client what was wrong (PA-01)', async () => {
    const own = await createClient(admin);
    await push(own, { code_challenge: undefined });
    const { request_uri } = (await push(own)).body;
    await open(own, request_uri);
    await open(own, request_uri);
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const { items } = (
      await admin.get<{ items: { endpoint: string; reason: string }[] }>(`/api/v1/oauth-clients/${own.client_id}/failures`)
    ).body;
    expect(items.map(({ endpoint, reason }) => `${endpoint} ${reason}`).toSorted()).toEqual([
      'authorize request_uri_dead',
      'par pkce_missing',
    ]);
  }, 20_000);
});

describe('a pushed request', () => {
  it('leads through the flow to tokens, with the state that was pushed (PA-01)', async () => {
    const pkce = newPkce();
    const { body } = await push(client, { scope: 'openid read', state: 'pushed', nonce: 'n', prompt: 'consent' }, { pkce });
    const asked = await open(client, body.request_uri);
    expect(pageOf(asked).pathname).toBe('/consent');
    const redirect = await allow(admin, requestIdOf(asked));
    expect([redirect.searchParams.get('state'), redirect.searchParams.get('iss')]).toEqual(['pushed', api.issuer]);
    const { status, body: tokens } = await exchange(api, client, { code: redirect.searchParams.get('code')!, pkce });
    expect([status, tokens.scope]).toEqual([200, 'openid read']);
  });

  it('is changed by nothing that stands beside its reference (PA-02)', async () => {
    const { body } = await push(client, { scope: 'read', prompt: 'consent' });
    const more = {
      scope: 'read write',
      redirect_uri: 'https://evil.test',
      state: 'outer',
      prompt: 'none',
      request: 'x',
      response_type: 'token',
    };
    const asked = await open(client, body.request_uri, more);
    expect((await show(admin, requestIdOf(asked))).body).toMatchObject({ scope: 'read', redirect_host: 'app.test' });
    expect((await allow(admin, requestIdOf(asked))).searchParams.get('state')).toBe('state-1');
  });

  it('is used once, also where many browsers come at once on two processes (PA-02)', async () => {
    const there = await api.replica();
    const { body } = await push(client, { prompt: 'consent' });
    const answers = await Promise.all(
      Array.from({ length: RACERS }, (_, index) => open(client, body.request_uri, {}, index % 2 ? admin.at(there) : admin.at(api))),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...new Array<number>(RACERS - 1).fill(400)]);
    for (const each of answers.filter(({ status }) => status === 400)) expectPage(each);
    expectPage(await open(client, body.request_uri));
  });

  it('is bound to its client, whose own use is not spent by another (PA-02)', async () => {
    const { body } = await push(client, { prompt: 'consent' });
    expectPage(await open(spa, body.request_uri));
    expectPage(await open({ client_id: 'nobody' }, body.request_uri));
    expect(pageOf(await open(client, body.request_uri)).pathname).toBe('/consent');
  });

  it('is not found under a reference that was never given, twice given or malformed, and nobody is sent anywhere (PA-02)', async () => {
    const { body } = await push(client);
    const evil = { redirect_uri: client.redirect_uris[0]! };
    for (const uri of [`${PREFIX}bhf_pr_${'A'.repeat(43)}`, `${body.request_uri}x`, PREFIX]) expectPage(await open(client, uri, evil));
    expectPage(
      await admin.get(`/oauth2/authorize?client_id=${client.client_id}&request_uri=${body.request_uri}&request_uri=${body.request_uri}`),
    );
    expectRefusal(api, await authorize(admin, client, { request_uri: 'https://app.test/request' }), 'request_uri_not_supported');
  });

  it('expires, and is swept (PA-02)', async () => {
    const [inTime, late] = [(await push(client, { prompt: 'consent' })).body, (await push(client)).body];
    await api.advance(LIFETIME_SECONDS - 5);
    expect((await open(client, inTime.request_uri)).status).toBe(303);
    await api.advance(6);
    expectPage(await open(client, late.request_uri));
    await api.sweep();
    expect(await api.sql('SELECT 1 FROM pushed_authorization_request')).toEqual([]);
    await api.resetClock();
  });

  it('is judged again when the browser comes: what was allowed then may not be any more (PA-02)', async () => {
    const own = await createClient(admin, { access_preset: 'full_access' });
    const { body } = await push(own, { scope: 'read write' });
    const path = `/api/v1/oauth-clients/${own.client_id}`;
    const edited = await admin.send<{ version: number }>('PATCH', path, { version: own.version, access_preset: 'read_only' });
    expectRefusal(api, await open(own, body.request_uri), 'invalid_scope');
    const again = (await push(own, { scope: 'read' })).body;
    await admin.send('PATCH', path, { version: edited.body.version, redirect_uris: ['https://new.test/callback'] });
    expectPage(await open(own, again.request_uri));
  });
});

describe('a client that requires it', () => {
  it('is refused a plain request, and answered a pushed one (PA-01)', async () => {
    expectRefusal(api, await authorize(admin, strict), 'invalid_request');
    expectRefusal(api, await authorize(admin, strict, { prompt: 'none' }), 'invalid_request');
    const { body } = await push(strict);
    expect(pageOf(await open(strict, body.request_uri)).pathname).toBe('/consent');
  });
});

describe('the switch', () => {
  it('takes the endpoint, its metadata and its references away; who requires it is refused (PA-01)', async () => {
    const on = (await admin.get('/.well-known/oauth-authorization-server')).body;
    expect(on).toMatchObject({
      pushed_authorization_request_endpoint: `${api.issuer}/oauth2/par`,
      require_pushed_authorization_requests: false,
    });
    const { body } = await push(client);
    const off = await api.replica({ PUSHED_AUTHORIZATION_REQUESTS: '0' });
    const there = admin.at(off);
    expect((await form(off, '/oauth2/par', {})).status).toBe(404);
    const metadata = (await there.get('/.well-known/openid-configuration')).body;
    expect(Object.keys(metadata).filter((name) => name.includes('pushed'))).toEqual([]);
    expectRefusal(api, await open(client, body.request_uri, {}, there), 'request_uri_not_supported', null);
    expectRefusal(api, await authorize(there, strict), 'invalid_request');
  });
});
