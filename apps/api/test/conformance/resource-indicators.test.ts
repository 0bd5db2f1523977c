import type { ClientSettings, ConsentRow, Page, TokenResponse, TokenRow } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  allow,
  type Answer,
  type Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  exchange,
  form,
  introspect,
  newPkce,
  authorizeQuery,
  obtainTokens,
  refresh,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, LABS } from '../support/constants.js';
import { authorize, expectRefusal, pageOf, requestIdOf, show } from './authorization.js';

const ORDERS = 'https://orders.test';
const MCP = 'http://127.0.0.1:4711/mcp';
const METADATA = '/.well-known/oauth-protected-resource';

let api: Api;
let admin: Browser;
let client: TestClient;
/** Knows itself as ORDERS. */
let orders: TestClient;
let mcp: TestClient;
let unnamed: TestClient;

const resourceServer = (resources: string[]) =>
  createClient(admin, { client_name: 'API', resource_server: true, redirect_uris: [], resources });

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  client = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
  orders = await resourceServer([ORDERS]);
  mcp = await resourceServer([MCP]);
  unnamed = await resourceServer([]);
});

afterAll(() => api.stop());

type Fields = [string, string][];

/** Tokens for what is named at the authorization endpoint, and then at the token endpoint. */
async function tokensFor(resources: string[], atToken: string[] = [], of = client): Promise<Answer<TokenResponse & { error?: string }>> {
  const pkce = newPkce();
  const query = authorizeQuery(of, pkce, { prompt: 'consent', scope: 'openid read write' });
  const asked = await admin.get(`/oauth2/authorize?${query}${resources.map((each) => `&resource=${encodeURIComponent(each)}`).join('')}`);
  const code = (await allow(admin, requestIdOf(asked))).searchParams.get('code')!;
  const fields: Fields = [
    ...Object.entries({ grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, ...credentials(of) }),
    ...atToken.map((each): [string, string] => ['resource', each]),
  ];
  return form(api, '/oauth2/token', fields);
}

const audienceSeenBy = async (of: TestClient, { access_token }: Pick<TokenResponse, 'access_token'>) => {
  const { body } = await introspect(api, of, access_token);
  return body['active'] ? body['aud'] : 'inactive';
};
const refreshFor = (tokens: TokenResponse, ...resources: string[]) =>
  form<TokenResponse & { error?: string }>(api, '/oauth2/token', [
    ...Object.entries({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token!, ...credentials(client) }),
    ...resources.map((each): [string, string] => ['resource', each]),
  ]);

describe('at the authorization endpoint', () => {
  it('known resources, one or several, become the audience of the token (RI-01)', async () => {
    expect(await audienceSeenBy(client, (await tokensFor([ORDERS])).body)).toBe(ORDERS);
    expect(await audienceSeenBy(client, (await tokensFor([MCP, ORDERS])).body)).toEqual([ORDERS, MCP]);
    expect(await audienceSeenBy(client, (await tokensFor([])).body)).toBe(api.issuer);
  });

  it.each(['https://other.test', 'orders', '/orders', `${ORDERS}#part`, `${ORDERS}/v1`, 'https://[', 'x y'])(
    'a resource that is unknown or malformed is refused by a redirect: %s (RI-01)',
    async (resource) => {
      expectRefusal(api, await authorize(admin, client, { resource }), 'invalid_target');
      const both = await admin.get(
        `/oauth2/authorize?${authorizeQuery(client, newPkce())}&resource=${encodeURIComponent(ORDERS)}&resource=${encodeURIComponent(resource)}`,
      );
      expectRefusal(api, both, 'invalid_target');
    },
  );

  it('an empty one is none, and one that is no UTF-8 is refused (RI-01)', async () => {
    expect(pageOf(await authorize(admin, client, { resource: '', prompt: 'consent' })).pathname).toBe('/consent');
    expectRefusal(
      api,
      await admin.get(`/oauth2/authorize?${authorizeQuery(client, newPkce())}&resource=https://%FF.test`),
      'invalid_target',
    );
  });

  it('the form with the last slash and the one without are one resource, also when both are sent (RI-02)', async () => {
    for (const asked of [[ORDERS], [`${ORDERS}/`], [ORDERS, `${ORDERS}/`], ['HTTPS://ORDERS.test:443/']]) {
      const { body } = await tokensFor(asked, [`${ORDERS}/`]);
      expect([asked, await audienceSeenBy(orders, body)]).toEqual([asked, ORDERS]);
    }
  });

  it('the page is told where the token will be used, and a consent for one place does not cover another (RI-01)', async () => {
    const own = await createClient(admin);
    const asked = await authorize(admin, own, { resource: `${ORDERS}/` });
    expect((await show(admin, requestIdOf(asked))).body.resources).toEqual([ORDERS]);
    await allow(admin, requestIdOf(asked));
    expect(pageOf(await authorize(admin, own, { resource: ORDERS })).origin).toBe('https://app.test');
    for (const resource of [MCP, undefined]) expect(pageOf(await authorize(admin, own, { resource })).pathname).toBe('/consent');
    const remembered = await consent(admin, own, { parameters: { resource: ORDERS } });
    expect(await audienceSeenBy(own, (await exchange(api, own, remembered)).body)).toBe(ORDERS);
  });
});

describe('at the token endpoint', () => {
  it('a code gives a token for a part of what was authorized, and the refresh token stays good for all of it (RI-01)', async () => {
    const { body } = await tokensFor([ORDERS, MCP], [MCP]);
    expect(await audienceSeenBy(client, body)).toBe(MCP);
    const renewed = await refreshFor(body);
    expect(await audienceSeenBy(client, renewed.body)).toEqual([ORDERS, MCP]);
    const narrow = await refreshFor(renewed.body, `${ORDERS}/`);
    expect(await audienceSeenBy(client, narrow.body)).toBe(ORDERS);
    expect((await introspect(api, client, narrow.body.refresh_token!)).body['aud']).toEqual([ORDERS, MCP]);
  });

  it.each([MCP, 'https://other.test', 'nonsense', `${ORDERS}#x`])(
    'what was not authorized is invalid_target, and nothing is consumed: %s (RI-01)',
    async (resource) => {
      const consented = await consent(admin, client, { parameters: { resource: ORDERS, prompt: 'consent' } });
      const refused = await exchange(api, client, consented, { resource });
      expect([refused.status, refused.body.error]).toEqual([400, 'invalid_target']);
      const { status, body } = await exchange(api, client, consented);
      expect(status).toBe(200);
      const again = await refreshFor(body, resource);
      expect([again.status, again.body.error]).toEqual([400, 'invalid_target']);
      expect((await refreshFor(body, ORDERS)).status).toBe(200);
    },
  );

  it('an authorization for no resource in particular is bound to what its client names first, and only narrows (RI-01)', async () => {
    const { body } = await tokensFor([]);
    expect((await refreshFor(body, 'https://other.test')).body.error).toBe('invalid_target');
    expect((await userinfo(api, body.access_token)).status).toBe(200);
    const bound = await refreshFor(body, ORDERS);
    expect([await audienceSeenBy(orders, bound.body), await audienceSeenBy(mcp, bound.body)]).toEqual([ORDERS, 'inactive']);
    // The token from before is less from here on, too.
    expect([await audienceSeenBy(mcp, body), (await userinfo(api, body.access_token)).status]).toEqual(['inactive', 401]);
    expect((await refreshFor(bound.body, MCP)).body.error).toBe('invalid_target');
    const { token_id } = (await introspect(api, client, bound.body.access_token)).body;
    const rows = await api.sql('SELECT action, channel, changes FROM audit_event WHERE token_id = $1 AND action = $2', [
      token_id,
      'token.narrowed',
    ]);
    expect(rows).toEqual([{ action: 'token.narrowed', channel: 'oauth', changes: { resources: [null, [ORDERS]] } }]);
    expect(await audienceSeenBy(client, (await tokensFor([], [MCP])).body)).toBe(MCP);
  });

  it('of two that bind one authorization to different resources at once, one decides (RI-01)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { body } = await tokensFor([]);
      const both = await Promise.all([refreshFor(body, ORDERS), refreshFor(body, MCP)]);
      const seen = await Promise.all(both.filter(({ status }) => status === 200).map((each) => audienceSeenBy(client, each.body)));
      const refused = both.filter(({ status }) => status !== 200).map((each) => [each.status, each.body.error]);
      expect([seen.length, refused]).toEqual([1, [[400, 'invalid_target']]]);
      const [row] = await api.sql<{ resources: string[] }>('SELECT resources FROM authorization_grant ORDER BY created_at DESC LIMIT 1');
      expect(seen).toEqual(row!.resources);
    }
  });

  it('a refresh token presented again gets the same answer for the same resource (RI-01)', async () => {
    const { body } = await tokensFor([ORDERS, MCP]);
    const [first, again] = [await refreshFor(body, MCP), await refreshFor(body, MCP)];
    expect(again.body.access_token).toBe(first.body.access_token);
    expect(await audienceSeenBy(client, (await refreshFor(body, ORDERS)).body)).toBe(ORDERS);
  });
});

it('whoever looks at the live tokens sees which resources each is for (RI-03)', async () => {
  const [own, { body: free }] = [
    await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' }),
    await tokensFor([]),
  ];
  await tokensFor([MCP, ORDERS], [MCP], own);
  const rows = async (of: TestClient) => (await admin.get<Page<TokenRow>>(`/api/v1/connected-apps/${of.client_id}/tokens`)).body.items;
  expect((await rows(own)).map(({ resources }) => resources)).toEqual([[ORDERS, MCP]]);
  const { token_id } = (await introspect(api, client, free.access_token)).body;
  expect((await rows(client)).find((row) => row.token_id === token_id)!.resources).toEqual([]);
});

it('whoever looks at their own approvals sees which resources each is for, and an approval without one stays so (RI-03)', async () => {
  const own = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
  const approved = async () => {
    const { items } = (await admin.get<Page<ConsentRow>>('/api/v1/consents')).body;
    return items.find(({ client_id }) => client_id === own.client_id)!.resources;
  };
  await tokensFor([MCP, ORDERS], [MCP], own);
  expect(await approved()).toEqual([ORDERS, MCP]);
  // What is approved for any resource can be used at another one the next time, whatever these tokens were bound to.
  await tokensFor([], [MCP], own);
  expect(await approved()).toEqual([]);
});

describe('a resource', () => {
  it('is told nothing of a token for another one, nor is one that has no name (RI-03)', async () => {
    const { body } = await tokensFor([ORDERS]);
    const seen = await Promise.all([orders, mcp, unnamed].map((each) => audienceSeenBy(each, body)));
    expect(seen).toEqual([ORDERS, 'inactive', 'inactive']);
    for (const each of [mcp, unnamed]) expect((await introspect(api, each, body.access_token)).text).toBe('{"active":false}');
    const free = await tokensFor([]);
    expect(await Promise.all([orders, mcp, unnamed].map((each) => audienceSeenBy(each, free.body)))).toEqual([
      api.issuer,
      api.issuer,
      api.issuer,
    ]);
  });

  it('loses sight of a token with its name, at once (RI-03)', async () => {
    const own = await resourceServer(['https://stock.test']);
    const { body } = await tokensFor(['https://stock.test']);
    expect(await audienceSeenBy(own, body)).toBe('https://stock.test');
    const path = `/api/v1/oauth-clients/${own.client_id}`;
    const edited = await admin.send<{ version: number }>('PATCH', path, { version: own.version, resources: ['https://store.test'] });
    expect([edited.status, await audienceSeenBy(own, body)]).toEqual([200, 'inactive']);
    const [row] = await api.sql<{ changes: unknown }>(
      "SELECT changes FROM audit_event WHERE action = 'client.updated' AND target_id = $1",
      [own.client_id],
    );
    expect(row!.changes).toEqual({ resources: [['https://stock.test'], ['https://store.test']] });
  });

  it('of our own takes tokens for itself and for nobody else in particular, and refuses all others (RI-03)', async () => {
    const answers = async ({ access_token }: TokenResponse) => {
      const headers = { authorization: `Bearer ${access_token}` };
      const [read, info] = [await admin.get('/api/v1/teams', headers), await userinfo(api, access_token)];
      return [read.status, info.status, info.body['error'] ?? null];
    };
    expect(await answers((await tokensFor([ORDERS])).body)).toEqual([401, 401, 'invalid_token']);
    expect(await answers((await tokensFor([`${api.issuer}/`])).body)).toEqual([200, 200, null]);
    expect(await answers((await tokensFor([api.issuer, ORDERS])).body)).toEqual([200, 200, null]);
    expect(await answers((await tokensFor([])).body)).toEqual([200, 200, null]);
  });
});

describe('where the last resource server that named a resource has gone', () => {
  it.each<[string, (browser: Browser, server: TestClient) => Promise<Answer>]>([
    [
      'edited',
      (browser, { client_id, version }) => browser.send('PATCH', `/api/v1/oauth-clients/${client_id}`, { version, resources: [] }),
    ],
    [
      'deleted',
      (browser, { client_id, client_name }) => browser.send('DELETE', `/api/v1/oauth-clients/${client_id}`, { confirm_name: client_name }),
    ],
    ['deleted with others', (browser, { client_id }) => browser.post('/api/v1/oauth-clients/bulk-delete', { client_ids: [client_id] })],
  ])('(%s) an unknown resource is refused as before, and a token for it opens nothing (RI-01, RI-03)', async (_, remove) => {
    const there = await startApi();
    try {
      const here = await browserOf(there, ADMIN);
      const own = await createClient(here, { client_type: 'public' });
      const other = await createClient(here, { resource_server: true, redirect_uris: [] });
      const named = await createClient(here, { resource_server: true, redirect_uris: [], resources: [MCP] });
      const tokens = await obtainTokens(there, here, own, { parameters: { resource: MCP, scope: 'openid read' } });
      expect((await introspect(there, named, tokens.access_token)).body['aud']).toBe(MCP);
      expect((await remove(here, named)).status).toBeLessThan(300);
      for (const resource of [MCP, 'nonsense']) expectRefusal(there, await authorize(here, own, { resource }), 'invalid_target');
      const renewed = (await refresh(there, own, tokens.refresh_token!)).body;
      for (const { access_token } of [tokens, renewed]) {
        expect((await introspect(there, other, access_token)).body).toEqual({ active: false });
        expect((await userinfo(there, access_token)).status).toBe(401);
      }
      expect(pageOf(await authorize(here, own, { resource: there.issuer, prompt: 'consent' })).pathname).toBe('/consent');
    } finally {
      await there.stop();
    }
  });
});

describe('where no resource server has named a resource', () => {
  it('the parameter is ignored as before, and what was issued then lives on once one does (RI-01, RI-02)', async () => {
    const labs = await startApi();
    try {
      const here = await browserOf(labs, ADMIN);
      const own = await createClient(here, { client_type: 'public' });
      await createClient(here, { resource_server: true, redirect_uris: [] });
      const tokens = await obtainTokens(labs, here, own, { parameters: { resource: 'nonsense', scope: 'openid read' } });
      expect((await userinfo(labs, tokens.access_token)).status).toBe(200);
      const renewed = await refresh(labs, own, tokens.refresh_token!, { resource: `${MCP}/` });
      expect(renewed.status).toBe(200);
      await createClient(here, { resource_server: true, redirect_uris: [], resources: [MCP] });
      const bound = await refresh(labs, own, renewed.body.refresh_token!, { resource: MCP });
      expect(bound.status).toBe(200);
      expectRefusal(labs, await authorize(here, own, { resource: 'nonsense' }), 'invalid_target');
    } finally {
      await labs.stop();
    }
  });

  it('what another organization has named means nothing (RI-01)', async () => {
    const labs = await browserOf(api, LABS);
    const [row] = await api.sql<{ client_id: string }>(
      `INSERT INTO oauth_client (client_id, organization_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset,
         access_token_lifetime_seconds, issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, created_at, updated_at)
       SELECT 'of-labs', o.id, 'Labs', 'public', 'user_authorized', 'single', '{"team_ids":[],"organization_ids":[]}', 'read_only', 3600, false, 604800,
              '{https://app.test/callback}', false, now(), now() FROM organization o WHERE o.name = 'Acme Labs' RETURNING client_id`,
    );
    const asked = await authorize(labs, { client_id: row!.client_id, redirect_uris: ['https://app.test/callback'] }, { resource: ORDERS });
    expect((await show(labs, requestIdOf(asked))).body.resources).toEqual([]);
  });
});

describe('the settings of a client', () => {
  it.each<[Partial<ClientSettings>, string]>([
    [{ resource_server: true, resources: ['orders'] }, '/resources/0'],
    [{ resource_server: true, resources: [ORDERS, `${ORDERS}/`] }, '/resources/1'],
    [{ resource_server: true, resources: ['http://orders.test'] }, '/resources/0'],
    [{ resource_server: false, resources: [ORDERS] }, '/resources'],
  ])('refuse %j', async (settings, pointer) => {
    const answer = await admin.post('/api/v1/oauth-clients', { client_name: 'x', redirect_uris: ['https://a.test/cb'], ...settings });
    expect([answer.status, answer.body['errors']]).toEqual([422, [expect.objectContaining({ pointer })]]);
  });

  it('refuse the issuer’s own address', async () => {
    const answer = await admin.post('/api/v1/oauth-clients', {
      client_name: 'x',
      redirect_uris: [],
      resource_server: true,
      resources: [`${api.issuer}/`],
    });
    expect([answer.status, answer.body['errors']]).toEqual([422, [expect.objectContaining({ pointer: '/resources/0', code: 'reserved' })]]);
  });
});

describe('our own API', () => {
  it('says who it is and whose tokens it takes, and every 401 leads there (PR-01)', async () => {
    const { status, body, headers } = await admin.get(METADATA, { origin: 'https://app.test' });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    expect(body).toMatchObject({ resource: api.issuer, authorization_servers: [api.issuer], bearer_methods_supported: ['header'] });
    const leads = expect.stringContaining(`resource_metadata="${api.issuer}${METADATA}"`) as string;
    const bad = { authorization: 'Bearer nonsense' };
    expect((await admin.get('/api/v1/teams', bad)).headers.get('www-authenticate')).toEqual(leads);
    expect((await userinfo(api, 'nonsense')).headers.get('www-authenticate')).toEqual(leads);
    expect((await admin.get('/oauth2/userinfo')).headers.get('www-authenticate')).toEqual(leads);
    const foreign = await tokensFor([ORDERS]);
    const refused = await admin.get('/api/v1/teams', { authorization: `Bearer ${foreign.body.access_token}` });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, leads]);
    expect((await admin.get('/.well-known/oauth-authorization-server')).body['protected_resources']).toEqual([api.issuer]);
  });

  it('says nothing of it where the standard is switched off, and `resource` is ignored; what was bound stays bound (PR-01)', async () => {
    const { body } = await tokensFor([ORDERS]);
    const off = await api.replica({ RESOURCE_INDICATORS: '0' });
    const there = admin.at(off);
    expect([(await there.get(METADATA)).status, (await there.send('OPTIONS', METADATA)).status]).toEqual([404, 404]);
    expect((await userinfo(off, 'nonsense')).headers.get('www-authenticate')).not.toContain('resource_metadata');
    expect((await there.get('/.well-known/oauth-authorization-server')).body).not.toHaveProperty('protected_resources');
    expect((await there.get<{ paths: object }>('/api/v1/openapi.json')).body.paths).not.toHaveProperty(METADATA);
    expect(pageOf(await authorize(there, client, { resource: 'nonsense', prompt: 'consent' })).pathname).toBe('/consent');
    expect((await introspect(off, mcp, body.access_token)).body).toEqual({ active: false });
    expect((await userinfo(off, body.access_token)).status).toBe(401);
  });
});
