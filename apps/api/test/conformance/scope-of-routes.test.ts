import { type Api, startApi } from '../support/api.js';
import { Browser, browserOf, createClient, obtainTokens, teamNamed } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

const API = '/api/v1/';
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** These take the browser session alone, so that any token is 401 there. */
const BROWSER_ONLY =
  /^\/api\/v1\/(session|ui-sessions|authorization-requests|device-authorizations|invitations|me|users\/:user_id\/reset-password)(\/|$)/;

interface Route {
  readonly method: string;
  readonly path: string;
}

/** These take a client's own credentials alone. */
const CLIENT_ONLY = /^\/api\/v1\/audit-events$/;

let api: Api;
let admin: Browser;
let routes: Route[];

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  routes = (await api.routes())
    .map((route) => {
      const [method, path] = route.split(' ') as [string, string];
      return { method, path };
    })
    .filter(({ method, path }) => method !== 'HEAD' && path.startsWith(API));
});

afterAll(() => api.stop());

/** Calls a route with a token, on things that exist where the route names one. */
async function call(access_token: string, { method, path }: Route) {
  const client = await createClient(admin);
  const team = await teamNamed(admin, 'Production');
  const values: Record<string, string> = { client_id: client.client_id, team_id: team.id };
  const address = path.replace(/:(\w+)/g, (_, name: string) => values[name] ?? crypto.randomUUID());
  const query = address.includes('effective-access') ? `?client_id=${client.client_id}` : '';
  const body = SAFE.has(method) ? undefined : {};
  return new Browser(api).send(method, address + query, body, { authorization: `Bearer ${access_token}` });
}

it('a read-only token of an administrator writes on no route of the API, and is told which scope would do (US-07)', async () => {
  const client = await createClient(admin, { team_selection: 'multiple' });
  const { access_token } = await obtainTokens(api, admin, client, { teams: ['Production', 'Staging', 'Security'] });
  const writes = routes.filter(({ method, path }) => !SAFE.has(method) && !BROWSER_ONLY.test(path) && !CLIENT_ONLY.test(path));
  expect(writes.length).toBeGreaterThan(15);
  const told = await Promise.all(
    writes.map(async (route) => {
      const { status, headers } = await call(access_token, route);
      return [route.method, route.path, status, /error="insufficient_scope", scope="write"/.test(headers.get('www-authenticate') ?? '')];
    }),
  );
  expect(told).toEqual(writes.map(({ method, path }) => [method, path, 403, true]));
});

it('no read changes anything: after all of them with a token the tables are as before (US-07)', async () => {
  const client = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
  const { access_token } = await obtainTokens(api, admin, client, { teams: ['Production', 'Staging', 'Security'] });
  const reads = routes.filter(({ method, path }) => SAFE.has(method) && !BROWSER_ONLY.test(path));
  expect(reads.length).toBeGreaterThan(10);
  for (const { path } of reads) {
    const before = await tables();
    const { status } = await call(access_token, { method: 'GET', path });
    expect([path, status < 500, await tables()]).toEqual([path, true, before]);
  }

  /** What a write would leave behind: what the test itself registers, and when something was last used, apart. */
  async function tables(): Promise<unknown> {
    const [row] = await api.sql(
      `SELECT (SELECT count(*) FROM user_account) AS users, (SELECT count(*) FROM team) AS teams, (SELECT count(*) FROM membership) AS memberships,
              (SELECT count(*) FROM invitation) AS invitations, (SELECT count(*) FROM consent) AS consents, (SELECT count(*) FROM ui_session) AS sessions,
              (SELECT count(*) FROM authorization_grant WHERE revoked_at IS NULL) AS grants, (SELECT max(version) FROM oauth_client) AS version,
              (SELECT sum(epoch) FROM oauth_client) AS epochs, (SELECT count(*) FROM client_secret) - (SELECT count(*) FROM oauth_client) AS rotated`,
    );
    return row;
  }
});

it('a browser-only route takes no token at all, and a permission that is lacking names no scope (US-07)', async () => {
  const full = await createClient(admin, { access_preset: 'full_access' });
  const ofAdmin = await obtainTokens(api, admin, full, { teams: ['Production'] });
  const closed = routes.filter(({ path }) => BROWSER_ONLY.test(path));
  expect(closed.length).toBeGreaterThan(8);
  for (const route of closed) {
    const { status } = await call(ofAdmin.access_token, route);
    expect([route.method, route.path, status]).toEqual([route.method, route.path, 401]);
  }
  const ofDev = await obtainTokens(api, await browserOf(api, DEV), full, { teams: ['Production'] });
  const refused = await call(ofDev.access_token, { method: 'POST', path: '/api/v1/oauth-clients' });
  expect([refused.status, refused.body['permission'], refused.headers.get('www-authenticate')]).toEqual([403, 'OAUTH_CLIENT_MANAGE', null]);
  // Neither the scope nor the permission: more scope would not help, so it is not asked for.
  const narrow = await createClient(admin);
  const both = await obtainTokens(api, await browserOf(api, DEV), narrow, { teams: ['Production'] });
  const lacking = await call(both.access_token, { method: 'POST', path: '/api/v1/oauth-clients' });
  expect([lacking.status, lacking.headers.get('www-authenticate')]).toEqual([403, null]);
});
