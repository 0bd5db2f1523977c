import { type Api, startApi } from './support/api.js';
import { authorizeQuery, Browser, consent, type Consented, exchange, introspect, newPkce } from './support/browser.js';
import { PASSWORD } from './support/constants.js';
import { decide, pending } from './conformance/authorization.js';
import { type Lane, Two } from './conformance/lane.js';
import { audited, over, statuses, times } from './support/at-once.js';

/** Two people, or one in two windows, who do at once what concerns the same row, over two processes. */
let two: Two;
let api: Api;

beforeAll(async () => {
  api = await startApi();
  two = await Two.start(api);
});

afterAll(() => api.stop());

const BASE = '/api/v1';

/** Whether the consent is remembered, and how many of the client's grants are live. */
async function stateOf({ client }: Lane): Promise<{ remembered: boolean; live: number }> {
  const [row] = await api.sql<{ remembered: boolean; live: number }>(
    `SELECT EXISTS (SELECT FROM consent k WHERE k.client_id = c.client_id AND k.consent_epoch = c.consent_epoch) AS remembered,
            (SELECT count(*)::integer FROM authorization_grant g JOIN user_account u ON u.id = g.user_id
              WHERE g.client_id = c.client_id AND g.revoked_at IS NULL AND g.client_epoch = c.epoch AND g.user_epoch = u.epoch AND u.status = 'active') AS live
       FROM oauth_client c WHERE c.client_id = $1`,
    [client.client_id],
  );
  return row!;
}

describe('a consent beside the revocation of the group', () => {
  it.each(['mine', 'organization'])(
    'of %s is either wholly before it or wholly after it',
    async (show) => {
      const lane = await two.lane();
      const by = show === 'mine' ? lane.browser : two.admin;
      const revokeAll = () => by.send('DELETE', `${BASE}/connected-apps/${lane.client.client_id}/tokens?show=${show}`);
      await times(20, async () => {
        await revokeAll();
        const { request_id } = await pending(lane.browser, lane.client);
        const [decision, revoked] = await Promise.all([decide(over(lane.browser, two.there), request_id, [lane.teams[0].id]), revokeAll()]);
        expect([revoked.status, [200, 410].includes(decision.status)]).toEqual([200, true]);
        const { remembered, live } = await stateOf(lane);
        expect([remembered, live]).toEqual(live ? [true, 1] : [false, 0]);
      });
    },
    60_000,
  );

  it('that is caught in the middle of it leaves no consent without its grant', async () => {
    const lane = await two.lane();
    await lane.grant();
    await lane.browser.send('DELETE', `${BASE}/consents/${lane.client.client_id}`);
    const { request_id } = await pending(lane.browser, lane.client);
    // The decision waits at its last statement; the revocation is slow between its first and its last one.
    const release = await api.hold('LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE');
    const decision = decide(over(lane.browser, two.there), request_id, [lane.teams[0].id]);
    await someoneWaits();
    await api.sql('CREATE POLICY slow ON user_account TO behalf_app USING ((SELECT true FROM pg_sleep(0.5)))');
    await api.sql('ALTER TABLE user_account ENABLE ROW LEVEL SECURITY');
    const revoked = lane.browser.send('DELETE', `${BASE}/connected-apps/${lane.client.client_id}/tokens?show=mine`);
    await new Promise((resolve) => setTimeout(resolve, 750));
    await release();
    expect([(await decision).status, (await revoked).status]).toEqual([200, 200]);
    await api.sql('ALTER TABLE user_account DISABLE ROW LEVEL SECURITY');
    await api.sql('DROP POLICY slow ON user_account');
    const { remembered, live } = await stateOf(lane);
    expect([remembered, live]).toEqual(live ? [true, 1] : [false, 0]);
  });
});

describe('authorizations that a remembered consent answers', () => {
  /** Asks once more at each of so many sides at once. @returns the code of each, or null where the page is shown */
  const ask = ({ browser, client }: Lane, count: number): Promise<(Consented | null)[]> =>
    Promise.all(
      Array.from({ length: count }, async (_, n) => {
        const pkce = newPkce();
        const answer = await over(browser, n % 2 ? two.there : two.here).get(`/oauth2/authorize?${authorizeQuery(client, pkce)}`);
        expect(answer.status).toBe(303);
        const redirect = new URL(answer.headers.get('location')!, two.here.issuer);
        expect(redirect.searchParams.get('error')).toBeNull();
        const code = redirect.searchParams.get('code');
        expect(code !== null || redirect.pathname === '/consent').toBe(true);
        return code === null ? null : { code, pkce, redirect, request_id: null };
      }),
    );
  const given = async ({ client }: Lane) =>
    (
      await api.sql("SELECT 1 FROM audit_event WHERE target_id = $1 AND action = 'consent.given' AND reason = 'remembered'", [
        client.client_id,
      ])
    ).length;
  const grants = async ({ client }: Lane) =>
    (await api.sql('SELECT 1 FROM authorization_grant WHERE client_id = $1', [client.client_id])).length;

  it('each get a code of their own user and client, however many share a statement, and each stands in the log', async () => {
    const lanes = [await two.lane(), await two.lane(), await two.lane()];
    for (const lane of lanes) await lane.grant();
    const codes = await Promise.all(lanes.map((lane) => ask(lane, 12)));
    for (const [n, lane] of lanes.entries()) {
      const answers = await Promise.all(codes[n]!.map((code) => exchange(two.there, lane.client, code!)));
      const subjects = await Promise.all(answers.map(({ body }) => introspect(two.here, lane.client, body.access_token)));
      expect(new Set(subjects.map(({ body }) => body['sub']))).toEqual(new Set([lane.user.id]));
      expect(new Set(subjects.map(({ body }) => body['token_id'])).size).toBe(12);
      expect([await given(lane), await grants(lane)]).toEqual([12, 13]);
    }
  }, 60_000);

  it('beside the revocation of the group leave nothing alive, and nothing that the log does not know', async () => {
    const lane = await two.lane();
    let answered = 0;
    await times(20, async () => {
      await lane.grant();
      const revoke = () => lane.browser.send('DELETE', `${BASE}/connected-apps/${lane.client.client_id}/tokens?show=mine`);
      const [codes, revoked] = await Promise.all([ask(lane, 8), revoke()]);
      expect(revoked.status).toBe(200);
      answered += codes.filter((code) => code !== null).length;
      expect(await stateOf(lane)).toEqual({ remembered: false, live: 0 });
    });
    expect([await given(lane), await grants(lane)]).toEqual([answered, answered + 20]);
  }, 60_000);

  it.each([
    ['comes back', 'SELECT 1 FROM consent WHERE client_id = $1 FOR UPDATE', true],
    ['is taken away', 'DELETE FROM consent WHERE client_id = $1', false],
  ])('wait for a change of their consent, which %s, and nobody else waits with them', async (_, change, isAnswered) => {
    const [lane, other] = [await two.lane(), await two.lane()];
    for (const each of [lane, other]) await each.grant();
    const release = await api.hold(change, [lane.client.client_id]);
    const waiting = ask(lane, 6);
    try {
      await someoneWaits();
      expect((await ask(other, 6)).filter((code) => code !== null)).toHaveLength(6);
      expect((await other.browser.get(`${BASE}/session`)).status).toBe(200);
      expect(await given(lane)).toBe(0);
    } finally {
      await release();
    }
    expect((await waiting).map((code) => code !== null)).toEqual(new Array(6).fill(isAnswered));
    expect([await given(lane), await grants(lane)]).toEqual(isAnswered ? [6, 7] : [0, 1]);
  });
});

/** @throws where nobody does within a few seconds */
async function someoneWaits(): Promise<void> {
  const waits = async () => (await api.sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0;
  for (let round = 0; !(await waits()); round += 1) {
    if (round === 100) throw new Error('Nobody waits for a lock.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('a user who is disabled while signing in, consenting and exchanging keeps none of it, and enabling brings none of it back', async () => {
  const lane = await two.lane();
  await times(8, async () => {
    const held = await lane.grant();
    const code = await consent(lane.browser, lane.client);
    const { request_id } = await pending(lane.browser, lane.client);
    const signingIn = new Browser(two.there);
    const [disabled, , , exchanged] = await Promise.all([
      lane.setUser('disabled'),
      signingIn.post(`${BASE}/session`, { email: lane.user.email, password: PASSWORD }),
      decide(over(lane.browser, two.there), request_id, [lane.teams[0].id]),
      exchange(two.there, lane.client, code),
    ]);
    expect(disabled.status).toBe(200);
    const tokens = [held.tokens.access_token, ...(exchanged.status === 200 ? [exchanged.body.access_token] : [])];
    for (const status of ['disabled', 'active'] as const) {
      await lane.setUser(status);
      for (const browser of [signingIn, lane.browser]) expect((await browser.get(`${BASE}/session`)).status).toBe(401);
      for (const token of tokens) expect((await introspect(two.there, two.resourceServer, token)).body).toEqual({ active: false });
      expect((await stateOf(lane)).live).toBe(0);
    }
    await lane.browser.signIn(lane.user.email);
  });
  expect((await audited(api, lane.user.id)).filter((action) => action === 'user.disabled')).toHaveLength(8);
}, 60_000);

it('what two take away from one authorization at once is all gone: neither is refused for the other, and each is in the log', async () => {
  const lane = await two.lane();
  await times(10, async () => {
    const held = await lane.grant(2, { prompt: 'consent' });
    const token_id = await held.token_id();
    const narrow = (browser: Browser, body: object) => browser.send('PATCH', `${BASE}/tokens/${token_id}`, body);
    const answers = await Promise.all([
      narrow(lane.browser, { scope: 'read' }),
      narrow(over(lane.browser, two.there), { team_ids: [lane.teams[1].id] }),
    ]);
    expect(statuses(answers)).toEqual([200, 200]);
    expect((await held.introspection()).body).toMatchObject({ scope: 'read', authorized_team_ids: [lane.teams[1].id] });
    const narrowed = (await audited(api, token_id)).filter((action) => action === 'token.narrowed');
    expect(narrowed).toHaveLength(2);
  });
}, 60_000);

it('a revocation of the group that finds only a consent to forget is in the log as that, once', async () => {
  const lane = await two.lane();
  const held = await lane.grant();
  await lane.browser.send('DELETE', `${BASE}/tokens/${await held.token_id()}`);
  const path = `${BASE}/connected-apps/${lane.client.client_id}/tokens`;
  const effects = async () =>
    (await audited(api, lane.client.client_id)).filter((action) => ['token.revoked', 'consent.forgotten'].includes(action));
  for (const _ of [1, 2]) {
    expect((await lane.browser.send('DELETE', path)).body).toEqual({ revoked: 0 });
    expect([await effects(), (await stateOf(lane)).remembered]).toEqual([['consent.forgotten'], false]);
  }
});
