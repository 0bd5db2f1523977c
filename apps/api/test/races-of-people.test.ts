import { type Api, startApi } from './support/api.js';
import { Browser, consent, exchange, introspect } from './support/browser.js';
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
      await times(30, async () => {
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
    const release = await api.hold('audit_event');
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

async function someoneWaits(): Promise<void> {
  const waits = async () => (await api.sql('SELECT 1 FROM pg_locks WHERE NOT granted')).length > 0;
  while (!(await waits())) await new Promise((resolve) => setTimeout(resolve, 20));
}

it('a user who is disabled while signing in, consenting and exchanging keeps none of it, and enabling brings none of it back', async () => {
  const lane = await two.lane();
  await times(15, async () => {
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
  expect((await audited(api, lane.user.id)).filter((action) => action === 'user.disabled')).toHaveLength(15);
}, 60_000);

/** Something that two do at once: what they are told, and the one row that it leaves. */
interface Twice {
  readonly by?: Browser;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
  readonly target: string;
}

const TWICE: Readonly<Record<string, [told: number[], action: string, make: (lane: Lane) => Twice | Promise<Twice>]>> = {
  'revoking a row': [
    [204, 404],
    'token.revoked',
    async (lane) => {
      const token_id = await (await lane.grant()).token_id();
      return { by: lane.browser, method: 'DELETE', path: `/tokens/${token_id}`, target: token_id };
    },
  ],
  'revoking a group': [
    [200, 200],
    'token.revoked',
    async (lane) => {
      await lane.grant();
      const { client_id } = lane.client;
      return { by: lane.browser, method: 'DELETE', path: `/connected-apps/${client_id}/tokens`, target: client_id };
    },
  ],
  'narrowing a grant': [
    [200, 200],
    'token.narrowed',
    async (lane) => {
      const token_id = await (await lane.grant()).token_id();
      return { by: lane.browser, method: 'PATCH', path: `/tokens/${token_id}`, body: { scope: 'read' }, target: token_id };
    },
  ],
  'forgetting a consent': [
    [204, 404],
    'consent.forgotten',
    async (lane) => {
      await lane.grant();
      const { client_id } = lane.client;
      return { by: lane.browser, method: 'DELETE', path: `/consents/${client_id}`, target: client_id };
    },
  ],
  'removing a member': [
    [204, 404],
    'member.removed',
    ({ teams, user }) => ({ method: 'DELETE', path: `/teams/${teams[0].id}/members/${user.id}`, target: user.id }),
  ],
  'changing a role': [
    [200, 200],
    'member.role_changed',
    ({ teams, user }) => ({
      method: 'PUT',
      path: `/teams/${teams[0].id}/members/${user.id}`,
      body: { role: 'read_only_user' },
      target: user.id,
    }),
  ],
  'adding a member': [
    [200, 200],
    'member.added',
    async ({ user }) => {
      const { id } = await two.team();
      return { method: 'PUT', path: `/teams/${id}/members/${user.id}`, body: { role: 'read_only_user' }, target: user.id };
    },
  ],
  'disabling a user': [
    [200, 200],
    'user.disabled',
    ({ user }) => ({ method: 'PATCH', path: `/users/${user.id}`, body: { status: 'disabled' }, target: user.id }),
  ],
  'pausing a client': [
    [200, 200],
    'client.paused',
    ({ client: { client_id } }) => ({
      method: 'PUT',
      path: `/oauth-clients/${client_id}/status`,
      body: { status: 'disabled' },
      target: client_id,
    }),
  ],
  'editing one version of a client': [
    [200, 409],
    'client.updated',
    ({ client: { client_id, version } }) => ({
      method: 'PATCH',
      path: `/oauth-clients/${client_id}`,
      body: { version, client_name: 'edited' },
      target: client_id,
    }),
  ],
  'deleting a client': [
    [204, 404],
    'client.deleted',
    ({ client: { client_id, client_name } }) => ({
      method: 'DELETE',
      path: `/oauth-clients/${client_id}`,
      body: { confirm_name: client_name },
      target: client_id,
    }),
  ],
  'creating a team of one name': [
    [201, 422],
    'team.created',
    () => {
      const name = `team ${Math.random()}`;
      return { method: 'POST', path: '/teams', body: { name, organization_id: two.organization.id }, target: name };
    },
  ],
  'inviting one address': [
    [201, 422],
    'user.invited',
    () => {
      const email = `${Math.random()}@twice.example`;
      return { method: 'POST', path: '/users', body: { email, name: 'Twice', memberships: [] }, target: email };
    },
  ],
};

it.each(Object.keys(TWICE))(
  '%s twice at once is one effect, and one row in the log',
  async (name) => {
    const [told, action, make] = TWICE[name]!;
    await times(6, async () => {
      const { by = two.admin, method, path, body, target } = await make(await two.lane());
      const answers = await Promise.all([by, over(by, two.there)].map((each) => each.send(method, BASE + path, body)));
      expect(statuses(answers)).toEqual(told);
      const rows = await api.sql('SELECT 1 FROM audit_event WHERE action = $1 AND $2 IN (target_id, target_name)', [action, target]);
      expect(rows).toHaveLength(1);
    });
  },
  60_000,
);
