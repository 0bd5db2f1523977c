import type { EffectiveAccess, SessionInfo, TokenRow } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import {
  Browser,
  browserOf,
  createClient,
  introspect,
  obtainTokens,
  refresh,
  teamNamed,
  type TestClient,
  userinfo,
} from './support/browser.js';
import { ADMIN, DEV, LABS, SECURITY, VIEWER } from './support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
});

afterAll(() => api.stop());

const grantOf = async () => {
  const tokens = await obtainTokens(api, dev, client, { teams: ['Production', 'Staging'], parameters: { prompt: 'consent' } });
  return { tokens, token_id: (await introspect(api, client, tokens.access_token)).body['token_id'] as string };
};

describe('narrowing a live grant', () => {
  it('takes teams and scope away from the next request on, from every token of the grant, for good', async () => {
    const { tokens, token_id } = await grantOf();
    const staging = await teamNamed(admin, 'Staging');
    const answer = await dev.send<TokenRow>('PATCH', `/api/v1/tokens/${token_id}`, { team_ids: [staging.id], scope: 'read' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ token_id, scope: 'read', teams: [{ id: staging.id }] });
    expect((await introspect(api, client, tokens.access_token)).body).toMatchObject({ scope: 'read', authorized_team_ids: [staging.id] });
    const next = (await refresh(api, client, tokens.refresh_token!)).body;
    expect(next.scope).toBe('read');
    expect((await introspect(api, client, next.access_token)).body).toMatchObject({ scope: 'read', authorized_team_ids: [staging.id] });
    expect((await refresh(api, client, next.refresh_token!, { scope: 'read write' })).body.error).toBe('invalid_scope');
    const [row] = await api.sql<{ changes: object }>(`SELECT changes FROM audit_event WHERE action = 'token.narrowed' AND target_id = $1`, [
      token_id,
    ]);
    expect(row!.changes).toMatchObject({ scope: ['read write', 'read'] });
  });

  it('never widens, and touches nothing when it is asked to', async () => {
    const { tokens, token_id } = await grantOf();
    const security = await teamNamed(admin, 'Security');
    for (const body of [{ team_ids: [] }, { team_ids: [security.id] }, { scope: 'admin' }, { scope: '' }, { scope: 'read openid' }]) {
      expect([body, (await dev.send('PATCH', `/api/v1/tokens/${token_id}`, body)).status]).toEqual([body, 422]);
    }
    await dev.send('PATCH', `/api/v1/tokens/${token_id}`, { scope: 'read' });
    expect((await dev.send('PATCH', `/api/v1/tokens/${token_id}`, { scope: 'read write' })).status).toBe(422);
    expect((await introspect(api, client, tokens.access_token)).body['scope']).toBe('read');
  });

  it('is for its own user, and for whoever may manage sessions', async () => {
    const { token_id } = await grantOf();
    const narrow = async (email: string) =>
      (await (await browserOf(api, email)).send('PATCH', `/api/v1/tokens/${token_id}`, { scope: 'read' })).status;
    expect([await narrow(VIEWER), await narrow(LABS), await narrow(SECURITY)]).toEqual([403, 404, 200]);
  });

  it('is done once for each of many at once: none undoes another, and what is gone cannot be named again', async () => {
    const { tokens, token_id } = await grantOf();
    const [production, staging] = [await teamNamed(admin, 'Production'), await teamNamed(admin, 'Staging')];
    const narrow = (body: object) => dev.send<TokenRow>('PATCH', `/api/v1/tokens/${token_id}`, body);
    const apart = await Promise.all([narrow({ team_ids: [staging.id] }), narrow({ scope: 'read' })]);
    expect(apart.map(({ status }) => status)).toEqual([200, 200]);
    expect((await introspect(api, client, tokens.access_token)).body).toMatchObject({ scope: 'read', authorized_team_ids: [staging.id] });

    const second = await grantOf();
    const one = (team_id: string) => dev.send('PATCH', `/api/v1/tokens/${second.token_id}`, { team_ids: [team_id] });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => one(n % 2 ? production.id : staging.id)));
    const left = (await introspect(api, client, second.tokens.access_token)).body['authorized_team_ids'] as string[];
    expect(left).toHaveLength(1);
    const winner = left[0] === production.id ? 1 : 0;
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, (_, n) => (n % 2 === winner ? 200 : 422)));
    const rows = await api.sql(`SELECT 1 FROM audit_event WHERE action = 'token.narrowed' AND target_id = $1`, [second.token_id]);
    expect(rows).toHaveLength(1);
  });

  it('keeps identity scopes apart, and shows what is held beside what counts', async () => {
    const parameters = { prompt: 'consent', scope: 'openid email read write' };
    const tokens = await obtainTokens(api, dev, client, { teams: ['Production', 'Staging'], parameters });
    const token_id = (await introspect(api, client, tokens.access_token)).body['token_id'] as string;
    const narrowed = await dev.send<TokenRow>('PATCH', `/api/v1/tokens/${token_id}`, { scope: 'openid read' });
    expect(narrowed.body).toMatchObject({ scope: 'openid read', granted: { scope: 'openid read' } });
    expect((await userinfo(api, tokens.access_token)).body).toMatchObject({ email: DEV });
    const rest = await dev.send<TokenRow>('PATCH', `/api/v1/tokens/${token_id}`, { scope: 'openid' });
    expect(rest.body.scope).toBe('openid');
    expect((await userinfo(api, tokens.access_token)).status).toBe(200);
    const me = await new Browser(api).get('/api/v1/teams', { authorization: `Bearer ${tokens.access_token}` });
    expect(me.status).toBe(403);
    await admin.send('PATCH', `/api/v1/oauth-clients/${client.client_id}`, { version: 1, access_preset: 'read_only' });
    const production = await teamNamed(admin, 'Production');
    await admin.send('PATCH', `/api/v1/oauth-clients/${client.client_id}`, {
      version: 2,
      access_preset: 'full_access',
      team_restrictions: { team_ids: [production.id], organization_ids: [] },
      confirmed_risks: ['long_lived_full_access'],
    });
    const { body } = await dev.get<{ items: TokenRow[] }>(`/api/v1/connected-apps/${client.client_id}/tokens?limit=200`);
    const row = body.items.find((each) => each.token_id === token_id)!;
    expect([row.teams.map(({ name }) => name), row.granted.teams.map(({ name }) => name)]).toEqual([
      ['Production'],
      ['Production', 'Staging'],
    ]);
    await admin.send('PATCH', `/api/v1/oauth-clients/${client.client_id}`, {
      version: 3,
      team_restrictions: { team_ids: [], organization_ids: [] },
      confirmed_risks: ['long_lived_full_access'],
    });
  });

  it('waits for a switch to Single team that is under way, and does not revive what that ends', async () => {
    const other = await createClient(admin, { team_selection: 'multiple' });
    const tokens = await obtainTokens(api, dev, other, { teams: ['Production', 'Staging'] });
    const token_id = (await introspect(api, other, tokens.access_token)).body['token_id'] as string;
    const production = await teamNamed(admin, 'Production');
    const edit = api.sql(
      `WITH edited AS (UPDATE oauth_client SET team_selection = 'single', multi_team_epoch = multi_team_epoch + 1 WHERE client_id = $1 RETURNING 1)
       SELECT pg_sleep(1) FROM edited`,
      [other.client_id],
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    const narrowed = dev.send('PATCH', `/api/v1/tokens/${token_id}`, { team_ids: [production.id] });
    await edit;
    expect((await narrowed).status).toBe(404);
    expect((await introspect(api, other, tokens.access_token)).body).toEqual({ active: false });
  });

  it('revives nothing: a grant that Single team ended stays ended', async () => {
    const other = await createClient(admin, { team_selection: 'multiple' });
    const tokens = await obtainTokens(api, dev, other, { teams: ['Production', 'Staging'] });
    const token_id = (await introspect(api, other, tokens.access_token)).body['token_id'] as string;
    await admin.send('PATCH', `/api/v1/oauth-clients/${other.client_id}`, { version: other.version, team_selection: 'single' });
    const production = await teamNamed(admin, 'Production');
    expect((await dev.send('PATCH', `/api/v1/tokens/${token_id}`, { team_ids: [production.id] })).status).toBe(404);
    expect((await introspect(api, other, tokens.access_token)).body).toEqual({ active: false });
  });
});

describe('effective access', () => {
  it('tells which of consent, client and user takes away what', async () => {
    const { token_id } = await grantOf();
    const staging = await teamNamed(admin, 'Staging');
    const [user] = await api.sql<{ id: string }>('SELECT id FROM user_account WHERE email = $1', [DEV]);
    await api.sql('UPDATE authorization_grant SET revoked_at = now() WHERE id <> $1', [token_id]);
    await dev.send('DELETE', `/api/v1/consents/${client.client_id}`);
    await dev.send('PATCH', `/api/v1/tokens/${token_id}`, { team_ids: [staging.id] });
    const { body } = await admin.get<EffectiveAccess>(`/api/v1/effective-access?client_id=${client.client_id}&user_id=${user!.id}`);
    expect(
      body.teams.map(({ name, consent, client: allowed, user: belongs, result }) => [name, consent, allowed, belongs, result]),
    ).toEqual([
      ['Production', false, true, true, false],
      ['Staging', true, true, true, true],
    ]);
    expect(body.permissions.filter(({ result }) => result).map(({ permission }) => permission)).toEqual(['USER_READ', 'TEAM_READ']);
    expect(body.permissions.find(({ permission }) => permission === 'TEAM_MANAGE')).toMatchObject({
      consent: true,
      client: true,
      user: false,
      result: false,
      reasons: ['role_lacks_permission'],
    });
    expect(body).toMatchObject({ client: { client_name: 'test client' }, user: { email: DEV }, basis: 'tokens', live_tokens: 1 });
  });

  it('is told of one token alone, never as the sum of several', async () => {
    const other = await createClient(admin, { access_preset: 'full_access', team_selection: 'multiple' });
    const ask = async (query: string) => {
      const path = `/api/v1/effective-access?client_id=${other.client_id}&user_id=${me.id}&${query}`;
      const { status, body } = await admin.get<EffectiveAccess>(path);
      return { status, body, can: body.permissions?.filter(({ result }) => result).map(({ permission }) => permission) };
    };
    const { user: me } = (await admin.get<SessionInfo>('/api/v1/session')).body;
    const of = async (teams: string[], scope: string) => {
      const tokens = await obtainTokens(api, admin, other, { teams, parameters: { scope, prompt: 'consent' } });
      return (await introspect(api, other, tokens.access_token)).body['token_id'] as string;
    };
    const reading = await of(['Production'], 'read');
    const writing = await of(['Staging'], 'read write');
    await admin.send('PUT', `/api/v1/teams/${(await teamNamed(admin, 'Staging')).id}/members/${me.id}`, { role: 'read_only_user' });
    expect((await ask(`token_id=${reading}`)).can).toContain('OAUTH_CLIENT_READ');
    expect((await ask(`token_id=${writing}`)).can).toEqual(['TEAM_READ']);
    const both = await ask('');
    expect(both.body.live_tokens).toBe(2);
    expect(both.body.permissions.find(({ permission }) => permission === 'OAUTH_CLIENT_MANAGE')).toMatchObject({
      consent: true,
      client: true,
      user: true,
      result: false,
      reasons: ['not_in_one_token'],
    });
    expect((await ask(`token_id=${(await grantOf()).token_id}`)).status).toBe(404);
    await admin.send('PUT', `/api/v1/teams/${(await teamNamed(admin, 'Staging')).id}/members/${me.id}`, { role: 'platform_admin' });
    await admin.send('PUT', `/api/v1/oauth-clients/${other.client_id}/status`, { status: 'disabled' });
    const paused = await ask('');
    expect([paused.body.basis, paused.body.client.status, paused.can]).toEqual(['approval', 'disabled', []]);
    expect(paused.body.teams.every(({ client: allowed, reasons }) => !allowed && reasons.includes('client_paused'))).toBe(true);
  });

  it('is nothing that a stranger learns of', async () => {
    const [user] = await api.sql<{ id: string }>('SELECT id FROM user_account WHERE email = $1', [DEV]);
    const path = `/api/v1/effective-access?client_id=${client.client_id}&user_id=${user!.id}`;
    expect((await (await browserOf(api, VIEWER)).get(path)).status).toBe(403);
    expect((await (await browserOf(api, LABS)).get(path)).status).toBe(404);
    expect((await dev.get(path)).status).toBe(200);
  });
});

describe('the list of connected apps', () => {
  it('ends rows where the rules library ends them: SQL and rules agree', async () => {
    const short = await createClient(admin, { issue_refresh_token: false, access_token_lifetime_seconds: 60 });
    await obtainTokens(api, dev, short);
    const rows = async () => (await dev.get<{ items: TokenRow[] }>(`/api/v1/connected-apps/${short.client_id}/tokens`)).body.items;
    const [row] = await rows();
    expect(row).toMatchObject({ status: 'active', scope: 'read' });
    expect(new Date(row!.expires_at).getTime() - Date.now()).toBeLessThanOrEqual(60_000);
    await api.advance(58);
    expect(await rows()).toHaveLength(1);
    await api.advance(3);
    expect(await rows()).toHaveLength(0);
    const ended = await dev.get<{ items: TokenRow[] }>(`/api/v1/connected-apps/${short.client_id}/tokens?status=ended`);
    expect(ended.body.items).toMatchObject([{ status: 'expired' }]);
    await api.resetClock();
  });

  it('shows within 5 seconds that a row, and its client, were used', async () => {
    const used = await createClient(admin, { client_name: 'used' });
    const tokens = await obtainTokens(api, dev, used);
    await api.sql(`UPDATE authorization_grant SET last_used_at = now() - interval '10 minutes' WHERE client_id = $1`, [used.client_id]);
    expect((await introspect(api, used, tokens.access_token)).body['active']).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5000));
    const [row] = (await dev.get<{ items: TokenRow[] }>(`/api/v1/connected-apps/${used.client_id}/tokens`)).body.items;
    expect(Date.now() - new Date(row!.last_used_at!).getTime()).toBeLessThan(30_000);
    const shown = await admin.get<{ last_used_at: string }>(`/api/v1/oauth-clients/${used.client_id}`);
    expect(Date.now() - new Date(shown.body.last_used_at).getTime()).toBeLessThan(30_000);
  });
});
