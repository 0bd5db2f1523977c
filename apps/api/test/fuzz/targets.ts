import { randomUUID } from 'node:crypto';
import type { Api } from '../support/api.js';
import {
  authorizeQuery,
  type Browser,
  consent,
  createClient,
  credentials,
  newPkce,
  obtainTokens,
  REDIRECT_URI,
  type TestClient,
} from '../support/browser.js';
import type { Person } from '../support/place.js';
import { filled, make, methodOf, routeOf, writes } from '../support/route-calls.js';
import { ROUTE_TABLE, type RouteRow } from '../support/route-table.js';
import { type Call, escapeText, type Pair, type Place } from './call.js';
import { administratorOf, sessionOf, type World } from './world.js';

/** One route with a valid call of it, made anew whenever the last one was spent. */
export interface Target {
  /** As the router spells it. */
  readonly route: string;
  /** What the route itself reads. */
  readonly places: readonly Place[];
  /** Served calls may sign their caller out. */
  readonly endsSessions?: boolean;
  make(): Promise<Call>;
}

const listed = (...lines: string[]): string[] => lines.flatMap((line) => line.split(' '));

/** Headers that some code of ours or of the framework reads; each is a place on every route. */
const HEADERS = listed(
  'authorization cookie content-type content-encoding accept accept-encoding accept-language user-agent origin sec-fetch-site',
  'referer host x-forwarded-for x-forwarded-host x-forwarded-proto forwarded x-request-id range te if-none-match if-modified-',
  'since x-http-method-override accept-version access-control-request-method upgrade-insecure-requests dpop',
);
/** What any request has, whatever its route reads. */
export const EVERYWHERE: readonly Place[] = [
  ...HEADERS.map((name): Place => ({ at: 'header', name })),
  { at: 'method', name: '' },
  { at: 'target', name: '' },
  { at: 'body', name: '' },
  { at: 'cookie', name: 'bhf_session' },
  { at: 'cookie', name: 'bhf_request_x' },
  { at: 'query', name: 'unknown' },
];

const STATIC = /^\/(assets\/.+|index\.html|favicon\.svg|color-scheme\.js)$/;
const AUTHORIZE = listed(
  'client_id redirect_uri response_type response_mode scope state nonce code_challenge code_challenge_method prompt max_age',
  'login_hint request request_uri registration resource dpop_jkt',
);
const CLIENT_FORM = listed(
  'client_id client_secret client_assertion client_assertion_type scope token token_type_hint grant_type dpop_jkt',
);
const TOKEN_FORM = [...CLIENT_FORM, 'code', 'code_verifier', 'device_code', 'redirect_uri', 'refresh_token', 'resource'];

/**
 * A target for every route of the running router.
 *
 * @throws Error that names the routes that nothing here describes
 */
export async function targetsOf(world: World): Promise<Target[]> {
  const parameters = await world.api.parameters();
  const managed = ROUTE_TABLE.map((row) => managementTarget(world, row, parameters[routeOf(row)] ?? { query: [], body: [] }));
  const client = await createClient(world.acme.admin, { access_preset: 'full_access', resource_server: true, device_authorization: true });
  const routes = await world.api.routes();
  const files = routes.filter((route) => route.startsWith('GET ') && STATIC.test(route.slice('GET '.length)));
  const reports = reportTarget(world, client, parameters['POST /api/v1/audit-events']?.body ?? []);
  const all = [...managed, reports, ...oauthTargets(world, client), ...plainTargets(world.api, files.slice(0, 4))];
  const described = new Set(all.flatMap(({ route }) => [route, route.replace('GET ', 'HEAD ')]));
  const missing = routes.filter((route) => !described.has(route) && !STATIC.test(route.split(' ')[1]!));
  if (missing.length) throw new Error(`Nothing here describes ${missing.join(', ')}.`);
  return all;
}

/** Names that a target reads, as places; a route's own first, since they lead deepest. */
const places = (at: Place['at'], names: readonly string[]): Place[] => [...new Set(names)].map((name) => ({ at, name }));

function managementTarget(world: World, row: RouteRow, declared: { query: string[]; body: string[] }): Target {
  const inQuery = [...new URLSearchParams(row.query?.replaceAll(':', '')).keys()];
  const own = [
    ...places(
      'path',
      [...row.call.matchAll(/:([a-z_]+)/g)].map(([, name]) => name!),
    ),
    ...places('query', [...inQuery, ...declared.query]),
    ...places('json', [...Object.keys(row.body ?? {}), ...declared.body, ...(row.body ? ['__proto__', 'constructor', 'unknown'] : [])]),
  ];
  const administrator = administratorOf(world);
  return {
    route: routeOf(row),
    endsSessions: writes(row) && row.who === 'own browser',
    places: own,
    async make() {
      const caller = await administrator();
      const values = await make(row, world.acme, caller.browser);
      const { address, body } = filled(row, values);
      const [path = '', query = ''] = address.split('?');
      const names = `/api/v1${row.call.split(' ')[1]!}`.split('/').slice(1);
      return {
        method: methodOf(row),
        segments: path
          .split('/')
          .slice(1)
          .map((raw, index): Pair => [names[index]!.startsWith(':') ? names[index]!.slice(1) : '', raw]),
        query: pairsOf(query),
        headers: headersOf(world.api, [sessionOf(caller.browser)]),
        cookies: [...caller.browser.cookies].filter(([name]) => name.startsWith('bhf_request_')).slice(-1),
        json: body as Record<string, unknown> | undefined,
      };
    },
  };
}

/** How targets are made of a form and of a query, by an administrator who is there. */
function kindsOf(world: World, client: TestClient) {
  const { api } = world;
  const administrator = administratorOf(world);
  const form = (
    path: string,
    names: readonly string[],
    fields: (who: Person) => Promise<Record<string, string>>,
    by?: 'basic' | 'post',
  ): Target => ({
    route: `POST ${path}`,
    places: [...places('form', names), ...places('query', names)],
    async make() {
      const given = { ...(await fields(await administrator())), ...(by === 'post' ? credentials(client) : {}) };
      const pairs = Object.entries(given).map(([name, value]): Pair => [name, escapeText(value)]);
      return { ...plain(api, 'POST', path, by === 'basic' ? [basic(client)] : []), form: pairs };
    },
  });
  const query = (path: string, names: readonly string[], more: (who: Person) => Promise<{ query: string; header: Pair }>): Target => ({
    route: `GET ${path}`,
    places: places('query', names),
    async make() {
      const given = await more(await administrator());
      return { ...plain(api, 'GET', path, [given.header]), query: pairsOf(given.query) };
    },
  });
  return { form, query };
}

function oauthTargets(world: World, client: TestClient): Target[] {
  const { api, acme } = world;
  const { form, query } = kindsOf(world, client);
  const asked = () => authorizeQuery(client, newPkce(), { scope: 'openid read', nonce: 'n', prompt: 'consent' });
  const refresh_token = async ({ browser }: Person) =>
    (await obtainTokens(api, browser, client, { parameters: { prompt: 'consent' } })).refresh_token!;
  return [
    query('/oauth2/authorize', AUTHORIZE, async ({ browser }) => ({ query: asked(), header: sessionOf(browser) })),
    query('/oauth2/authorize/resume', ['request_id'], async ({ browser }) => ({
      query: `request_id=${await acme.make('request_id', browser)}`,
      header: cookiesOf(browser),
    })),
    query('/oauth2/userinfo', ['access_token'], async ({ browser }) => ({
      query: '',
      header: ['authorization', `Bearer ${await acme.token(browser)}`],
    })),
    form('/oauth2/authorize', AUTHORIZE, async () => Object.fromEntries(new URLSearchParams(asked()))),
    form('/oauth2/par', [...AUTHORIZE, ...CLIENT_FORM], async () => Object.fromEntries(new URLSearchParams(asked())), 'post'),
    form('/oauth2/device_authorization', CLIENT_FORM, () => Promise.resolve({ scope: 'read' }), 'post'),
    form('/oauth2/token', TOKEN_FORM, (who) => exchangeOf(who, client), 'post'),
    form('/oauth2/token', TOKEN_FORM, async (who) => ({ grant_type: 'refresh_token', refresh_token: await refresh_token(who) }), 'basic'),
    form('/oauth2/revoke', CLIENT_FORM, async (who) => ({ token: await refresh_token(who) }), 'basic'),
    form('/oauth2/introspect', CLIENT_FORM, async (who) => ({ token: await refresh_token(who) }), 'post'),
    form('/oauth2/userinfo', ['access_token'], async ({ browser }) => ({ access_token: await acme.token(browser) })),
  ];
}

/** What an API tells of a token that it was shown; its caller is a client that proves itself by Basic. */
function reportTarget({ api, acme }: World, client: TestClient, declared: readonly string[]): Target {
  const path = '/api/v1/audit-events';
  const administrator = administratorOf({ acme });
  return {
    route: `POST ${path}`,
    places: places('json', ['events', ...declared, '__proto__', 'constructor', 'unknown']),
    async make() {
      const token_id = await acme.make('token_id', (await administrator()).browser);
      const event = { id: randomUUID(), token_id, operation: 'GET /orders', result: 'success', count: 2, seconds_ago: 5 };
      return { ...plain(api, 'POST', path, [basic(client)]), json: { events: [event] } };
    },
  };
}

async function exchangeOf({ browser }: Person, client: TestClient): Promise<Record<string, string>> {
  const { code, pkce } = await consent(browser, client, { parameters: { scope: 'openid read', prompt: 'consent' } });
  return { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, redirect_uri: REDIRECT_URI };
}

/** What takes no parameter of its own: documents, pages, files, preflights, and addresses that no route knows. */
function plainTargets(api: Api, files: readonly string[]): Target[] {
  const documents = [
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-protected-resource',
    '/oauth2/jwks',
    '/health/live',
    '/health/ready',
    '/errors',
    '/api/v1/openapi.json',
    '/docs/api',
  ];
  const preflights = ['/oauth2/par', '/oauth2/token', '/oauth2/revoke', '/oauth2/userinfo', '/oauth2/jwks', ...documents.slice(0, 3)];
  const nowhere = ['/', '/login', '/consent', '/device', '/api/v1/nothing', '/oauth2/nothing', '/health/nothing'];
  const routes = [...[...documents, ...nowhere].map((path) => `GET ${path}`), ...files, ...preflights.map((path) => `OPTIONS ${path}`)];
  return routes.map((route) => {
    const [method = '', path = ''] = route.split(' ');
    return { route, places: [], make: () => Promise.resolve(plain(api, method, path, [])) };
  });
}

function plain(api: Api, method: string, path: string, headers: readonly Pair[]): Call {
  const segments = path
    .split('/')
    .slice(1)
    .map((raw): Pair => ['', raw]);
  return { method, segments, query: [], headers: headersOf(api, headers), cookies: [] };
}

function headersOf({ issuer }: Api, more: readonly Pair[]): Pair[] {
  return [['host', new URL(issuer).host], ['connection', 'close'], ['user-agent', 'fuzz'], ...more];
}

function pairsOf(query: string): Pair[] {
  return query ? query.split('&').map((pair): Pair => [pair.split('=')[0]!, pair.split('=')[1] ?? '']) : [];
}

const basic = ({ client_id, client_secret }: TestClient): Pair => ['authorization', `Basic ${btoa(`${client_id}:${client_secret}`)}`];

/** The newest of them, the session among them. */
function cookiesOf({ cookies }: Browser): Pair {
  const newest = [...cookies].filter(([name]) => name === 'bhf_session').concat([...cookies].slice(-3));
  return ['cookie', newest.map((pair) => pair.join('=')).join('; ')];
}
