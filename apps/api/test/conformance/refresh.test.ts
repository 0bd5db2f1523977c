import { type Api, startApi } from '../support/api.js';
import {
  type Browser,
  browserOf,
  consent,
  createClient,
  form,
  introspect,
  obtainTokens,
  refresh,
  revoke,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let publicClient: TestClient;
let other: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin, { client_name: 'CF', access_preset: 'full_access', team_selection: 'multiple' });
  publicClient = await createClient(admin, { client_name: 'PW', client_type: 'public' });
  other = await createClient(admin, { client_name: 'X' });
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

describe('grant_type=refresh_token', () => {
  it('answers the predecessor with the same tokens inside the window, and says in the audit log that it did', async () => {
    const { refresh_token } = await obtainTokens(api, dev, client);
    const first = (await refresh(api, client, refresh_token!)).body;
    await api.advance(20);
    const again = (await refresh(api, client, refresh_token!)).body;
    expect([again.access_token, again.refresh_token]).toEqual([first.access_token, first.refresh_token]);
    expect(again.expires_in).toBeGreaterThanOrEqual(first.expires_in - 22);
    expect(again.expires_in).toBeLessThanOrEqual(first.expires_in - 19);
    const narrowed = (await refresh(api, client, refresh_token!, { scope: 'read' })).body;
    expect(narrowed.refresh_token).toBe(first.refresh_token);
    expect((await introspect(api, client, narrowed.access_token)).body['jti']).toBe(
      (await introspect(api, client, first.access_token)).body['jti'],
    );
    const rows = await api.sql<{ reason: string }>(`SELECT reason FROM audit_event WHERE action = 'token.replayed'`);
    expect(rows).toEqual([{ reason: 'likely_race' }, { reason: 'likely_race' }]);
  });

  it.each([
    ['the predecessor, after the window', 1, 31],
    ['an older one, inside the window', 2, 0],
  ])('ends the whole grant when %s comes back, once, as an incident (RF-03)', async (_, rotations, seconds) => {
    const first = await obtainTokens(api, dev, client);
    let newest = first;
    for (let turn = 0; turn < rotations; turn += 1) newest = (await refresh(api, client, newest.refresh_token!)).body;
    await api.advance(seconds);
    expect((await refresh(api, client, first.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await refresh(api, client, newest.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await introspect(api, client, newest.access_token)).body).toEqual({ active: false });
    const id = (
      await api.sql<{ id: string }>(
        `SELECT id FROM authorization_grant WHERE revoked_reason = 'refresh_token_reused' ORDER BY revoked_at DESC LIMIT 1`,
      )
    )[0]!.id;
    expect(await api.sql(`SELECT action FROM audit_event WHERE target_id = $1 AND action = 'token.reused'`, [id])).toHaveLength(1);
  });

  it('makes one refresh token of 20 equal refreshes, in 50 rounds (RF-04)', async () => {
    for (let round = 0; round < 50; round += 1) {
      const { refresh_token } = await obtainTokens(api, dev, client);
      const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(api, client, refresh_token!)));
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
      const tokens = new Set(answers.map(({ body }) => body.refresh_token));
      expect(tokens.size).toBe(1);
      expect((await refresh(api, client, [...tokens][0]!)).status).toBe(200);
    }
  }, 120_000);

  it('binds a refresh token to its client (RF-05)', async () => {
    const { refresh_token } = await obtainTokens(api, dev, client);
    expect((await refresh(api, other, refresh_token!)).body.error).toBe('invalid_grant');
    const anonymous = await refresh(api, { client_id: client.client_id, client_secret: undefined }, refresh_token!);
    expect([anonymous.status, anonymous.body.error]).toEqual([401, 'invalid_client']);
    expect((await refresh(api, client, refresh_token!)).status).toBe(200);
    const ofPublic = await obtainTokens(api, dev, publicClient);
    const unnamed = await form(api, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: ofPublic.refresh_token! });
    expect([unnamed.status, unnamed.body['error']]).toEqual([401, 'invalid_client']);
    expect((await refresh(api, publicClient, ofPublic.refresh_token!)).status).toBe(200);
  });

  it('narrows the access token alone; the refresh token keeps the grant (RF-06)', async () => {
    const { refresh_token } = await obtainTokens(api, dev, client);
    const narrow = (await refresh(api, client, refresh_token!, { scope: 'read' })).body;
    expect(narrow.scope).toBe('read');
    expect((await introspect(api, client, narrow.access_token)).body['scope']).toBe('read');
    expect((await refresh(api, client, narrow.refresh_token!)).body.scope).toBe('read write');
  });

  it.each(['write admin', 'nope', 'read"', 'openid'])('refuses the wider scope %j and consumes nothing (RF-07)', async (scope) => {
    const { refresh_token } = await obtainTokens(api, dev, client);
    const answer = await refresh(api, client, refresh_token!, { scope });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_scope']);
    expect((await refresh(api, client, refresh_token!)).status).toBe(200);
  });

  it('ends when the consent said, however often it was rotated (RF-08)', async () => {
    let { refresh_token } = await obtainTokens(api, dev, client);
    for (let day = 1; day <= 6; day += 1) {
      await api.advance(86_400);
      refresh_token = (await refresh(api, client, refresh_token!)).body.refresh_token;
    }
    await api.advance(86_400);
    expect((await refresh(api, client, refresh_token!)).body.error).toBe('invalid_grant');
  });

  it('gives near the end no access token that outlives the grant', async () => {
    const { refresh_token } = await obtainTokens(api, dev, client);
    await api.advance(7 * 86_400 - 600);
    const late = (await refresh(api, client, refresh_token!)).body;
    expect(late.expires_in).toBeGreaterThan(590);
    expect(late.expires_in).toBeLessThanOrEqual(600);
  });

  it('refuses what is not a live refresh token (RF-09)', async () => {
    const tokens = await obtainTokens(api, dev, client);
    const { code } = await consent(dev, client);
    for (const wrong of ['x', tokens.access_token, code, `bhf_rt_${'A'.repeat(64)}`, 'a'.repeat(9000), 'a\0']) {
      expect((await refresh(api, client, wrong)).body.error).toBe('invalid_grant');
    }
    expect((await refresh(api, client, '')).body.error).toBe('invalid_request');
    await revoke(api, client, tokens.refresh_token!);
    expect((await refresh(api, client, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    const expired = await obtainTokens(api, dev, client);
    await api.advance(client.refresh_token_lifetime_seconds + 1);
    expect((await refresh(api, client, expired.refresh_token!)).body.error).toBe('invalid_grant');
  });

  it('is no longer for a client whose refresh tokens were switched off; access tokens run out by themselves (RF-10)', async () => {
    const switched = await createClient(admin, { client_name: 'switched' });
    const tokens = await obtainTokens(api, dev, switched);
    const edited = await admin.send('PATCH', `/api/v1/oauth-clients/${switched.client_id}`, {
      version: switched.version,
      issue_refresh_token: false,
    });
    expect(edited.status).toBe(200);
    expect((await refresh(api, switched, tokens.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await refresh(api, switched, 'random')).body.error).toBe('unauthorized_client');
    expect((await userinfo(api, tokens.access_token)).status).toBe(200);
    const back = await admin.send('PATCH', `/api/v1/oauth-clients/${switched.client_id}`, {
      version: edited.body['version'],
      issue_refresh_token: true,
    });
    expect(back.status).toBe(200);
    expect((await refresh(api, switched, tokens.refresh_token!)).body.error).toBe('invalid_grant');
  });

  it('does not survive a database that lost history: a good handle ahead of its row ends the grant', async () => {
    const tokens = await obtainTokens(api, dev, client);
    const next = (await refresh(api, client, tokens.refresh_token!)).body;
    const token_id = (await introspect(api, client, next.access_token)).body['token_id'];
    await api.sql('UPDATE authorization_grant SET generation = 1 WHERE id = $1', [token_id]);
    expect((await refresh(api, client, next.refresh_token!)).body.error).toBe('invalid_grant');
    expect((await userinfo(api, tokens.access_token)).status).toBe(401);
  });
});

describe('REFRESH_REPLAY_SECONDS=0', () => {
  it('honours a refresh token once: of 20 at once at most one, and then none of the grant (RF-03, RF-04)', async () => {
    const strict = await startApi({ REFRESH_REPLAY_SECONDS: '0' });
    try {
      const browser = await browserOf(strict, ADMIN);
      const own = await createClient(browser);
      for (let round = 0; round < 50; round += 1) {
        const { refresh_token } = await obtainTokens(strict, browser, own);
        const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(strict, own, refresh_token!)));
        const winners = answers.filter(({ status }) => status === 200);
        expect(winners.length).toBeLessThanOrEqual(1);
        for (const winner of winners) expect((await refresh(strict, own, winner.body.refresh_token!)).body.error).toBe('invalid_grant');
      }
    } finally {
      await strict.stop();
    }
  }, 120_000);
});
