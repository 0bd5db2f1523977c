import { type AuditEvent, DPOP_NONCE_SLOT_SECONDS, type Page } from '@behalf/domain';
import { createResourceServer, ResourceServer, type ResourceServerOptions } from '@behalf/resource-server';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import * as oidc from 'openid-client';
import { type Api, startApi } from './support/api.js';
import {
  type Answer,
  Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  form,
  obtainTokens,
  revoke,
  teamNamed,
  type TestClient,
} from './support/browser.js';
import { CALLED_APIS, type CalledApi, heldCalls } from './support/called-apis.js';
import { ADMIN, DEV } from './support/constants.js';
import { type DpopKey, newDpopKey } from './support/dpop.js';
import { Gate } from './support/gate.js';

const INTROSPECT = '/oauth2/introspect';
const METADATA = '/.well-known/oauth-authorization-server';

let gate: Gate;
let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let marked: TestClient;
/** Of `client`, for Production; replaced where a test ends it. */
let token: string;

beforeAll(async () => {
  gate = await Gate.open();
  api = await startApi({ ISSUER: gate.url });
  gate.leadTo(api.issuer);
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin, { client_name: 'caller', access_preset: 'read_only' });
  marked = await createClient(admin, { client_name: 'Orders API', resource_server: true, redirect_uris: [] });
  token = await newToken();
}, 60_000);

afterEach(async () => {
  gate.reset();
  await api.resetClock();
});
afterAll(async () => {
  await api.stop();
  await gate.close();
});

const newToken = async (of = client) => (await obtainTokens(api, dev, of, { teams: ['Production'] })).access_token;
/** Of `client`, bound to a key. */
async function newBoundToken(key: DpopKey): Promise<string> {
  const { code, pkce } = await consent(dev, client, { teams: ['Production'] });
  const fields = { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, ...credentials(client) };
  const dpop = key.proof('POST', `${gate.url}/oauth2/token`);
  const { body } = await form<{ access_token: string }>(api, '/oauth2/token', fields, { dpop });
  return body.access_token;
}
const faults: Error[] = [];

function newServer(changed: Partial<ResourceServerOptions> = {}): ResourceServer {
  const { client_id, client_secret = '' } = marked;
  const on_fault = (fault: Error) => void faults.push(fault);
  return createResourceServer({ issuer: gate.url, client_id, client_secret, on_fault, timeout_seconds: 5, ...changed });
}

describe.each(CALLED_APIS)('an API on %s', (_name, start) => {
  let called: CalledApi;
  let server: ResourceServer;
  const call = (
    path = '/orders',
    presented: string | null = token,
    method = 'GET',
    headers: Record<string, string> = {},
  ): Promise<Answer> =>
    new Browser(called).send(method, path, undefined, {
      ...(presented === null ? {} : { authorization: `Bearer ${presented}` }),
      ...headers,
    });

  beforeAll(async () => {
    server = newServer({ resource: 'https://orders.test/v1', report_calls: true });
    called = await start(server);
  });
  afterAll(() => called.close());

  const RESOURCE_METADATA = 'resource_metadata="https://orders.test/.well-known/oauth-protected-resource/v1"';
  const challengeOf = ({ status, headers }: Answer) => `${status} ${headers.get('www-authenticate')}`;

  it('serves an active token as its user, and everybody where it says so', async () => {
    const answer = await call();
    const { user } = (await dev.get<{ user: { id: string } }>('/api/v1/session')).body;
    expect([answer.status, answer.body]).toEqual([
      200,
      { sub: user.id, scope: 'read', teams: [(await teamNamed(admin, 'Production')).id] },
    ]);
    expect((await call('/health', null)).status).toBe(200);
  });

  it('leads whoever brings no token, or no good one, to its metadata', async () => {
    const inactive = `401 Bearer realm="api", error="invalid_token", error_description="The access token is not active.", ${RESOURCE_METADATA}`;
    expect(challengeOf(await call('/orders', null))).toBe(`401 Bearer realm="api", ${RESOURCE_METADATA}`);
    expect(challengeOf(await call('/orders', null, 'GET', { authorization: 'Basic YTpi' }))).toBe(
      `401 Bearer realm="api", ${RESOURCE_METADATA}`,
    );
    expect(challengeOf(await call('/orders', 'garbage'))).toBe(inactive);
    expect(challengeOf(await call('/orders', `bhf_at_${'A'.repeat(64)}`))).toBe(inactive);
    const document = await call('/.well-known/oauth-protected-resource/v1', null);
    expect(document.body).toMatchObject({ resource: 'https://orders.test/v1', authorization_servers: [gate.url] });
    expect(document.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(document.headers.get('access-control-allow-origin')).toBe('*');
  });

  it('takes a bound token with a proof of its key for this request alone, once, and refuses it as a bearer token (DP-03)', async () => {
    const key = newDpopKey();
    const access_token = await newBoundToken(key);
    const by = (presented: Record<string, string>, method = 'GET') => call('/orders?limit=1', null, method, presented);
    const bring = (method = 'GET', path = '/orders', of = key) => of.bring(access_token, method, `https://orders.test${path}`);
    const good = bring();
    expect((await by(good)).status).toBe(200);
    const refused = [
      await by({ authorization: `Bearer ${access_token}` }),
      await by({ ...bring(), authorization: `Bearer ${access_token}` }),
      await by(bring('GET', '/orders', newDpopKey())),
      await by(key.bring(token, 'GET', 'https://orders.test/orders')),
      await by(good),
      await by({ authorization: `DPoP ${access_token}` }),
      await by(bring('POST')),
      await by(bring('GET', '/orders/1')),
      await by(key.bring(access_token, 'GET', `${called.issuer}/orders`)),
      await by({ ...bring(), authorization: `DPoP ${token}` }),
    ].map(challengeOf);
    const challenge = (error: string) =>
      `401 DPoP realm="api", error="${error}", algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 RS256", ${RESOURCE_METADATA}`;
    expect(refused).toEqual([
      ...Array.from({ length: 4 }, () => challenge('invalid_token')),
      ...Array.from({ length: 6 }, () => challenge('invalid_dpop_proof')),
    ]);
    expect(await server.introspect(access_token)).toBeNull();
    expect(challengeOf(await by(bring('POST'), 'POST'))).toMatch(/^403 .*error="insufficient_scope"/);
  });

  it('takes a token in the header alone: in the query or a form it is refused, even a good one', async () => {
    for (const presented of [null, token])
      expect(challengeOf(await call(`/orders?access_token=${token}`, presented))).toMatch(/^400 .*"invalid_request"/);
    const inForm = await form(called, '/orders', { access_token: token }, { authorization: `Bearer ${token}` });
    expect([400, 403]).toContain(inForm.status);
    expect((await form(called, '/orders', { access_token: token })).status).not.toBe(200);
    expect(challengeOf(await call('/orders', 'a b'))).toMatch(/^400 .*"invalid_request"/);
  });

  it('refuses too narrow a scope with the one to ask for, and a team out of reach like one that is none', async () => {
    expect(challengeOf(await call('/orders', token, 'POST'))).toMatch(/^403 .*error="insufficient_scope".*scope="write"/);
    const [production, staging] = await Promise.all(['Production', 'Staging'].map((name) => teamNamed(admin, name)));
    expect((await call(`/teams/${production!.id}/orders`)).status).toBe(200);
    const foreign = await call(`/teams/${staging!.id}/orders`);
    const never = await call(`/teams/${crypto.randomUUID()}/orders`);
    expect([foreign.status, foreign.text]).toEqual([404, never.text]);
  });

  it('obeys on the very next request: a revocation, a pause, the end of a lifetime', async () => {
    const revoked = await newToken();
    expect((await call('/orders', revoked)).status).toBe(200);
    await revoke(api, client, revoked);
    expect((await call('/orders', revoked)).status).toBe(401);
    const other = await createClient(admin, { client_name: 'to be paused' });
    const paused = await newToken(other);
    expect((await call('/orders', paused)).status).toBe(200);
    await admin.send('PUT', `/api/v1/oauth-clients/${other.client_id}/status`, { status: 'disabled' });
    expect((await call('/orders', paused)).status).toBe(401);
    await api.advance(client.access_token_lifetime_seconds + 1);
    expect((await call('/orders', token)).status).toBe(401);
  });

  it('lets nobody in while the authorization server does not say', async () => {
    for (const mode of ['drop', 'mangle'] as const) {
      gate.mode = mode;
      const answer = await call();
      expect([answer.status, answer.headers.get('retry-after'), answer.body['error']]).toEqual([503, '1', 'temporarily_unavailable']);
    }
    gate.mode = 'pass';
    expect((await call()).status).toBe(200);
  });

  /** What the log says of a token once it tells of so many calls: lines with how often each stands there. */
  const toldOf = async (token_id: string, calls: number, line: (event: AuditEvent) => unknown[]): Promise<Record<string, number>> => {
    for (let tries = 0; tries < 100; tries += 1) {
      // A call is told once its answer has left, which its caller may see first.
      await server.flushReports();
      const { items } = (await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?action=api.called&token_id=${token_id}`)).body;
      const told: Record<string, number> = {};
      for (const event of items) told[line(event).join(' ')] = (told[line(event).join(' ')] ?? 0) + event.count;
      if (Object.values(told).reduce((sum, count) => sum + count, 0) >= calls) return told;
      await new Promise((go) => setTimeout(go, 20));
    }
    throw new Error('the log does not tell of the calls');
  };

  it('tells the audit log what was done, under the user and the token, refusals too', async () => {
    const fresh = await newToken();
    const { token_id } = (await server.introspect(fresh))!;
    for (const [path, method] of [['/orders'], ['/orders'], ['/orders', 'POST']] as const) await call(path, fresh, method);
    const told = await toldOf(token_id, 3, (event) => [
      event.target_name,
      event.result,
      event.user?.email,
      event.client_id,
      event.target_id,
    ]);
    const by = `${DEV} ${client.client_id} ${marked.client_id}`;
    expect(told).toEqual({ [`GET /orders success ${by}`]: 2, [`POST /orders denied ${by}`]: 1 });
    expect(server.reportStats()).toMatchObject({ waiting: 0, dropped: 0 });
  });

  describe('to a caller who hangs up', () => {
    const ending = ({ target_name, result, reason }: AuditEvent) => [target_name, result, reason ?? ''];
    /** Sends `GET /held`, several times at once on one connection; with the API's end of the connection. */
    const callHeld = async (bearer: string, times: number) => {
      const accepted = once(called.http, 'connection') as Promise<[Socket]>;
      const caller = connect(Number(new URL(called.issuer).port), new URL(called.issuer).hostname.replace(/[[\]]/g, ''));
      caller.write(`GET /held HTTP/1.1\r\nHost: orders.test\r\nAuthorization: Bearer ${bearer}\r\n\r\n`.repeat(times));
      const [socket] = await accepted;
      const closed = new Promise((resolve) => socket.once('close', resolve));
      return { hangUp: () => void caller.resetAndDestroy(), closed };
    };
    let release: () => void;

    beforeEach(() => {
      heldCalls.arrived = 0;
      heldCalls.released = new Promise((resolve) => (release = resolve));
    });

    it('belongs a line as well, once, also where the call waits behind another on its connection', async () => {
      const fresh = await newToken();
      const { token_id } = (await server.introspect(fresh))!;
      const { hangUp, closed } = await callHeld(fresh, 2);
      for (let tries = 0; tries < 500 && heldCalls.arrived < 2; tries += 1) await new Promise((go) => setTimeout(go, 5));
      hangUp();
      await closed;
      expect(await toldOf(token_id, 2, ending)).toEqual({ 'GET /held failure aborted': 2 });
      release();
      await call('/orders', fresh);
      expect(await toldOf(token_id, 3, ending)).toEqual({ 'GET /held failure aborted': 2, 'GET /orders success ': 1 });
    });

    it('before it is let in nothing is served, and that stands in the log too', async () => {
      const fresh = await newToken();
      const { token_id } = (await server.introspect(fresh))!;
      let judge: () => void = () => undefined;
      gate.reset();
      gate.before = () => new Promise((resolve) => (judge = resolve));
      const { hangUp, closed } = await callHeld(fresh, 1);
      for (let tries = 0; tries < 500 && !gate.count(INTROSPECT); tries += 1) await new Promise((go) => setTimeout(go, 5));
      hangUp();
      await closed;
      gate.before = () => Promise.resolve();
      judge();
      const [line, ...more] = Object.entries(await toldOf(token_id, 1, ending));
      expect([line, more, heldCalls.arrived]).toEqual([[expect.stringMatching(/^GET (\/held|\(no route\)) failure aborted$/), 1], [], 0]);
      release();
    });
  });
});

describe.each(CALLED_APIS)('an API on %s that demands nonces', (_name, start) => {
  const API = 'https://orders.test';
  const SLOT_MILLISECONDS = DPOP_NONCE_SLOT_SECONDS * 1000;
  const apis: CalledApi[] = [];
  let answering: CalledApi;

  beforeAll(async () => {
    const options = { resource: `${API}/v1`, dpop_nonce_secrets: ['a secret that both processes of it share'] };
    for (let n = 0; n < 2; n += 1) apis.push(await start(newServer(options)));
    answering = apis[0]!;
  });
  afterAll(() => Promise.all(apis.map((each) => each.close())));
  afterEach(() => jest.restoreAllMocks());

  it('asks openid-client once, knows its nonce in every process, and gives it the next one before that one ends (DP-03)', async () => {
    const { client_id, client_secret } = client;
    const options = { execute: [oidc.allowInsecureRequests] };
    const config = await oidc.discovery(new URL(gate.url), client_id, undefined, oidc.ClientSecretBasic(client_secret), options);
    const seen: string[] = [];
    config[oidc.customFetch] = async (url, init) => {
      const answer = await fetch(url.replace(API, answering.issuer), init as RequestInit);
      const told = ['dpop-nonce', 'cache-control'].map((name) => (answer.headers.has(name) ? name : ''));
      if (url.startsWith(API)) seen.push([answer.status, ...told].join(' ').trim());
      return answer;
    };
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair());
    const { pkce, redirect } = await consent(dev, client, { teams: ['Production'] });
    const checks = { pkceCodeVerifier: pkce.code_verifier, expectedState: 'state-1' };
    const { access_token } = await oidc.authorizationCodeGrant(config, redirect, checks, undefined, { DPoP });
    const start_of_slot = Math.floor(Date.now() / SLOT_MILLISECONDS) * SLOT_MILLISECONDS;
    const now = jest.spyOn(Date, 'now');
    /** What each answer was, on the way to the one that serves, so many stretches of time later. */
    const callAfter = async (slots: number, to = 0) => {
      answering = apis[to]!;
      now.mockReturnValue(start_of_slot + slots * SLOT_MILLISECONDS);
      seen.length = 0;
      const resource = new URL('/orders', API);
      const answer = await oidc.fetchProtectedResource(config, access_token, resource, 'GET', null, undefined, { DPoP });
      expect(answer.status).toBe(200);
      return [...seen];
    };
    const [asked, served, given] = ['401 dpop-nonce cache-control', '200', '200 dpop-nonce cache-control'];
    expect([await callAfter(0), await callAfter(0), await callAfter(0, 1)]).toEqual([[asked, served], [served], [served]]);
    expect([await callAfter(1, 1), await callAfter(1), await callAfter(2)]).toEqual([[given], [served], [given]]);
    expect([await callAfter(4), await callAfter(4)]).toEqual([[asked, served], [served]]);
  });

  it('refuses every proof without a nonce of its own, says so as the standard has it, and asks none of a bearer token (DP-03)', async () => {
    const key = newDpopKey();
    const access_token = await newBoundToken(key);
    const call = (headers: Record<string, string>) => new Browser(answering).send<{ error: string }>('GET', '/orders', undefined, headers);
    const bring = (claims = {}) => key.bring(access_token, 'GET', `${API}/orders`, claims);
    const asked = await call(bring());
    expect([asked.status, asked.body.error, asked.headers.get('www-authenticate')]).toEqual([
      401,
      'use_dpop_nonce',
      expect.stringMatching(/^DPoP realm="api", error="use_dpop_nonce", algs="ES256 /),
    ]);
    const nonce = asked.headers.get('dpop-nonce')!;
    for (const wrong of ['', 'x', `${nonce}A`])
      expect([wrong, (await call(bring({ nonce: wrong }))).body.error]).toEqual([wrong, 'use_dpop_nonce']);
    const good = bring({ nonce });
    expect([(await call(good)).status, (await call(good)).body.error]).toEqual([200, 'invalid_dpop_proof']);
    expect((await call({ authorization: `Bearer ${token}` })).status).toBe(200);
  });
});

describe('the resource server itself', () => {
  const servers: ResourceServer[] = [];
  const make = (changed?: Partial<ResourceServerOptions>) => {
    const server = newServer(changed);
    servers.push(server);
    return server;
  };
  const bearer = () => `Bearer ${token}`;
  afterAll(() => Promise.all(servers.map((server) => server.close())));

  it('asks once for the same token in one tick, anew in the next, and keeps its connections', async () => {
    const server = make({ connections: 2 });
    await server.verify(bearer());
    gate.reset();
    const before = gate.connections;
    await Promise.all(Array.from({ length: 50 }, () => server.verify(bearer())));
    expect(gate.count(INTROSPECT)).toBe(1);
    for (let n = 0; n < 5; n += 1) await server.verify(bearer());
    expect([gate.count(INTROSPECT), gate.count(METADATA)]).toEqual([6, 0]);
    const tokens = await Promise.all(Array.from({ length: 10 }, () => newToken()));
    await Promise.all(tokens.map((each) => server.verify(`Bearer ${each}`)));
    expect(gate.count(INTROSPECT)).toBe(16);
    expect(gate.connections - before).toBeLessThanOrEqual(1);
  });

  it('never gives an answer that was asked for before the request came: a revocation in between is seen', async () => {
    const server = make();
    const dying = await newToken();
    await server.verify(`Bearer ${dying}`);
    let arrived: () => void = () => undefined;
    const onItsWay = new Promise<void>((resolve) => (arrived = resolve));
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let first = true;
    gate.before = () => {
      if (!first) return Promise.resolve();
      first = false;
      arrived();
      return held;
    };
    const early = server.introspect(dying);
    await onItsWay;
    await revoke(api, client, dying);
    expect(await server.introspect(dying)).toBeNull();
    release();
    await early;
  });

  it('caches nothing unless told to; a cache that was asked for is as late as its seconds, and no later', async () => {
    const [live, cached] = [make(), make({ cache_seconds: 1 })];
    const dying = await newToken();
    for (const server of [live, cached]) expect(await server.introspect(dying)).not.toBeNull();
    gate.reset();
    await revoke(api, client, dying);
    expect(await live.introspect(dying)).toBeNull();
    expect(gate.count(INTROSPECT)).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await cached.introspect(dying)).toBeNull();
  });

  it('waits no longer than it was told, also for the metadata, and fails closed', async () => {
    const known = make({ timeout_seconds: 0.3 });
    await known.verify(bearer());
    gate.mode = 'hang';
    for (const server of [known, make({ timeout_seconds: 0.3 })]) {
      const start = performance.now();
      await expect(server.verify(bearer())).rejects.toMatchObject({ status: 503 });
      expect(performance.now() - start).toBeLessThan(3_000);
    }
    gate.mode = 'pass';
    expect(await known.verify(bearer())).toMatchObject({ active: true });
  });

  it('is not fooled by a refresh token, which its own client may introspect', async () => {
    const both = await createClient(admin, { client_name: 'API and client', resource_server: true });
    const { access_token, refresh_token } = await obtainTokens(api, dev, both);
    const server = make({ client_id: both.client_id, client_secret: both.client_secret! });
    expect(await server.introspect(access_token)).not.toBeNull();
    expect(await server.introspect(refresh_token!)).toBeNull();
  });

  it('answers 503 when its own client is not believed, and says why to whoever runs it, without a secret', async () => {
    faults.length = 0;
    const server = make({ client_secret: 'wrong-secret' });
    await expect(server.verify(bearer())).rejects.toMatchObject({ status: 503 });
    expect(faults.map(({ message }) => message)).toEqual(['introspection answered 401']);
    const unmarked = await createClient(admin, { client_name: 'without the mark' });
    const blind = make({ client_id: unmarked.client_id, client_secret: unmarked.client_secret! });
    await expect(blind.verify(bearer())).rejects.toMatchObject({ status: 401 });
  });

  it('asks nobody who is not the issuer', async () => {
    const server = make({ issuer: api.issuer });
    await expect(server.verify(bearer())).rejects.toMatchObject({ status: 503 });
    expect(gate.count(INTROSPECT)).toBe(0);
  });

  it('reports once what it has to send twice', async () => {
    const server = make();
    const actor = await server.verify(bearer());
    server.report(actor, { operation: 'POST /once' });
    gate.mode = 'drop';
    await server.flushReports();
    expect(server.reportStats()).toMatchObject({ waiting: 1, reported: 0 });
    gate.mode = 'pass';
    await server.flushReports();
    expect(server.reportStats()).toEqual({ waiting: 0, reported: 1, dropped: 0 });
    const rows = await api.sql(`SELECT count FROM audit_event WHERE target_name = 'POST /once'`);
    expect(rows).toEqual([{ count: 1 }]);
  });
});
