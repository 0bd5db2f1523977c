import { type Permission, type Role, ROLES } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { type Answer, Browser } from './support/browser.js';
import { type Person, Place } from './support/place.js';
import {
  expectOf,
  make,
  methodOf,
  namesIn,
  permissionOf,
  routeOf,
  send as sendTo,
  takesTokens,
  told,
  type Values,
  type Via,
  writes,
} from './support/route-calls.js';
import { CLIENT_ROUTES, OPEN_ROUTES, ROUTE_TABLE, type RouteRow } from './support/route-table.js';

let api: Api;
let acme: Place;
/** Platform Admin of Acme alone: nothing of Acme Labs is within reach. */
let manager: Person;
/** Tokens that the manager granted, of either preset, and one that carries no scope of the API. */
let tokens: { full: string; read: string; openid: string };

beforeAll(async () => {
  api = await startApi();
  acme = await Place.named(api, 'Acme', 'Production');
  manager = await acme.person('platform_admin');
  const { browser } = manager;
  tokens = {
    full: await acme.token(browser),
    read: await acme.token(browser, 'read_only'),
    openid: await acme.token(browser, 'full_access', 'openid'),
  };
}, 60_000);

afterAll(() => api.stop());

const SERVED = /^20[014]$/;
const FROM_ELSEWHERE: readonly Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'none' },
  { origin: 'https://evil.test' },
  { origin: 'null' },
];

type More = Parameters<typeof sendTo>[4];
const send = (row: RouteRow, via: Via, values: Values, more?: More): Promise<Answer> => sendTo(api, row, via, values, more);

/** The strongest role that lacks a permission; null where every role has it. */
function roleWithout(permission: Permission): Role | null {
  const lacking = Object.entries(ROLES).filter(([, { permissions }]) => !permissions.includes(permission));
  return (lacking.toSorted(([, a], [, b]) => b.permissions.length - a.permissions.length)[0]?.[0] as Role | undefined) ?? null;
}

const lackers = new Map<Role, Promise<Person>>();

function personWithout(permission: Permission): Promise<Person> {
  const role = roleWithout(permission)!;
  const person = lackers.get(role) ?? acme.person(role);
  lackers.set(role, person);
  return person;
}

/** Runs something and tells which denied attempts it left in Acme's log. */
async function deniedDuring(run: () => Promise<void>): Promise<string[]> {
  const [{ start }] = (await api.sql<{ start: Date }>('SELECT clock_timestamp() AS start')) as [{ start: Date }];
  await run();
  const rows = await api.sql<{ line: string }>(
    `SELECT concat_ws(' ', user_email, channel, target_id, reason) AS line FROM audit_event
      WHERE action = 'access.denied' AND result = 'denied' AND at >= $1 AND organization_id = $2`,
    [start, acme.organization.id],
  );
  return rows.map(({ line }) => line).toSorted();
}

it('every route of the router has a row in the table, and every GET one its HEAD', async () => {
  const routes = (await api.routes()).filter((route) => route.split(' ')[1]!.startsWith('/api'));
  const known = new Set([...[...ROUTE_TABLE, ...CLIENT_ROUTES].map((row) => routeOf(row as RouteRow)), ...OPEN_ROUTES]);
  const heads = [...known].filter((route) => route.startsWith('GET ')).map((route) => route.replace('GET', 'HEAD'));
  expect(routes.toSorted()).toEqual([...known, ...heads].toSorted());
});

it('whoever may call a route is served, in the browser and by a token, so that the refusals below are refusals of valid calls', async () => {
  await expectOf(
    ROUTE_TABLE,
    async (row) => {
      // What ends sessions or changes a password is called by somebody who is not needed any more.
      const { browser } = row.who === 'own browser' || row.who === 'any browser' ? await acme.person('platform_admin') : manager;
      const vias: Via[] = takesTokens(row.who) ? [browser, tokens.full] : [browser];
      const answers: Answer[] = [];
      for (const via of vias) answers.push(await send(row, via, await make(row, acme, browser)));
      return answers.map((answer) => (SERVED.test(told(answer)) ? 'served' : `${told(answer)} ${answer.text}`)).join(', ');
    },
    (row) => (takesTokens(row.who) ? 'served, served' : 'served'),
  );
}, 120_000);

it('nobody is served without signing in, or with a token that is none', async () => {
  const rows = ROUTE_TABLE.filter(({ who }) => who !== 'any browser');
  await expectOf(
    rows,
    async (row) => {
      const values = await make(row, acme, manager.browser);
      const methods = writes(row) ? [methodOf(row)] : ['GET', 'HEAD'];
      const answers = [];
      for (const method of methods) answers.push(await send(row, new Browser(api), values, { method }));
      answers.push(await send(row, 'no-token', values));
      return answers.map(told).join(', ');
    },
    (row) => [...(writes(row) ? [] : ['401 not-signed-in']), writes(row) ? '401 not-signed-in' : '401', refusalOfNoToken(row)].join(', '),
  );
}, 60_000);

function refusalOfNoToken({ who }: RouteRow): string {
  return takesTokens(who) ? '401 invalid-token' : '401 not-signed-in';
}

describe('a permission that is missing', () => {
  const rows = ROUTE_TABLE.filter(({ who }) => typeof who === 'object' && roleWithout(who.permission) !== null);

  it('is named to whoever lacks it, in the browser and by a token of full scope, and each attempt is written down (AD-01)', async () => {
    const expected: string[] = [];
    const denied = await deniedDuring(() =>
      expectOf(
        rows,
        async (row) => {
          const permission = permissionOf(row.who)!;
          const { browser, user } = await personWithout(permission);
          const values = await make(row, acme, browser);
          const vias: [string, Via][] = [
            ['ui', browser],
            ...(takesTokens(row.who) ? [['oauth', await acme.token(browser)] as [string, Via]] : []),
          ];
          const answers: Answer[] = [];
          for (const [channel, via] of vias) {
            answers.push(await send(row, via, values));
            expected.push(`${user.email} ${channel} ${routeOf(row)} ${permission}`);
          }
          expect(answers.every(({ headers }) => !headers.has('www-authenticate'))).toBe(true);
          return [...new Set(answers.map(told))].join(', ');
        },
        (row) => `403 permission-required ${permissionOf(row.who)}`,
      ),
    );
    expect(denied).toEqual(expected.toSorted());
  }, 120_000);

  it('is judged before the scope: a read token of such a user is told the permission too', async () => {
    const judged = rows.filter((row) => writes(row) && takesTokens(row.who) && (row.who as { of: string }).of !== 'others');
    await expectOf(
      judged,
      async (row) => {
        const { browser } = await personWithout(permissionOf(row.who)!);
        return told(await send(row, await acme.token(browser, 'read_only'), await make(row, acme, browser)));
      },
      (row) => `403 permission-required ${permissionOf(row.who)}`,
    );
  }, 60_000);

  it('cannot be missing where every role has it', () => {
    const everyones = ROUTE_TABLE.flatMap(({ who }) => permissionOf(who) ?? []).filter((permission) => roleWithout(permission) === null);
    expect([...new Set(everyones)]).toEqual(['TEAM_READ']);
  });
});

describe('a token', () => {
  it('is answered 401 where only a browser is served, and the attempt is written down (AD-01)', async () => {
    const rows = ROUTE_TABLE.filter(({ who }) => !takesTokens(who));
    const expected = rows.map((row) => `${manager.user.email} oauth ${routeOf(row)} not-signed-in`);
    const denied = await deniedDuring(() =>
      expectOf(
        rows,
        async (row) => told(await send(row, tokens.full, await make(row, acme, manager.browser))),
        () => '401 not-signed-in',
      ),
    );
    expect(denied).toEqual(expected.toSorted());
  }, 60_000);

  it.each(['read', 'write'] as const)(
    'without the scope %s is challenged for it, by exactly the routes that need it (US-07)',
    async (scope) => {
      const rows = ROUTE_TABLE.filter((row) => takesTokens(row.who) && writes(row) === (scope === 'write'));
      const token = scope === 'write' ? tokens.read : tokens.openid;
      const denied = await deniedDuring(() =>
        expectOf(
          rows,
          async (row) => {
            const answer = await send(row, token, await make(row, acme, manager.browser));
            return `${told(answer)}: ${answer.headers.get('www-authenticate')}`;
          },
          () => `403 insufficient-scope: Bearer realm="behalf", error="insufficient_scope", scope="${scope}"`,
        ),
      );
      expect(denied).toEqual(rows.map((row) => `${manager.user.email} oauth ${routeOf(row)} insufficient-scope`).toSorted());
    },
    60_000,
  );
});

it('a write from another site is refused on every route, with and without a session, and written down under the session (UX-06)', async () => {
  const rows = ROUTE_TABLE.filter(writes);
  const denied = await deniedDuring(() =>
    expectOf(
      rows,
      async (row) => {
        const values = await make(row, acme, manager.browser);
        const answers: Answer[] = [await send(row, new Browser(api), values, { headers: FROM_ELSEWHERE[0]! })];
        for (const headers of FROM_ELSEWHERE) answers.push(await send(row, manager.browser, values, { headers }));
        return [...new Set(answers.map(told))].join(', ');
      },
      () => '403 cross-site-request',
    ),
  );
  const expected = rows.flatMap((row) => FROM_ELSEWHERE.map(() => `${manager.user.email} ui ${routeOf(row)} cross-site-request`));
  expect(denied).toEqual(expected.toSorted());
  expect((await manager.browser.get('/api/v1/session')).status).toBe(200);
}, 60_000);

it('an id that is none answers like one that does not exist, and no id makes a fault of ours', async () => {
  const nonsense = ['x', '%00', '%20', '%2e%2e%2f', "'%20OR%201=1--", 'a'.repeat(200), '%F0%9F%94%91', '-', '0', 'null', '__proto__'];
  const rows = ROUTE_TABLE.filter(({ call }) => call.includes(':'));
  await expectOf(
    rows,
    async (row) => {
      const found = new Set<string>();
      for (const name of namesIn({ call: row.call } as RouteRow))
        for (const value of nonsense) found.add(told(await send(row, manager.browser, { ...(await fixed(row)), [name]: value })));
      // A nonsense that has the form of an id is one that does not exist.
      const unknown = namesIn({ call: row.call } as RouteRow).map((name) => row.unknown?.[name]);
      return [...found].filter((answer) => !unknown.includes(answer)).join(', ');
    },
    () => '404 not-found',
  );
  for (const path of ['/oauth-clients/%', '/teams/%zz', '/tokens/%C0%AF', `/users/${'a'.repeat(3000)}`])
    expect([400, 404, 414]).toContain((await manager.browser.get(`/api/v1${path}`)).status);
  expect(api.logs()).not.toContain('request failed');
}, 60_000);

it('a field that a body does not know is refused, by name', async () => {
  await expectOf(
    ROUTE_TABLE.filter(({ body }) => body),
    async (row) => {
      const answer = await send(row, manager.browser, await make(row, acme, manager.browser), { more: { surprise: 1 } });
      return `${told(answer)} ${(answer.body['errors'] as { pointer: string }[] | undefined)?.[0]?.pointer}`;
    },
    () => '422 validation-failed /surprise',
  );
}, 60_000);

/** Good values, made once for all rows: the calls that use them fail. */
const made = new Map<string, Promise<Values>>();
function fixed(row: RouteRow): Promise<Values> {
  const key = JSON.stringify([namesIn(row), row.mine]);
  const values = made.get(key) ?? make(row, acme, manager.browser);
  made.set(key, values);
  return values;
}
