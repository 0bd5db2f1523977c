import type { Client, Page, TokenResponse, User } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
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
  teamNamed,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

/** What the integration is told at the exchange and at the refresh: the scope that it gets, or the error. */
type Told = [exchanged: string, refreshed: string];

interface Change {
  readonly apply: (client: TestClient) => Promise<Answer<unknown>>;
  readonly told: Told;
  /** What a resource server is told of the access token that was issued before. */
  readonly introspected: object;
  readonly undo?: () => Promise<unknown>;
}

let api: Api;
let admin: Browser;
let dev: Browser;
let user: User;
let resourceServer: TestClient;
let teams: Record<'production' | 'staging', string>;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  resourceServer = await createClient(admin, { client_name: 'API', resource_server: true, redirect_uris: [] });
  user = (await admin.get<Page<User>>(`/api/v1/users?search=${DEV}`)).body.items[0]!;
  teams = { production: (await teamNamed(admin, 'Production')).id, staging: (await teamNamed(admin, 'Staging')).id };
});

afterAll(() => api.stop());

const INACTIVE = { active: false };
const ACTIVE = { active: true, scope: 'read write' };
const pathOf = ({ client_id }: Pick<Client, 'client_id'>) => `/api/v1/oauth-clients/${client_id}`;
const edit = (changed: object) => (client: TestClient) => admin.send('PATCH', pathOf(client), { version: client.version, ...changed });
const setStatus = (client: TestClient, status: string) => admin.send('PUT', `${pathOf(client)}/status`, { status });
const setUser = (status: string) => admin.send('PATCH', `/api/v1/users/${user.id}`, { status });
const setRole = (role: string, team_id = teams.production) => admin.send('PUT', `/api/v1/teams/${team_id}/members/${user.id}`, { role });
const leave = (team_id: string) => admin.send('DELETE', `/api/v1/teams/${team_id}/members/${user.id}`);
const restrictTo = (...team_ids: string[]) => edit({ team_restrictions: { team_ids, organization_ids: [] } });

const CHANGES: Record<string, Change> = {
  nothing: { apply: (client) => admin.get(pathOf(client)), told: ['read write', 'read write'], introspected: ACTIVE },
  'a paused client': {
    apply: (client) => setStatus(client, 'disabled'),
    told: ['invalid_client', 'invalid_client'],
    introspected: INACTIVE,
  },
  'a client that was paused and resumed': {
    apply: async (client) => (await setStatus(client, 'disabled'), setStatus(client, 'enabled')),
    told: ['invalid_grant', 'invalid_grant'],
    introspected: INACTIVE,
  },
  'a deleted client': {
    apply: (client) => admin.post(`${pathOf(client)}/delete`, { confirm_name: client.client_name }),
    told: ['invalid_client', 'invalid_client'],
    introspected: INACTIVE,
  },
  'a disabled user': {
    apply: () => setUser('disabled'),
    told: ['invalid_grant', 'invalid_grant'],
    introspected: INACTIVE,
    undo: () => setUser('active'),
  },
  'the loss of every chosen team': {
    apply: async () => (await leave(teams.staging), leave(teams.production)),
    told: ['invalid_grant', 'invalid_grant'],
    introspected: INACTIVE,
    undo: () => Promise.all(Object.values(teams).map((id) => setRole('standard_user', id))),
  },
  'the loss of one team of two': {
    apply: () => leave(teams.staging),
    told: ['read write', 'read write'],
    introspected: { ...ACTIVE, authorized_team_ids: 'production', team_roles: 'standard_user' },
    undo: () => setRole('standard_user', teams.staging),
  },
  'a role that was lowered': {
    apply: () => setRole('read_only_user'),
    told: ['read write', 'read write'],
    introspected: { ...ACTIVE, team_roles: 'read_only_user' },
    undo: () => setRole('standard_user'),
  },
  'a restriction to one of the teams': {
    apply: (client) => restrictTo(teams.production)(client),
    told: ['read write', 'read write'],
    introspected: { ...ACTIVE, authorized_team_ids: 'production' },
  },
  'a restriction to none of the teams': {
    apply: async (client) => restrictTo((await teamNamed(admin, 'Security')).id)(client),
    told: ['invalid_grant', 'invalid_grant'],
    introspected: INACTIVE,
  },
  'a group revoke, which forgets the consent': {
    apply: (client) => dev.send('DELETE', `/api/v1/connected-apps/${client.client_id}/tokens?show=mine`),
    told: ['invalid_grant', 'invalid_grant'],
    introspected: INACTIVE,
  },
  'a redirect URI that was removed': {
    apply: edit({ redirect_uris: ['https://app.test/other'] }),
    told: ['invalid_grant', 'read write'],
    introspected: ACTIVE,
  },
  'a preset that was narrowed': {
    apply: edit({ access_preset: 'read_only' }),
    told: ['read', 'read'],
    introspected: { active: true, scope: 'read' },
  },
  'refresh tokens that were switched off': {
    apply: edit({ issue_refresh_token: false }),
    told: ['read write', 'invalid_grant'],
    introspected: ACTIVE,
  },
  'Single team for a grant of two': {
    apply: edit({ team_selection: 'single' }),
    told: ['invalid_grant', 'invalid_grant'],
    introspected: INACTIVE,
  },
};

it.each(Object.entries(CHANGES))(
  '%s counts for a code, a refresh token and an access token from before (CD-09, RF-11, IN-04)',
  async (_, { apply, told, introspected, undo }) => {
    dev = await browserOf(api, DEV);
    const client = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
    const both = { teams: ['Production', 'Staging'] };
    const tokens = await obtainTokens(api, dev, client, both);
    const code = await consent(dev, client, both);
    expect((await introspect(api, resourceServer, tokens.access_token)).body).toMatchObject(ACTIVE);
    expect((await apply(client)).status).toBeLessThan(300);
    expect(shape((await introspect(api, resourceServer, tokens.access_token)).body)).toMatchObject(introspected);
    const answers = [await exchange(api, client, code), await refresh(api, client, tokens.refresh_token!)];
    await undo?.();
    expect(answers.map(outcome)).toEqual(told);
  },
);

const outcome = ({ status, body }: Answer<TokenResponse & { error?: string }>) => (status === 200 ? body.scope : body.error);

/** Teams by their names here: an id alone would say nothing where the test is read. */
function shape(body: Record<string, unknown>): object {
  const ids = body['authorized_team_ids'] as string[] | undefined;
  if (!ids) return body;
  const nameOf = (id: string) => Object.entries(teams).find(([, each]) => each === id)?.[0];
  const roles = body['team_roles'] as Record<string, string>;
  return { ...body, authorized_team_ids: ids.map(nameOf).join(' '), team_roles: roles[teams.production] };
}
