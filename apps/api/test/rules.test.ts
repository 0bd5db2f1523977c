import type { Violation } from '@behalf/domain';
import { GOOD_SETTINGS, REDIRECT_MATCH_CASES, REDIRECT_URI_CASES, SETTINGS_CASES } from '@behalf/domain/cases';
import { type Api, startApi } from './support/api.js';
import { authorizeQuery, Browser, browserOf, createClient, newPkce } from './support/browser.js';
import { ADMIN } from './support/constants.js';

/** The tables of the rules library once more, through the wire: the server judges by the same rules as the drawer. */
let api: Api;
let admin: Browser;

beforeAll(async () => {
  api = await startApi({ MIN_TOKEN_LIFETIME_SECONDS: '' });
  admin = await browserOf(api, ADMIN);
});

afterAll(() => api.stop());

const create = async (settings: object) => admin.post<{ errors?: Violation[] }>('/api/v1/oauth-clients', { ...GOOD_SETTINGS, ...settings });

it('judges every case of the settings as the rules library does, and stores nothing that breaks one', async () => {
  for (const [changed, broken] of SETTINGS_CASES) {
    const { status, body } = await create(changed);
    expect([changed, status]).toEqual([changed, broken ? 422 : 201]);
    if (broken) expect(body.errors?.map(({ pointer }) => pointer)).toEqual([broken[0]]);
  }
  const [row] = await api.sql<{ stored: number }>('SELECT count(*)::integer AS stored FROM oauth_client');
  expect(row!.stored).toBe(SETTINGS_CASES.filter(([, broken]) => broken === null).length);
});

it('judges every redirect URI as the rules library does (RU-06, RU-08, RU-09, RU-10)', async () => {
  for (const [uri, code] of REDIRECT_URI_CASES) {
    const { status, body } = await create({ redirect_uris: [uri] });
    expect([uri, status]).toEqual([uri, code === null ? 201 : 422]);
    if (code !== null) expect([uri, body.errors?.[0]?.pointer]).toEqual([uri, '/redirect_uris/0']);
  }
});

it('sends nobody to an address that does not match (RU-01, RU-02, RU-03, RU-04, RU-05)', async () => {
  const clients = new Map<string, Awaited<ReturnType<typeof createClient>>>();
  const pkce = newPkce();
  const stranger = new Browser(api);
  for (const [registered, requested, matches] of REDIRECT_MATCH_CASES) {
    if (registered.includes('[::1]')) continue;
    if (!clients.has(registered)) clients.set(registered, await createClient(admin, { redirect_uris: [registered] }));
    const answer = await stranger.get(`/oauth2/authorize?${authorizeQuery(clients.get(registered)!, pkce, { redirect_uri: requested })}`);
    expect([requested, answer.status, answer.headers.has('location')]).toEqual([requested, matches ? 303 : 400, matches]);
    if (!matches) expect(answer.text.includes(requested.trim())).toBe(false);
  }
});
