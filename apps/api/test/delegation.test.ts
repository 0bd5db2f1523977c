import type { EffectiveAccess, TokenRow } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, createClient, introspect, obtainTokens, refresh, teamNamed, type TestClient } from './support/browser.js';
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
    expect(body.permissions.find(({ permission }) => permission === 'TEAM_MANAGE')).toEqual({
      permission: 'TEAM_MANAGE',
      consent: true,
      client: true,
      user: false,
      result: false,
    });
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
