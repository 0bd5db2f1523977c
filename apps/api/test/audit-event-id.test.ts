import type { AuditEvent, Page, SessionInfo, TokenRow, UiSession, User } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import {
  type Answer,
  authorizeQuery,
  Browser,
  browserOf,
  createClient,
  form,
  introspect,
  newPkce,
  obtainTokens,
  refresh,
  teamNamed,
  type TestClient,
} from './support/browser.js';
import { ADMIN, DEV, LABS, PASSWORD, SECURITY, VIEWER } from './support/constants.js';

const CLIENTS = '/api/v1/oauth-clients';

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

const idOf = ({ headers }: Answer<unknown>) => headers.get('audit-event-id');
const userOf = async (email: string) => (await admin.get<Page<User>>(`/api/v1/users?search=${email}`)).body.items[0]!;
const clientPath = async (settings = {}) => `${CLIENTS}/${(await createClient(admin, { client_name: 'x', ...settings })).client_id}`;
const tokenOf = async (client: TestClient, browser = dev) => {
  const { access_token } = await obtainTokens(api, browser, client, { parameters: { prompt: 'consent' } });
  return (await introspect(api, client, access_token)).body['token_id'] as string;
};
const invite = async (email: string) => {
  const { body } = await admin.post<{ user: User; invitation_url: string }>('/api/v1/users', { email, name: 'New', memberships: [] });
  return { ...body.user, token: body.invitation_url.split('#')[1]! };
};
const pending = async () => {
  const client = await createClient(admin);
  const { headers } = await dev.get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), { prompt: 'consent' })}`);
  const path = `/api/v1/authorization-requests/${new URL(headers.get('location')!, api.issuer).searchParams.get('request_id')!}`;
  await dev.get(path);
  return path;
};

/** Every call that changes something, with the action of the event that tells of it. */
const WRITES: Record<string, { action: string; send: () => Promise<Answer> }> = {
  'POST /api/v1/session': {
    action: 'session.started',
    // A second sign-in of one browser ends its first session as well; that is not what the request was about.
    send: async () => (await browserOf(api, DEV)).post('/api/v1/session', { email: DEV, password: PASSWORD }),
  },
  'DELETE /api/v1/session': { action: 'session.ended', send: async () => (await browserOf(api, DEV)).send('DELETE', '/api/v1/session') },
  'DELETE /api/v1/ui-sessions': {
    action: 'session.ended',
    send: async () => {
      const [here] = [await browserOf(api, DEV), await browserOf(api, DEV)];
      const answer = await here.send('DELETE', '/api/v1/ui-sessions');
      await dev.signIn(DEV);
      return answer;
    },
  },
  'DELETE /api/v1/ui-sessions/:session_id': {
    action: 'session.ended',
    send: async () => {
      const { body } = await (await browserOf(api, VIEWER)).get<Page<UiSession>>('/api/v1/ui-sessions');
      return admin.send('DELETE', `/api/v1/ui-sessions/${body.items[0]!.session_id}`);
    },
  },
  'PATCH /api/v1/me': { action: 'user.updated', send: () => dev.send('PATCH', '/api/v1/me', { name: 'Another name' }) },
  'PUT /api/v1/me/password': {
    action: 'user.password_changed',
    send: async () =>
      (await browserOf(api, VIEWER)).send('PUT', '/api/v1/me/password', { current_password: PASSWORD, new_password: PASSWORD }),
  },
  'POST /api/v1/invitations/accept': {
    action: 'user.password_changed',
    send: async () => new Browser(api).post('/api/v1/invitations/accept', { token: (await invite('a@x.test')).token, password: PASSWORD }),
  },
  'POST /api/v1/users': {
    action: 'user.invited',
    send: () => admin.post('/api/v1/users', { email: 'b@x.test', name: 'B', memberships: [] }),
  },
  'PATCH /api/v1/users/:user_id': {
    action: 'user.disabled',
    send: async () => admin.send('PATCH', `/api/v1/users/${(await invite('c@x.test')).id}`, { status: 'disabled', name: 'C' }),
  },
  'POST /api/v1/users/:user_id/reset-password': {
    action: 'user.invited',
    send: async () => admin.post(`/api/v1/users/${(await invite('d@x.test')).id}/reset-password`),
  },
  'POST /api/v1/teams': {
    action: 'team.created',
    send: async () =>
      admin.post('/api/v1/teams', { name: 'New', organization_id: (await admin.get<SessionInfo>('/api/v1/session')).body.organization.id }),
  },
  'PATCH /api/v1/teams/:team_id': {
    action: 'team.updated',
    send: async () => admin.send('PATCH', `/api/v1/teams/${(await teamNamed(admin, 'Security')).id}`, { name: 'Safety' }),
  },
  'PUT /api/v1/teams/:team_id/members/:user_id': {
    action: 'member.added',
    send: async () =>
      admin.send('PUT', `/api/v1/teams/${(await teamNamed(admin, 'Safety')).id}/members/${(await userOf(VIEWER)).id}`, {
        role: 'read_only_user',
      }),
  },
  'DELETE /api/v1/teams/:team_id/members/:user_id': {
    action: 'member.removed',
    send: async () => admin.send('DELETE', `/api/v1/teams/${(await teamNamed(admin, 'Safety')).id}/members/${(await userOf(VIEWER)).id}`),
  },
  'POST /api/v1/oauth-clients': {
    action: 'client.created',
    send: () => admin.post(CLIENTS, { client_name: 'x', redirect_uris: ['https://app.test/'] }),
  },
  'PATCH /api/v1/oauth-clients/:client_id': {
    action: 'client.updated',
    send: async () => admin.send('PATCH', await clientPath(), { version: 1, client_name: 'y' }),
  },
  'PUT /api/v1/oauth-clients/:client_id/status': {
    action: 'client.paused',
    send: async () => admin.send('PUT', `${await clientPath()}/status`, { status: 'disabled' }),
  },
  'POST /api/v1/oauth-clients/:client_id/rotate-secret': {
    action: 'client.secret_rotated',
    send: async () => admin.post(`${await clientPath()}/rotate-secret`, { confirm_name: 'x' }),
  },
  'DELETE /api/v1/oauth-clients/:client_id/previous-secret': {
    action: 'client.previous_secret_ended',
    send: async () => {
      const path = await clientPath();
      await admin.post(`${path}/rotate-secret`, { confirm_name: 'x' });
      return admin.send('DELETE', `${path}/previous-secret`);
    },
  },
  'DELETE /api/v1/oauth-clients/:client_id': {
    action: 'client.deleted',
    send: async () => admin.send('DELETE', await clientPath(), { confirm_name: 'x' }),
  },
  'POST /api/v1/oauth-clients/:client_id/delete': {
    action: 'client.deleted',
    send: async () => admin.post(`${await clientPath()}/delete`, { confirm_name: 'x' }),
  },
  'POST /api/v1/oauth-clients/bulk-delete': {
    action: 'client.deleted',
    send: async () => {
      const client_ids = [await createClient(admin), await createClient(admin)].map(({ client_id }) => client_id);
      return admin.post(`${CLIENTS}/bulk-delete`, { client_ids });
    },
  },
  'DELETE /api/v1/connected-apps/:client_id/tokens': {
    action: 'token.revoked',
    send: async () => {
      const client = await createClient(admin);
      await tokenOf(client);
      return dev.send('DELETE', `/api/v1/connected-apps/${client.client_id}/tokens`);
    },
  },
  'DELETE /api/v1/tokens/:token_id': {
    action: 'token.revoked',
    send: async () => admin.send('DELETE', `/api/v1/tokens/${await tokenOf(await createClient(admin))}`),
  },
  'PATCH /api/v1/tokens/:token_id': {
    action: 'token.narrowed',
    send: async () =>
      dev.send<TokenRow & Record<string, unknown>>(
        'PATCH',
        `/api/v1/tokens/${await tokenOf(await createClient(admin, { access_preset: 'full_access' }))}`,
        { scope: 'read' },
      ),
  },
  'DELETE /api/v1/consents/:client_id': {
    action: 'consent.forgotten',
    send: async () => {
      const client = await createClient(admin);
      await tokenOf(client);
      return dev.send('DELETE', `/api/v1/consents/${client.client_id}`);
    },
  },
  'POST /api/v1/authorization-requests/:request_id/decision': {
    action: 'consent.denied',
    send: async () => dev.post(`${await pending()}/decision`, { decision: 'deny', team_ids: [] }),
  },
};

/** Calls that change nothing that is audited; what is reported to the log tells of other requests, and so stands in no answer. */
const SILENT = [
  'POST /api/v1/audit-events',
  'PUT /api/v1/session/organization',
  'POST /api/v1/oauth-clients/impact',
  'POST /api/v1/device-authorizations',
  'POST /api/v1/invitations/find',
  'POST /api/v1/oauth-clients/:client_id/preview',
];

describe('Audit-Event-Id', () => {
  it('is looked at below for every route that writes', async () => {
    const writing = (await api.routes()).filter((route) => !/^(GET|HEAD|OPTIONS) /.test(route) && route.includes(' /api/v1/'));
    expect(writing.sort()).toEqual([...Object.keys(WRITES), ...SILENT].sort());
  });

  it.each(Object.entries(WRITES))('%s answers with the event that tells of the change', async (_route, { action, send }) => {
    const answer = await send();
    expect(answer.status).toBeLessThan(300);
    if (answer.status === 204) expect(answer.text).toBe('');
    const { body } = await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?id=${idOf(answer)}`);
    expect(body.items).toMatchObject([{ id: idOf(answer), action }]);
    expect(body.total).toBe(1);
  });

  it('is on the answer to a denied attempt too, and names the row of the denial', async () => {
    const answer = await (await browserOf(api, VIEWER)).get('/api/v1/users');
    expect(answer.status).toBe(403);
    const { body } = await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?id=${idOf(answer)}`);
    expect(body.items).toMatchObject([{ action: 'access.denied', user: { email: VIEWER } }]);
  });

  it('is on no answer that changed nothing: a read, a refusal, what was so already', async () => {
    const path = await clientPath();
    const { body: me } = await admin.get<SessionInfo>('/api/v1/session');
    const owner = await userOf(ADMIN);
    const answers = [
      await admin.get(CLIENTS),
      await admin.get('/api/v1/audit-events'),
      await admin.post(CLIENTS, { client_name: '' }),
      await admin.send('PATCH', path, { version: 1 }),
      await admin.send('PATCH', path, { version: 99, client_name: 'z' }),
      await admin.post(`${CLIENTS}/impact`, { client_ids: [] }),
      await admin.send('PUT', '/api/v1/session/organization', { organization_id: me.organization.id }),
      await admin.send('DELETE', `${path.replace(/[^/]+$/, 'x'.repeat(20))}/previous-secret`),
      await admin.send('PATCH', `/api/v1/users/${owner.id}`, { status: 'disabled' }),
      await new Browser(api).post('/api/v1/session', { email: DEV, password: 'wrong password' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 422, 200, 409, expect.any(Number), 200, 404, 409, 401]);
    expect(answers.map(idOf)).toEqual(answers.map(() => null));
  });

  it('is not on the OAuth endpoints, and what other requests write at the same time is in nobody else’s answer', async () => {
    const client = await createClient(admin, { access_preset: 'full_access' });
    const security = await browserOf(api, SECURITY);
    const tokens = await obtainTokens(api, dev, client);
    const revoked = await form(api, '/oauth2/revoke', {
      token: tokens.access_token,
      client_id: client.client_id,
      client_secret: client.client_secret!,
    });
    expect([revoked.status, idOf(revoked), idOf(await refresh(api, client, tokens.refresh_token!))]).toEqual([200, null, null]);
    const names = Array.from({ length: 20 }, (_, n) => `at once ${n}`);
    const answers = await Promise.all(
      names.flatMap((client_name) => [
        admin.post(CLIENTS, { client_name, redirect_uris: ['https://app.test/'] }),
        security.get('/api/v1/oauth-clients'),
        new Browser(api).post('/api/v1/session', { email: LABS, password: 'wrong password' }),
      ]),
    );
    const created = answers.filter(({ status }) => status === 201);
    expect(created).toHaveLength(names.length);
    expect(new Set(created.map(idOf)).size).toBe(names.length);
    expect(answers.filter(({ status }) => status !== 201).every((answer) => idOf(answer) === null)).toBe(true);
    for (const answer of created.slice(0, 3)) {
      const { body } = await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?id=${idOf(answer)}`);
      expect(body.items[0]!.target_name).toBe((answer.body['client'] as { client_name: string }).client_name);
    }
  });
});
