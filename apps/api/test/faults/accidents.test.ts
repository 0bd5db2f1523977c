import { startApi, type Api } from '../support/api.js';
import {
  type Answer,
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  introspect,
  obtainTokens,
  refresh,
  revoke,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { decide, pending } from '../conformance/authorization.js';
import { contradictions } from './invariants.js';
import { Ledger, readHandle } from './ledger.js';
import { type Fault, PgProxy, WRITES } from './pg-proxy.js';

const ORDERS = 'https://orders.test';

/** The same database by two ways: `straight`, and `shaky`, on which accidents happen. */
let straight: Api;
let shaky: Api;
let proxy: PgProxy;
let admin: Browser;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  straight = await startApi({ REFRESH_REPLAY_SECONDS: '60' });
  proxy = await PgProxy.start(straight.url);
  shaky = await straight.replica({ DATABASE_URL: proxy.url });
  admin = (await browserOf(straight, ADMIN)).at(shaky);
  client = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
  await createClient(admin, { resource_server: true, redirect_uris: [], resources: [ORDERS] });
  dev = (await browserOf(straight, DEV)).at(shaky);
});

afterEach(() => proxy.inject(null));

afterAll(async () => {
  await straight.halt();
  await proxy.close();
  await straight.stop();
});

/** What an answer of 503 asks for: the same request again. */
async function untilDone<Body extends object>(send: () => Promise<Answer<Body>>): Promise<Body> {
  const first = await send();
  const { status, body } = first.status === 503 ? await send() : first;
  expect(status).toBe(200);
  return body;
}

const good = () => obtainTokens(straight, dev.at(straight), client);

function expectUnavailable(answer: Answer<object>): void {
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^\d+$/)]);
}

async function readiness(): Promise<[number, unknown]> {
  const answer = await fetch(`${shaky.issuer}/health/ready`);
  return [answer.status, await answer.json()];
}

async function rowOf(handle: string): Promise<{ generation: number; revoked: boolean }> {
  const [row] = await straight.sql<{ generation: number; revoked: boolean }>(
    'SELECT generation, revoked_at IS NOT NULL AS revoked FROM authorization_grant WHERE id = $1',
    [readHandle(handle).grant_id],
  );
  return row!;
}

describe('a full disk (53100)', () => {
  const full: Fault = { kind: 'error', sqlstate: '53100' };

  it('makes every write 503 and undoes none by halves; what only reads goes on, and readiness says why', async () => {
    const [tokens, other, consented] = [await good(), await good(), await consent(dev, client)];
    const { request_id, details } = await pending(dev, client);
    const teams = details.selectable_teams.slice(0, 1).map(({ id }) => id);
    const events = await straight.sql<{ count: number }>('SELECT count(*)::integer AS count FROM audit_event');
    proxy.inject((statement) => (WRITES.test(statement) ? full : null));
    for (const refused of [
      await exchange(shaky, client, consented),
      await refresh(shaky, client, tokens.refresh_token!),
      await revoke(shaky, client, tokens.refresh_token!),
      await revoke(shaky, client, tokens.access_token),
      await decide(dev, request_id, teams),
      await admin.send('PATCH', `/api/v1/oauth-clients/${client.client_id}`, { client_name: 'other', version: client.version }),
      await admin.post('/api/v1/session', { email: DEV, password: 'correct horse battery' }),
    ])
      expectUnavailable(refused);
    expect(await readiness()).toEqual([503, { status: 'unavailable', checks: { database: 'down' }, reason: 'full' }]);
    expect((await introspect(shaky, client, tokens.access_token)).body['active']).toBe(true);
    expect((await dev.get('/api/v1/session')).status).toBe(200);
    expect(await straight.sql('SELECT count(*)::integer AS count FROM audit_event')).toEqual(events);
    proxy.inject(null);
    expect(await readiness()).toEqual([200, { status: 'ok' }]);
    expect((await exchange(shaky, client, consented)).status).toBe(200);
    expect((await refresh(shaky, client, tokens.refresh_token!)).status).toBe(200);
    expect((await decide(dev, request_id, teams)).status).toBe(200);
    expect((await revoke(shaky, client, other.refresh_token!)).status).toBe(200);
  });
});

it('a disk that fails (58030) is 503, not a fault of ours, and what was refused can be done afterwards', async () => {
  const tokens = await good();
  proxy.inject((statement) => (WRITES.test(statement) ? { kind: 'error', sqlstate: '58030' } : null));
  expectUnavailable(await refresh(shaky, client, tokens.refresh_token!));
  expectUnavailable(await revoke(shaky, client, tokens.refresh_token!));
  proxy.inject(null);
  expect((await refresh(shaky, client, tokens.refresh_token!)).status).toBe(200);
});

const CUTS = ['before', 'sent', 'done', 'answering'] as const;

describe.each(CUTS)('a connection that is lost when the write was %s', (when) => {
  const cut: Fault = { kind: 'cut', when };

  it('leaves a refresh done once: the answer is the truth, and the same token gets the same answer', async () => {
    const tokens = await good();
    proxy.injectOnce(/UPDATE authorization_grant g\s+SET generation/, cut);
    const answer = await refresh(shaky, client, tokens.refresh_token!);
    expect(proxy.faults).toBeGreaterThan(0);
    expect([answer.status, await rowOf(tokens.access_token)]).toEqual([200, { generation: 2, revoked: false }]);
    const again = await refresh(shaky, client, tokens.refresh_token!);
    expect([again.body.access_token, again.body.refresh_token]).toEqual([answer.body.access_token, answer.body.refresh_token]);
  });

  it('leaves an exchange done once, which is not taken for a theft', async () => {
    const consented = await consent(dev, client);
    proxy.injectOnce(/UPDATE authorization_grant g\s+SET generation/, cut);
    const answer = await exchange(shaky, client, consented);
    expect([answer.status, await rowOf(consented.code)]).toEqual([200, { generation: 1, revoked: false }]);
    expect((await introspect(shaky, client, answer.body.access_token)).body['active']).toBe(true);
  });

  it('leaves what binds an authorization to its first resource done with the exchange or refresh itself, once (RI-01)', async () => {
    const consented = await consent(dev, client);
    const binding = () => proxy.injectOnce(/UPDATE authorization_grant[^]*resources = \$/, cut);
    binding();
    const first = await untilDone(() => exchange(shaky, client, consented, { resource: ORDERS }));
    const tokens = await good();
    binding();
    const renewed = await untilDone(() => refresh(shaky, client, tokens.refresh_token!, { resource: ORDERS }));
    for (const [{ access_token }, generation] of [[first, 1] as const, [renewed, 2] as const]) {
      expect(await rowOf(access_token)).toEqual({ generation, revoked: false });
      expect((await introspect(shaky, client, access_token)).body).toMatchObject({ active: true, aud: ORDERS });
      const events = await straight.sql<{ action: string }>(
        "SELECT action FROM audit_event WHERE target_id = $1 AND action IN ('token.narrowed', 'token.reused', 'code.replayed')",
        [readHandle(access_token).grant_id],
      );
      expect(events).toEqual([{ action: 'token.narrowed' }]);
    }
  });

  it('never answers a revocation that is not there: 503, and the same request again ends it', async () => {
    const tokens = await good();
    proxy.injectOnce(/UPDATE authorization_grant SET revoked_at/, cut);
    const answer = await revoke(shaky, client, tokens.refresh_token!);
    expectUnavailable(answer);
    expect((await revoke(shaky, client, tokens.refresh_token!)).status).toBe(200);
    expect(await rowOf(tokens.access_token)).toMatchObject({ revoked: true });
    expect((await introspect(straight, client, tokens.access_token)).body).toEqual({ active: false });
  });

  it('leaves a consent wholly there or not at all where its COMMIT was the one', async () => {
    const { request_id, details } = await pending(dev, client);
    const [team] = details.selectable_teams;
    const count = async () => (await straight.sql<{ id: string }>('SELECT id FROM authorization_grant')).length;
    const before = await count();
    proxy.injectAtCommitOf(/INSERT INTO authorization_grant/, cut);
    expectUnavailable(await decide(dev, request_id, [team!.id]));
    // A statement that was sent may be done a moment after its connection was lost.
    const again = await decide(dev, request_id, [team!.id]);
    expect([200, 410]).toContain(again.status);
    expect(await count()).toBe(before + 1);
  });
});

it('an answer that never comes on a connection that stays open is looked up, and not taken for a theft', async () => {
  const [tokens, consented] = [await good(), await consent(dev, client)];
  proxy.inject((statement) => (/UPDATE authorization_grant g\s+SET generation/.test(statement) ? { kind: 'swallow' } : null));
  const [refreshed, exchanged] = await Promise.all([refresh(shaky, client, tokens.refresh_token!), exchange(shaky, client, consented)]);
  expect([refreshed.status, await rowOf(tokens.access_token)]).toEqual([200, { generation: 2, revoked: false }]);
  expect([exchanged.status, await rowOf(consented.code)]).toEqual([200, { generation: 1, revoked: false }]);
  for (const { body } of [refreshed, exchanged]) expect((await introspect(shaky, client, body.access_token)).body['active']).toBe(true);
});

it('after every accident the log and the database tell the same', async () => {
  expect(await contradictions(new Ledger(false), straight, [straight, shaky])).toEqual([]);
});
