import { type Api, startApi } from './support/api.js';
import type { Browser } from './support/browser.js';
import { type Lane, Two } from './conformance/lane.js';
import { over, statuses, times } from './support/at-once.js';

/** What is sent twice, by two windows or two people, over two processes. */
let two: Two;
let api: Api;

beforeAll(async () => {
  api = await startApi();
  two = await Two.start(api);
});

afterAll(() => api.stop());

const BASE = '/api/v1';

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
    await times(3, async () => {
      const { by = two.admin, method, path, body, target } = await make(await two.lane());
      const answers = await Promise.all([by, over(by, two.there)].map((each) => each.send(method, BASE + path, body)));
      expect(statuses(answers)).toEqual(told);
      const rows = await api.sql('SELECT 1 FROM audit_event WHERE action = $1 AND $2 IN (target_id, target_name)', [action, target]);
      expect(rows).toHaveLength(1);
    });
  },
  60_000,
);
