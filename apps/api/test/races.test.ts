import type { Client, RotatedSecret, TokenResponse } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { type Answer, type Browser, consent, exchange, introspect, refresh, revoke, type TestClient } from './support/browser.js';
import { decide, pending } from './conformance/authorization.js';
import { audited, over, statuses, times } from './support/at-once.js';
import { type Lane, Two } from './conformance/lane.js';

/** What may come at once comes at once, over two processes; what is left is judged by what the database holds. */
let two: Two;
let api: Api;

beforeAll(async () => {
  api = await startApi();
  two = await Two.start(api);
});

afterAll(() => api.stop());

type Tokens = Answer<TokenResponse & { error?: string }>;

const sides = (count: number): Api[] => Array.from({ length: count }, (_, n) => (n % 2 ? two.there : two.here));
const answered = (answers: readonly Tokens[]) => answers.filter(({ status }) => status === 200).map(({ body }) => body);
const path = ({ client }: Pick<Lane, 'client'>) => `/api/v1/oauth-clients/${client.client_id}`;

/** Of every token of these answers, on both processes, none does anything. */
async function expectDead(client: TestClient, bodies: readonly TokenResponse[]): Promise<void> {
  for (const { access_token, refresh_token } of bodies)
    for (const on of [two.here, two.there]) {
      expect((await introspect(on, two.resourceServer, access_token)).body).toEqual({ active: false });
      expect((await refresh(on, client, refresh_token!)).status).toBeGreaterThanOrEqual(400);
    }
}

async function grantsOf({ client }: Lane): Promise<{ id: string; generation: number; revoked: boolean; live: boolean }[]> {
  return api.sql(
    `SELECT g.id, g.generation, g.revoked_at IS NOT NULL AS revoked,
            g.revoked_at IS NULL AND g.client_epoch = c.epoch AND c.status = 'enabled' AND g.user_epoch = u.epoch AND u.status = 'active' AS live
       FROM authorization_grant g LEFT JOIN oauth_client c USING (client_id) JOIN user_account u ON u.id = g.user_id WHERE g.client_id = $1`,
    [client.client_id],
  );
}

describe('refreshes at once', () => {
  it.each(['row', 'refresh token'])(
    'with a revocation of the %s leave nothing alive, and one row of it in the log',
    async (what) => {
      const lane = await two.lane();
      await times(20, async () => {
        const held = await lane.grant();
        const token_id = await held.token_id();
        const strike = () =>
          what === 'row'
            ? lane.browser.send('DELETE', `/api/v1/tokens/${token_id}`)
            : revoke(two.here, lane.client, held.tokens.refresh_token!);
        const [struck, ...answers] = await Promise.all([
          strike(),
          ...sides(6).map((on) => refresh(on, lane.client, held.tokens.refresh_token!)),
        ]);
        expect(struck.status).toBeLessThan(300);
        const bodies = answered(answers);
        expect(new Set(bodies.map(({ refresh_token }) => refresh_token)).size).toBeLessThanOrEqual(1);
        await expectDead(lane.client, [held.tokens, ...bodies]);
        const grant = (await grantsOf(lane)).find(({ id }) => id === token_id)!;
        expect([grant.revoked, grant.generation]).toEqual([true, bodies.length ? 2 : 1]);
        const actions = (await audited(api, token_id)).filter((action) => action !== 'token.replayed');
        expect(actions).toEqual(['token.issued', 'token.revoked']);
      });
    },
    60_000,
  );

  it('with a pause leave nothing alive, and a resumption revives nothing', async () => {
    const lane = await two.lane();
    await times(20, async () => {
      const held = await lane.grant();
      const [paused, ...answers] = await Promise.all([
        lane.setStatus('disabled'),
        ...sides(6).map((on) => refresh(on, lane.client, held.tokens.refresh_token!)),
      ]);
      expect(paused.status).toBe(200);
      const bodies = [held.tokens, ...answered(answers)];
      await expectDead(lane.client, bodies);
      await lane.setStatus('enabled');
      await expectDead(lane.client, bodies);
      expect((await grantsOf(lane)).filter(({ live }) => live)).toEqual([]);
    });
    expect((await audited(api, lane.client.client_id)).filter((action) => action === 'client.paused')).toHaveLength(20);
  }, 60_000);

  it('and exchanges with the deletion of the client leave nothing alive, no secret, and a log that knows every token', async () => {
    await times(12, async () => {
      const lane = await two.lane();
      const held = await lane.grant();
      const code = await consent(lane.browser, lane.client);
      const [gone, ...answers] = await Promise.all([
        lane.delete(),
        ...sides(3).map((on) => refresh(on, lane.client, held.tokens.refresh_token!)),
        exchange(two.there, lane.client, code),
      ]);
      expect(gone.status).toBe(204);
      await expectDead(lane.client, [held.tokens, ...answered(answers)]);
      expect(await api.sql('SELECT 1 FROM client_secret WHERE client_id = $1', [lane.client.client_id])).toEqual([]);
      for (const { id, generation } of await grantsOf(lane))
        expect((await audited(api, id)).filter((action) => action === 'token.issued')).toHaveLength(generation ? 1 : 0);
      expect(await audited(api, lane.client.client_id)).toEqual(expect.arrayContaining(['client.deleted']));
    });
  }, 60_000);
});

/** Everything that any of the tests above left behind. */
async function expectCoherent(): Promise<void> {
  const none = async (what: string, text: string) => expect([what, await api.sql(text)]).toEqual([what, []]);
  await none(
    'clients whose secrets are not one current and at most one previous',
    `SELECT c.client_id FROM oauth_client c LEFT JOIN client_secret s ON s.client_id = c.client_id AND coalesce(s.expires_at > clock_timestamp(), true)
      WHERE c.client_type = 'confidential' GROUP BY c.client_id HAVING count(*) FILTER (WHERE s.expires_at IS NULL) <> 1 OR count(*) > 2`,
  );
  await none(
    'secrets without a client',
    'SELECT 1 FROM client_secret s LEFT JOIN oauth_client c USING (client_id) WHERE c.client_id IS NULL',
  );
  await none(
    'exchanged grants that the log does not know as issued once',
    `SELECT g.id FROM authorization_grant g LEFT JOIN audit_event a ON a.target_id = g.id::text AND a.action = 'token.issued'
      GROUP BY g.id HAVING count(a.id) <> CASE WHEN g.generation > 0 THEN 1 ELSE 0 END`,
  );
  await none(
    'revoked grants that the log does not know as revoked once',
    `SELECT g.id FROM authorization_grant g LEFT JOIN audit_event a ON a.target_id = g.id::text AND a.action IN ('token.revoked', 'token.reused', 'code.replayed')
      WHERE g.revoked_at IS NOT NULL AND g.revoked_reason <> 'user' GROUP BY g.id HAVING count(a.id) <> 1`,
  );
  await none(
    'consents that were given and led to no grant',
    `SELECT a.id FROM audit_event a WHERE a.action = 'consent.given' GROUP BY a.id
     HAVING (SELECT count(*) FROM audit_event WHERE action = 'consent.given') <> (SELECT count(*) FROM authorization_grant) LIMIT 1`,
  );
}

it('a code that is exchanged 20 times at once wins once, and is then known as copied: one incident, nothing alive (CD-07)', async () => {
  const lane = await two.lane();
  await times(20, async () => {
    const code = await consent(lane.browser, lane.client);
    const answers = await Promise.all(sides(20).map((on) => exchange(on, lane.client, code)));
    expect(statuses(answers)).toEqual([200, ...new Array<number>(19).fill(400)]);
    const [tokens] = answered(answers);
    await expectDead(lane.client, [tokens!]);
  });
  const grants = await grantsOf(lane);
  expect(grants.map(({ generation, revoked }) => [generation, revoked])).toEqual(grants.map(() => [1, true]));
  for (const { id } of grants) expect(await audited(api, id)).toEqual(['code.replayed', 'token.issued']);
}, 60_000);

it('a decision that is sent twice is taken once, and what the log, the consent and the grants tell is that one', async () => {
  const lane = await two.lane();
  const [team] = lane.teams;
  const told = async () => (await audited(api, lane.client.client_id)).filter((action) => action.startsWith('consent.'));
  await times(20, async (round) => {
    await lane.browser.send('DELETE', `/api/v1/consents/${lane.client.client_id}`);
    const [before, already] = [(await grantsOf(lane)).length, await told()];
    const { request_id } = await pending(lane.browser, lane.client);
    const second = round % 2 ? 'allow' : 'deny';
    const answers = await Promise.all([
      decide(lane.browser, request_id, [team.id]),
      decide(over(lane.browser, two.there), request_id, [team.id], second),
    ]);
    expect(statuses(answers)).toEqual([200, 410]);
    const winner = answers[0].status === 200 ? 'allow' : second;
    const remembered = await api.sql('SELECT 1 FROM consent WHERE client_id = $1', [lane.client.client_id]);
    const given = winner === 'allow' ? 1 : 0;
    expect([(await grantsOf(lane)).length - before, remembered.length]).toEqual([given, given]);
    const expected = [...already, given ? 'consent.given' : 'consent.denied'].toSorted();
    expect((await told()).toSorted()).toEqual(expected);
  });
}, 60_000);

describe('a secret', () => {
  it('that is rotated by two and ended by a third at once leaves one current and at most one previous', async () => {
    const { client } = await two.lane();
    const rotate = (by: Browser) => by.post<RotatedSecret>(`${path({ client })}/rotate-secret`, { confirm_name: client.client_name });
    const elsewhere = over(two.admin, two.there);
    const works = async (client_secret: string) => (await introspect(two.there, { ...client, client_secret }, 'x')).status === 200;
    const known = [client.client_secret!];
    await times(15, async () => {
      const end = elsewhere.send('DELETE', `${path({ client })}/previous-secret`);
      const [one, other, ended] = await Promise.all([rotate(two.admin), rotate(elsewhere), end]);
      expect([one.status, other.status, [204, 404].includes(ended.status)]).toEqual([200, 200, true]);
      known.push(one.body.client_secret, other.body.client_secret);
      const rows = await api.sql<{ current: boolean }>(
        'SELECT expires_at IS NULL AS current FROM client_secret WHERE client_id = $1 AND coalesce(expires_at > clock_timestamp(), true)',
        [client.client_id],
      );
      expect(rows.filter(({ current }) => current)).toHaveLength(1);
      expect(rows.length).toBeLessThanOrEqual(2);
      const working = await Promise.all(known.slice(-4).map(works));
      expect(working.filter(Boolean)).toHaveLength(rows.length);
    });
    expect((await audited(api, client.client_id)).filter((action) => action === 'client.secret_rotated')).toHaveLength(30);
  }, 60_000);
});

it('a use of a previous secret is written down while a rotation holds the client, and never stands in its way', async () => {
  const { client } = await two.lane();
  await two.admin.post(`${path({ client })}/rotate-secret`, { confirm_name: client.client_name });
  const release = await api.hold('SELECT 1 FROM oauth_client WHERE client_id = $1 FOR UPDATE', [client.client_id]);
  expect((await introspect(two.there, client, 'x')).status).toBe(200);
  const written = async () =>
    (await api.sql('SELECT 1 FROM client_secret WHERE client_id = $1 AND uses = 1 AND use_audited_at IS NOT NULL', [client.client_id]))
      .length;
  const deadline = Date.now() + 10_000;
  while (!(await written()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await written()).toBe(1);
  await release();
  expect((await audited(api, client.client_id)).filter((action) => action === 'client.previous_secret_used')).toHaveLength(1);
}, 20_000);

it('of bulk deletions that overlap, over two processes, one wins wholly and the others delete nothing (AD-05)', async () => {
  await times(10, async () => {
    const ids: string[] = [];
    for (let n = 0; n < 7; n += 1)
      ids.push(
        (await two.admin.post<{ client: Client }>('/api/v1/oauth-clients', { client_name: `n ${n}`, redirect_uris: ['https://a.test'] }))
          .body.client.client_id,
      );
    const [a, b, c, d, e, f, g] = ids as [string, string, string, string, string, string, string];
    const sets = [
      [a, b, g],
      [g, c, d],
      [f, e, g],
    ];
    const by = [two.admin, over(two.admin, two.there), two.admin];
    const answers = await Promise.all(sets.map((client_ids, n) => by[n]!.post('/api/v1/oauth-clients/bulk-delete', { client_ids })));
    expect(statuses(answers)).toEqual([200, 409, 409]);
    const gone = sets[answers.findIndex(({ status }) => status === 200)]!;
    const left = await api.sql<{ client_id: string }>('SELECT client_id FROM oauth_client WHERE client_id = ANY ($1)', [ids]);
    expect(left.map(({ client_id }) => client_id).toSorted()).toEqual(ids.filter((id) => !gone.includes(id)).toSorted());
    for (const id of ids)
      expect(await audited(api, id)).toEqual(gone.includes(id) ? ['client.created', 'client.deleted'] : ['client.created']);
  });
}, 60_000);

it('after all of it the database is coherent: secrets, grants, consents, and one row of the log for each effect', () => expectCoherent());
