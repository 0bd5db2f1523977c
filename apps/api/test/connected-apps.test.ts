import type { ConnectedApp, ConsentRow, Page, SessionInfo, TokenRow } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import {
  authorizeQuery,
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  introspect,
  newPkce,
  obtainTokens,
  type TestClient,
  userinfo,
} from './support/browser.js';
import { ADMIN, DEV, LABS, SECURITY, VIEWER } from './support/constants.js';

const APPS = '/api/v1/connected-apps';
const DAY = 24 * 3600;

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

const again = { parameters: { prompt: 'consent' } };
const grant = async (client: TestClient, browser = dev) => {
  const { access_token } = await obtainTokens(api, browser, client, again);
  return { access_token, token_id: (await introspect(api, client, access_token)).body['token_id'] as string };
};
const groups = async (browser: Browser, query = '') => (await browser.get<Page<ConnectedApp>>(`${APPS}?limit=200&${query}`)).body.items;
const rows = async (browser: Browser, { client_id }: TestClient, query = '') =>
  (await browser.get<Page<TokenRow>>(`${APPS}/${client_id}/tokens?limit=200&${query}`)).body.items;
const works = async (access_token: string) => (await userinfo(api, access_token)).status === 200;

describe('revoking all tokens of an app', () => {
  it('ends mine, open codes too, forgets my approval, counts what was live, and leaves others alone', async () => {
    const client = await createClient(admin);
    const mine = [await grant(client), await grant(client)];
    const theirs = await grant(client, admin);
    const ended = await grant(client);
    await dev.send('DELETE', `/api/v1/tokens/${ended.token_id}`);
    const open = await consent(dev, client, again);
    const answer = await dev.send<{ revoked: number }>('DELETE', `${APPS}/${client.client_id}/tokens`);
    expect([answer.status, answer.body]).toEqual([200, { revoked: 2 }]);
    expect([await works(mine[0]!.access_token), await works(mine[1]!.access_token), await works(theirs.access_token)]).toEqual([
      false,
      false,
      true,
    ]);
    expect((await exchange(api, client, open)).body.error).toBe('invalid_grant');
    expect((await dev.get<Page<ConsentRow>>('/api/v1/consents')).body.items.some(({ client_id }) => client_id === client.client_id)).toBe(
      false,
    );
    const next = await dev.get(`/oauth2/authorize?${authorizeQuery(client, newPkce())}`);
    expect(next.headers.get('location')).toContain('/consent?request_id=');
    expect((await dev.send('DELETE', `${APPS}/${client.client_id}/tokens`)).body).toEqual({ revoked: 0 });
  });

  it('forgets an approval without a token as well, and that is audited', async () => {
    const client = await createClient(admin);
    const { token_id } = await grant(client);
    await dev.send('DELETE', `/api/v1/tokens/${token_id}`);
    const answer = await dev.send('DELETE', `${APPS}/${client.client_id}/tokens`);
    expect([answer.body, answer.headers.get('audit-event-id')]).toEqual([{ revoked: 0 }, expect.any(String)]);
    expect((await dev.get<Page<ConsentRow>>('/api/v1/consents')).body.items.some(({ client_id }) => client_id === client.client_id)).toBe(
      false,
    );
  });

  it('ends everyone’s for whoever manages sessions here, and for nobody else', async () => {
    const client = await createClient(admin);
    const tokens = [await grant(client), await grant(client, admin)];
    const open = await consent(dev, client, again);
    const path = `${APPS}/${client.client_id}/tokens?show=organization`;
    const attempt = async (email: string) => (await browserOf(api, email)).send<{ revoked: number }>('DELETE', path);
    expect([(await attempt(VIEWER)).status, (await attempt(LABS)).status]).toEqual([403, 403]);
    expect(await works(tokens[0]!.access_token)).toBe(true);
    expect((await attempt(SECURITY)).body).toEqual({ revoked: 2 });
    for (const { access_token } of tokens) expect(await works(access_token)).toBe(false);
    expect((await exchange(api, client, open)).body.error).toBe('invalid_grant');
    expect((await attempt(SECURITY)).body).toEqual({ revoked: 0 });
  });
});

it('a user sees and revokes their own rows whatever the client’s organization; in an organization its own clients’ alone show', async () => {
  const { organizations, organization } = (await admin.get<SessionInfo>('/api/v1/session')).body;
  const labs = organizations.find(({ name }) => name === 'Acme Labs')!;
  const act = (organization_id: string) => admin.send('PUT', '/api/v1/session/organization', { organization_id });
  await act(labs.id);
  const client = await createClient(admin, { client_name: 'of the labs' });
  const { access_token, token_id } = await grant(client, admin);
  await act(organization.id);
  const named = (list: ConnectedApp[]) => list.some(({ client_id }) => client_id === client.client_id);
  expect([named(await groups(admin)), named(await groups(admin, 'show=organization'))]).toEqual([true, false]);
  expect((await rows(admin, client)).map((row) => row.token_id)).toEqual([token_id]);
  expect(await rows(admin, client, 'show=organization')).toEqual([]);
  const everyones = await admin.send('DELETE', `${APPS}/${client.client_id}/tokens?show=organization`);
  expect([everyones.status, await works(access_token)]).toEqual([404, true]);
  expect((await admin.send('DELETE', `/api/v1/tokens/${token_id}`)).status).toBe(204);
  expect(await works(access_token)).toBe(false);
});

it('another’s row is not there for strangers, and is not for those who may only read', async () => {
  const client = await createClient(admin);
  const { access_token, token_id } = await grant(client);
  const revoke = async (email: string) => (await (await browserOf(api, email)).send('DELETE', `/api/v1/tokens/${token_id}`)).status;
  expect([await revoke(LABS), await revoke(VIEWER)]).toEqual([404, 403]);
  expect(await rows(await browserOf(api, VIEWER), client)).toEqual([]);
  expect((await (await browserOf(api, VIEWER)).get(`${APPS}?show=organization`)).status).toBe(403);
  expect(await works(access_token)).toBe(true);
  expect([await revoke(SECURITY), await revoke(SECURITY)]).toEqual([204, 404]);
});

describe('the ended ones', () => {
  it('are listed for 30 days with when and how they ended, also of an app that has no live token left', async () => {
    const client = await createClient(admin, { issue_refresh_token: false, access_token_lifetime_seconds: 600 });
    const revoked = await grant(client);
    const expired = await grant(client);
    await consent(dev, client, again);
    await dev.send('DELETE', `/api/v1/tokens/${revoked.token_id}`);
    await api.advance(601);
    const found = (list: ConnectedApp[]) => list.find(({ client_id }) => client_id === client.client_id);
    expect(found(await groups(dev))).toBeUndefined();
    for (const [browser, show] of [
      [dev, 'mine'],
      [await browserOf(api, SECURITY), 'organization'],
    ] as const) {
      expect(found(await groups(browser, `status=ended&show=${show}`))).toMatchObject({ live_tokens: 0, ended_tokens: 2 });
      const list = await rows(browser, client, `status=ended&show=${show}&sort=created_at`);
      expect(list.map(({ token_id, status }) => [token_id, status])).toEqual([
        [revoked.token_id, 'revoked'],
        [expired.token_id, 'expired'],
      ]);
      expect(list[1]!.ended_at).toBe(list[1]!.expires_at);
      expect(Date.now() - new Date(list[0]!.ended_at!).getTime()).toBeLessThan(30_000);
    }
    await api.advance(30 * DAY);
    const later = await browserOf(api, DEV);
    expect(await rows(later, client, 'status=ended')).toEqual([]);
    expect(found(await groups(later, 'status=ended'))).toBeUndefined();
  });
});

describe('an app with very many tokens', () => {
  const MANY = 10_000;
  const LIMIT = 200;
  let client: TestClient;

  beforeAll(async () => {
    client = await createClient(admin, { client_name: 'very many' });
    const { token_id } = await grant(client);
    const [row] = await api.sql<Record<string, unknown>>('SELECT * FROM authorization_grant WHERE id = $1', [token_id]);
    const copied = Object.keys(row!).filter((name) => !['id', 'created_at', 'last_used_at'].includes(name));
    await api.sql(
      `INSERT INTO authorization_grant (id, created_at, last_used_at, ${copied.join(', ')})
       SELECT gen_random_uuid(), g.created_at - n * interval '10 seconds', CASE WHEN n % 3 = 0 THEN NULL ELSE now() - n % 100 * interval '1 minute' END,
              ${copied.map((name) => `g.${name}`).join(', ')}
         FROM authorization_grant g, generate_series(1, $2::integer - 1) n WHERE g.id = $1`,
      [token_id, MANY],
    );
  });

  it.each(['-last_used_at', 'last_used_at', '-created_at', 'created_at', '-expires_at', 'expires_at'])(
    'is paged by %s: each row once, in order, nulls last',
    async (sort) => {
      const seen: TokenRow[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const path: string = `${APPS}/${client.client_id}/tokens?show=organization&limit=${LIMIT}&sort=${sort}${cursor && `&cursor=${cursor}`}`;
        const { body } = await admin.get<Page<TokenRow>>(path);
        expect([body.total, body.total_is_capped]).toEqual([MANY, false]);
        seen.push(...body.items);
        cursor = body.next_cursor;
      }
      expect(new Set(seen.map(({ token_id }) => token_id)).size).toBe(MANY);
      const key = sort.replace('-', '') as 'last_used_at' | 'created_at' | 'expires_at';
      const values = seen.map((row) => row[key]).filter((value) => value !== null);
      expect(seen.slice(values.length).every((row) => row[key] === null)).toBe(true);
      const sorted = values.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0));
      expect(values).toEqual(sort.startsWith('-') ? sorted.toReversed() : sorted);
    },
  );

  it('counts up to 1,000 in the list, and exactly when all are revoked', async () => {
    for (const [browser, show] of [
      [dev, 'mine'],
      [admin, 'organization'],
    ] as const) {
      const found = (await groups(browser, `show=${show}`)).find(({ client_id }) => client_id === client.client_id);
      expect(found!.live_tokens).toBe(1000);
    }
    const answer = await admin.send('DELETE', `${APPS}/${client.client_id}/tokens?show=organization`);
    expect(answer.body).toEqual({ revoked: MANY });
    expect(await rows(admin, client, 'show=organization')).toEqual([]);
  });
});

it.each(['last_used_at', '-last_used_at', 'created_at', '-created_at', 'expires_at', '-expires_at'])(
  'apps are paged by %s alike for me and for everyone',
  async (sort) => {
    for (const show of ['mine', 'organization']) {
      const all = (await groups(admin, `show=${show}&sort=${sort}`)).map(({ client_id }) => client_id);
      const paged: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body }: { body: Page<ConnectedApp> } = await admin.get(
          `${APPS}?show=${show}&sort=${sort}&limit=1${cursor && `&cursor=${cursor}`}`,
        );
        expect(body.total).toBe(all.length);
        paged.push(...body.items.map(({ client_id }) => client_id));
        cursor = body.next_cursor;
      }
      expect(paged).toEqual(all);
    }
  },
);
