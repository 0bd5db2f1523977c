import { AUDIT_REPORT, type AuditEvent, type Page } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, startApi } from './support/api.js';
import { type Answer, Browser, browserOf, createClient, introspect, obtainTokens, revoke, type TestClient } from './support/browser.js';
import { ADMIN, DEV, LABS } from './support/constants.js';
import { CLIENT_ROUTES } from './support/route-table.js';
import { neverMade } from './support/place.js';

const EVENTS = '/api/v1/audit-events';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let billing: TestClient;
let access_token: string;
let token: { token_id: string; authorized_team_ids: string[] };

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin, { client_name: 'CLI' });
  billing = await createClient(admin, { client_name: 'Billing API', resource_server: true, redirect_uris: [] });
  ({ access_token } = await obtainTokens(api, dev, client));
  token = (await introspect(api, billing, access_token)).body as unknown as typeof token;
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

const basic = ({ client_id, client_secret }: Pick<TestClient, 'client_id' | 'client_secret'>) => ({
  authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
});
const report = (events: unknown, as: Parameters<typeof basic>[0] = billing): Promise<Answer> =>
  new Browser(api).post(EVENTS, { events }, basic(as));
const eventOf = (changed: object = {}) => ({
  id: randomUUID(),
  token_id: token.token_id,
  operation: 'DELETE /orders/:order_id',
  result: 'success',
  ...changed,
});
const untilTaken = async (events: unknown): Promise<Answer> => {
  for (let answer = await report(events); ; answer = await report(events)) if (answer.status !== 503) return answer;
};
const problemOf = ({ status, body }: Answer) => `${status} ${String(body['type']).split('#')[1]}`;
const denialsOf = async (client_id: string) => {
  const { items } = (await admin.get<Page<AuditEvent>>(`${EVENTS}?action=access.denied&client_id=${client_id}`)).body;
  return items.map(({ user, channel, target_id, result, reason }) => ({ user, channel, target_id, result, reason }));
};
const called = async (operation: string) => {
  const { items } = (await admin.get<Page<AuditEvent>>(`${EVENTS}?limit=200&action=api.called`)).body;
  return items.filter(({ target_name }) => target_name === operation);
};

it('what an API reports stands under the user, client and token that did it, with the API that told it', async () => {
  const team_id = token.authorized_team_ids[0]!;
  const more = { team_id, reason: 'cleanup', ip_address: '203.0.113.7', user_agent: 'cli/1', count: 3, seconds_ago: 0 };
  const answer = await report([eventOf(more)]);
  expect([answer.status, answer.body]).toEqual([200, { recorded: 1, missing: [] }]);
  const [event, ...rest] = await called('DELETE /orders/:order_id');
  expect(rest).toEqual([]);
  expect(event).toMatchObject({
    user: { email: DEV },
    action: 'api.called',
    channel: 'oauth',
    client_id: client.client_id,
    client_name: 'CLI',
    token_id: token.token_id,
    target_type: 'resource_server',
    target_id: billing.client_id,
    team_id,
    ip_address: '203.0.113.7',
    user_agent: 'cli/1',
    result: 'success',
    reason: 'cleanup',
    count: 3,
  });
});

it('the same event sent again, at once or later, stands in the log once; the same id of another API is another event', async () => {
  const event = eventOf({ operation: 'POST /twice' });
  const answers = await Promise.all(Array.from({ length: 10 }, () => untilTaken([event])));
  answers.push(await untilTaken([eventOf({ operation: 'POST /twice' }), event]));
  expect(answers.map(({ status, body }) => [status, body['recorded']])).toEqual([...Array.from({ length: 10 }, () => [200, 1]), [200, 2]]);
  expect(await called('POST /twice')).toHaveLength(2);
  const shipping = await createClient(admin, { client_name: 'Shipping API', resource_server: true, redirect_uris: [] });
  await report([event], shipping);
  expect((await called('POST /twice')).map(({ target_id }) => target_id).filter((id) => id === shipping.client_id)).toHaveLength(1);
});

it('a report that meets another one of the same client is answered 503 at once, and holds no connection', async () => {
  const release = await api.hold('LOCK TABLE audit_event IN SHARE MODE');
  const first = report([eventOf({ operation: 'POST /first' })]);
  const waiting = `SELECT pid FROM pg_stat_activity
                    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INSERT INTO audit_event%'`;
  while (!(await api.sql(waiting)).length) await sleep(10);
  const second = eventOf({ operation: 'POST /second' });
  const answers = await Promise.all(Array.from({ length: 20 }, () => report([second])));
  const [told] = await api.sql<{ pending: number }>(`SELECT count(*)::integer AS pending FROM (${waiting}) w`);
  await release();
  const shown = answers.map((answer) => [problemOf(answer), answer.headers.get('retry-after')]);
  expect([shown, told]).toEqual([Array.from({ length: 20 }, () => ['503 unavailable', '1']), { pending: 1 }]);
  expect((await first).body).toEqual({ recorded: 1, missing: [] });
  expect((await report([second])).body).toEqual({ recorded: 1, missing: [] });
});

it('what a token did before it was revoked can be told afterwards, at the time when it was, and never before its grant', async () => {
  const { access_token: ended } = await obtainTokens(api, dev, client);
  const { token_id } = (await introspect(api, billing, ended)).body as { token_id: string };
  await revoke(api, client, ended);
  await api.advance(600);
  const before = eventOf({ token_id, operation: 'GET /before', seconds_ago: 300 });
  const tooEarly = eventOf({ token_id, operation: 'GET /too-early', seconds_ago: AUDIT_REPORT.max_age_seconds });
  expect((await report([before, tooEarly])).body).toEqual({ recorded: 2, missing: [] });
  const [{ made, told }] = (await api.sql(
    `SELECT extract(epoch FROM (SELECT at FROM audit_event WHERE target_name = 'GET /too-early') - g.created_at)::float8 AS made,
            extract(epoch FROM (SELECT at FROM audit_event WHERE target_name = 'GET /before') - g.created_at)::float8 AS told
       FROM authorization_grant g WHERE g.id = $1`,
    [token_id],
  )) as [{ made: number; told: number }];
  expect(made).toBeGreaterThanOrEqual(0);
  expect(made).toBeLessThan(1);
  expect(Math.round(told / 10)).toBe(30);
});

it('tokens of another organization are missing, as those are that never were, and the rest is written', async () => {
  const labs = await browserOf(api, LABS);
  await admin.send('PUT', '/api/v1/session/organization', { organization_id: (await labs.get('/api/v1/session')).body['organization_id'] });
  const { items } = (await admin.get<Page<{ id: string; name: string }>>('/api/v1/organizations')).body;
  const [acme, other] = ['Acme', 'Acme Labs'].map((name) => items.find((each) => each.name === name)!.id);
  await admin.send('PUT', '/api/v1/session/organization', { organization_id: other });
  const theirs = await createClient(admin, { client_name: 'theirs' });
  const { access_token: foreign } = await obtainTokens(api, labs, theirs);
  const { token_id } = (await introspect(api, theirs, foreign)).body as { token_id: string };
  await admin.send('PUT', '/api/v1/session/organization', { organization_id: acme });
  const never = neverMade('token_id');
  const events = [token_id, never, token.token_id].map((id) => eventOf({ token_id: id, operation: 'GET /foreign' }));
  expect((await report(events)).body).toEqual({ recorded: 1, missing: [token_id, never] });
  expect(await api.sql(`SELECT token_id FROM audit_event WHERE target_name = 'GET /foreign'`)).toEqual([{ token_id: token.token_id }]);
});

it('a team that the token was not granted for, or not any more, goes into no row, and keeps no other event out', async () => {
  const { access_token: wide } = await obtainTokens(api, dev, client);
  const { token_id, authorized_team_ids } = (await introspect(api, billing, wide)).body as unknown as typeof token;
  const [kept, lost] = authorized_team_ids as [string, string];
  await dev.send('PATCH', `/api/v1/tokens/${token_id}`, { team_ids: [kept] });
  const teams = [randomUUID(), lost, kept.toUpperCase()];
  const events = teams.map((team_id, index) => eventOf({ token_id, team_id, operation: `GET /team-${index}` }));
  expect((await report(events)).body).toEqual({ recorded: 3, missing: [] });
  const stored = await api.sql(`SELECT team_id FROM audit_event WHERE target_name LIKE 'GET /team-%' ORDER BY target_name`);
  expect(stored).toEqual([{ team_id: null }, { team_id: null }, { team_id: kept }]);
});

it.each<[string, unknown, string]>([
  ['no list', 'x', '/events'],
  ['an empty list', [], '/events'],
  ['more events than one call takes', Array.from({ length: AUDIT_REPORT.max_events + 1 }, () => ({})), '/events'],
  ['no event', [null], '/events'],
  ['a list in place of an event', [[]], '/events'],
  ['a token in place of its id', [{ token_id: 'bhf_at_x' }], '/events/0/token_id'],
  ['a result that there is not', [{ result: 'maybe' }], '/events/0/result'],
  ['words that fake a line', [{ operation: 'GET /\nGET /faked' }], '/events/0/operation'],
  ['an address with a zone', [{ ip_address: 'fe80::1%eth0' }], '/events/0/ip_address'],
  ['an address that is none', [{ ip_address: '300.1.1.1' }], '/events/0/ip_address'],
  ['a count that no column holds', [{ count: 1e300 }], '/events/0/count'],
  ['a time to come', [{ seconds_ago: -1 }], '/events/0/seconds_ago'],
  ['a time long past', [{ seconds_ago: AUDIT_REPORT.max_age_seconds + 1 }], '/events/0/seconds_ago'],
  ['a team that is no id', [{ team_id: 'all' }], '/events/0/team_id'],
  ['a channel of its own choice', [{ channel: 'ui' }], '/events/0/channel'],
  ['a user of its own choice', [{ user_id: randomUUID() }], '/events/0/user_id'],
])('%s is refused with the field, and nothing of the batch is written', async (_, changes, pointer) => {
  const operation = `POST /refused-${randomUUID()}`;
  const events = Array.isArray(changes)
    ? changes.map((changed: object | null) =>
        typeof changed === 'object' && changed && !Array.isArray(changed) ? eventOf({ operation, ...changed }) : changed,
      )
    : changes;
  const answer = await report(Array.isArray(events) && events.length === 1 && events[0] ? [...events, eventOf({ operation })] : events);
  expect([answer.status, (answer.body['errors'] as { pointer: string }[])[0]!.pointer]).toEqual([422, expect.stringContaining(pointer)]);
  expect(await called(operation)).toEqual([]);
});

describe('a route for resource servers', () => {
  it('is one of the table, and serves who proves to be one', async () => {
    expect(CLIENT_ROUTES.map(({ call }) => call)).toEqual(['POST /audit-events']);
    expect((await report([eventOf()])).status).toBe(200);
  });

  it('serves nobody else', async () => {
    const events = [eventOf({ operation: 'GET /nobody' })];
    const plain = await createClient(admin, { client_name: 'no mark' });
    const paused = await createClient(admin, { client_name: 'paused', resource_server: true, redirect_uris: [] });
    await admin.send('PUT', `/api/v1/oauth-clients/${paused.client_id}/status`, { status: 'disabled' });
    const send = (browser: Browser, headers: Record<string, string>) => browser.post(EVENTS, { events }, headers);
    const answers = {
      nobody: await send(new Browser(api), {}),
      'a browser session': await send(admin, {}),
      'another site': await send(admin, { 'sec-fetch-site': 'cross-site' }),
      'an access token': await send(new Browser(api), { authorization: `Bearer ${access_token}` }),
      'a wrong secret': await report(events, { ...billing, client_secret: 'x' }),
      'an unknown client': await report(events, { client_id: neverMade('client_id'), client_secret: 'x' }),
      'no Basic at all': await send(new Browser(api), { authorization: 'Basic' }),
      'a paused one': await report(events, paused),
      'a client without the mark': await report(events, plain),
      'one from another site': await send(new Browser(api), { ...basic(billing), 'sec-fetch-site': 'cross-site' }),
      'one from another origin': await send(new Browser(api), { ...basic(billing), origin: 'https://evil.test' }),
      'nobody, from another site': await send(new Browser(api), {
        ...basic({ ...billing, client_secret: 'x' }),
        'sec-fetch-site': 'cross-site',
      }),
    };
    expect(Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, problemOf(answer)]))).toEqual({
      nobody: '401 invalid-client',
      'a browser session': '401 invalid-client',
      'another site': '403 cross-site-request',
      'an access token': '401 not-signed-in',
      'a wrong secret': '401 invalid-client',
      'an unknown client': '401 invalid-client',
      'no Basic at all': '401 invalid-client',
      'a paused one': '401 invalid-client',
      'a client without the mark': '403 resource-server-required',
      'one from another site': '403 cross-site-request',
      'one from another origin': '403 cross-site-request',
      'nobody, from another site': '403 cross-site-request',
    });
    expect(answers['a wrong secret'].headers.get('www-authenticate')).toBe('Basic realm="behalf", error="invalid_client"');
    expect(await called('GET /nobody')).toEqual([]);
    const denied = { user: null, channel: 'oauth', target_id: `POST ${EVENTS}`, result: 'denied' };
    expect(await denialsOf(plain.client_id)).toEqual([{ ...denied, reason: 'resource-server-required' }]);
    const fromElsewhere = { ...denied, reason: 'cross-site-request' };
    expect(await denialsOf(billing.client_id)).toEqual([fromElsewhere, fromElsewhere]);
    const failures = () => admin.get<Page<object>>(`/api/v1/oauth-clients/${billing.client_id}/failures`);
    for (let tries = 0; tries < 30 && (await failures()).body.items.length < 2; tries += 1) await new Promise((go) => setTimeout(go, 200));
    expect((await failures()).body.items).toMatchObject([
      { endpoint: 'audit-events', reason: 'wrong_secret' },
      { endpoint: 'audit-events', reason: 'wrong_secret' },
    ]);
  });

  it('obeys a mark that is taken away on the next request', async () => {
    const marked = await createClient(admin, { client_name: 'was marked', resource_server: true });
    expect((await report([eventOf()], marked)).status).toBe(200);
    await admin.send('PATCH', `/api/v1/oauth-clients/${marked.client_id}`, { version: marked.version, resource_server: false });
    expect(problemOf(await report([eventOf()], marked))).toBe('403 resource-server-required');
  });
});

it('what is reported is sealed like every other row, and the log still verifies', async () => {
  await report([eventOf({ operation: 'GET /sealed' })]);
  const { code, output } = await api.verify();
  expect([code, output]).toEqual([0, expect.any(String)]);
});
