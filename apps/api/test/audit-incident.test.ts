import type { AuditEvent, Page, TokenResponse } from '@behalf/domain';
import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, consent, createClient, credentials, form, type TestClient, userinfo } from './support/browser.js';
import { ADMIN, DEV, PASSWORD } from './support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi({ TRUSTED_PROXIES: '127.0.0.1', SIGN_IN_FAILURES: '2' });
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

/** A program, as the server sees it. */
const HOME = { 'user-agent': 'integration/1', 'x-forwarded-for': '203.0.113.7' };
const THIEF = { 'user-agent': 'curl/8', 'x-forwarded-for': '198.51.100.9' };

async function events(query: string): Promise<AuditEvent[]> {
  return (await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?limit=200&${query}`)).body.items;
}

/** Waits for what is gathered in memory first; it is promised within five seconds. */
async function event(query: string): Promise<AuditEvent> {
  const deadline = Date.now() + 5_500;
  for (;;) {
    const [found] = await events(query);
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`no entry for ${query}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function token(client: TestClient, fields: Record<string, string>, who: Record<string, string>) {
  return form<TokenResponse & { error?: string }>(api, '/oauth2/token', { ...fields, ...credentials(client) }, who);
}

async function authorized(client: TestClient, who = HOME) {
  const { code, pkce } = await consent(dev, client);
  const fields = { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier };
  const { body } = await token(client, fields, who);
  const renew = (refresh_token: string, by: Record<string, string>) => token(client, { grant_type: 'refresh_token', refresh_token }, by);
  return { fields, body, renew };
}

describe('both uses stand side by side, with what they most likely mean', () => {
  it('of a refresh token that was stolen', async () => {
    const client = await createClient(admin, { client_name: 'stolen' });
    const { body, renew } = await authorized(client);
    const second = await renew(body.refresh_token!, HOME);
    await renew(second.body.refresh_token!, HOME);
    expect((await renew(body.refresh_token!, THIEF)).body.error).toBe('invalid_grant');
    const found = await event(`incident=true&client_id=${client.client_id}`);
    expect(found).toMatchObject({
      action: 'token.reused',
      verdict: 'likely_theft',
      result: 'denied',
      locations: { '203.0.113.7': expect.any(String) as string, '198.51.100.9': expect.any(String) as string },
      changes: {
        ip_address: ['203.0.113.7', '198.51.100.9'],
        user_agent: ['integration/1', 'curl/8'],
        generation: [3, 1],
      },
    });
    const [first, later] = found.changes!['at'] as [string, string];
    expect(later).toBe(found.at);
    expect(first < later).toBe(true);
    expect(first).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('of a code, with its own exchange and not a later refresh', async () => {
    const client = await createClient(admin, { client_name: 'code' });
    const { fields, body, renew } = await authorized(client);
    await renew(body.refresh_token!, THIEF);
    expect((await token(client, fields, HOME)).body.error).toBe('invalid_grant');
    expect(await event(`action=code.replayed&client_id=${client.client_id}`)).toMatchObject({
      verdict: 'likely_race',
      changes: { ip_address: ['203.0.113.7', '203.0.113.7'], user_agent: ['integration/1', 'integration/1'] },
    });
  });

  it.each([
    ['by the same program', HOME, 'likely_race', 'likely_race'],
    ['by another one', THIEF, 'suspicious', 'likely_theft'],
    ['by another one at the same address', { ...HOME, 'user-agent': 'curl/8' }, 'suspicious', 'likely_theft'],
  ])('of a refresh that is sent again %s', async (_, who, reason, verdict) => {
    const client = await createClient(admin, { client_name: 'replayed' });
    const { body, renew } = await authorized(client);
    const first = await renew(body.refresh_token!, HOME);
    const again = await renew(body.refresh_token!, who);
    expect(again.body.refresh_token).toBe(first.body.refresh_token);
    expect(await event(`action=token.replayed&client_id=${client.client_id}`)).toMatchObject({
      reason,
      verdict,
      changes: { ip_address: ['203.0.113.7', who['x-forwarded-for']], user_agent: ['integration/1', who['user-agent']] },
    });
  });

  it.each([
    ['an integration that was not moved', HOME, 'likely_not_moved'],
    ['a stranger', THIEF, 'likely_theft'],
  ])('of a previous secret, by %s', async (_, who, verdict) => {
    const client = await createClient(admin, { client_name: 'moving' });
    await token(client, { grant_type: 'refresh_token', refresh_token: 'x' }, HOME);
    const used = () => api.sql(`SELECT 1 FROM client_secret WHERE client_id = $1 AND last_used_at IS NOT NULL`, [client.client_id]);
    while (!(await used()).length) await new Promise((resolve) => setTimeout(resolve, 100));
    await admin.post(`/api/v1/oauth-clients/${client.client_id}/rotate-secret`, { confirm_name: 'moving' });
    await token(client, { grant_type: 'refresh_token', refresh_token: 'x' }, who);
    expect(await event(`action=client.previous_secret_used&client_id=${client.client_id}`)).toMatchObject({
      verdict,
      changes: { ip_address: ['203.0.113.7', who['x-forwarded-for']], user_agent: ['integration/1', who['user-agent']] },
    });
  });
});

describe('nothing is left out', () => {
  it('a group revoke that finds only a remembered consent', async () => {
    const client = await createClient(admin, { client_name: 'forgotten' });
    await consent(dev, client);
    await api.sql('DELETE FROM authorization_grant WHERE client_id = $1', [client.client_id]);
    await dev.send('DELETE', `/api/v1/connected-apps/${client.client_id}/tokens`);
    expect((await events(`target_id=${client.client_id}`)).map(({ action }) => action)).toEqual([
      'consent.forgotten',
      'consent.given',
      'client.created',
    ]);
  });

  it('a wrong current password, and nothing of what was typed', async () => {
    const change = { current_password: 'not my password 1', new_password: 'a much better one 2' };
    await dev.send('PUT', '/api/v1/me/password', change);
    expect(await event('action=user.password_changed')).toMatchObject({
      result: 'denied',
      reason: 'wrong_current_password',
      user: { email: DEV },
      changes: null,
    });
    expect(await api.sql(`SELECT 1 FROM audit_event a WHERE a::text LIKE '%not my password%'`)).toEqual([]);
  });

  it('sign-ins beyond the limit, counted', async () => {
    const guess = () => new Browser(api).post('/api/v1/session', { email: ADMIN, password: `${PASSWORD}!` });
    for (let n = 0; n < 5; n += 1) await guess();
    expect(await event('action=session.refused&result=failure')).toMatchObject({ user: { email: ADMIN } });
    const deadline = Date.now() + 5_500;
    let reasons: unknown[] = [];
    while (reasons.length < 2 && Date.now() < deadline)
      reasons = (await events('action=session.refused')).map(({ reason, count }) => [reason, count]);
    expect(reasons.sort()).toEqual([
      ['too_many_attempts', 3],
      ['wrong_password', 2],
    ]);
  });

  it('what a token reads of its user', async () => {
    const client = await createClient(admin, { client_name: 'profile' });
    const { body } = await authorized(client);
    for (let n = 0; n < 3; n += 1) expect((await userinfo(api, body.access_token)).status).toBe(200);
    expect(await event(`action=api.read&client_id=${client.client_id}`)).toMatchObject({
      target_id: 'GET /oauth2/userinfo',
      count: 3,
      user: { email: DEV },
      channel: 'oauth',
    });
  });
});
