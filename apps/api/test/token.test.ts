import { type Api, startApi } from './support/api.js';
import {
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  introspect,
  obtainTokens,
  refresh,
  revoke,
  type TestClient,
  userinfo,
} from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';

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

describe('the flow', () => {
  it('gives tokens for a code once, with the scope always stated (CD-01, TK-01)', async () => {
    const consented = await consent(dev, client, { teams: ['Production', 'Staging'] });
    expect(consented.redirect.searchParams.get('iss')).toBe(api.issuer);
    expect(consented.redirect.searchParams.get('state')).toBe('state-1');
    const answer = await exchange(api, client, consented);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^bhf_at_[A-Za-z0-9_-]{64}$/),
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'read write',
      refresh_token: expect.stringMatching(/^bhf_rt_[A-Za-z0-9_-]{64}$/),
    });
    const info = await userinfo(api, answer.body.access_token);
    expect(info.body).toMatchObject({ email: DEV, authorized_teams: [{ name: 'Production' }, { name: 'Staging' }] });
    const inspected = await introspect(api, client, answer.body.access_token);
    expect(inspected.body).toMatchObject({ active: true, scope: 'read write', client_id: client.client_id, username: DEV });
  });

  it('rotates the refresh token, and the older access token lives to its own end (RF-02)', async () => {
    const first = await obtainTokens(api, dev, client, { teams: ['Production'] });
    const second = (await refresh(api, client, first.refresh_token!)).body;
    const third = (await refresh(api, client, second.refresh_token!)).body;
    expect(new Set([first, second, third].map((each) => each.refresh_token)).size).toBe(3);
    expect((await introspect(api, client, first.access_token)).body).toMatchObject({ active: true });
  });

  it('ends the whole grant with its refresh token, and one access token alone (RV-06)', async () => {
    const tokens = await obtainTokens(api, dev, client);
    expect((await revoke(api, client, tokens.access_token)).status).toBe(200);
    expect((await introspect(api, client, tokens.access_token)).body).toEqual({ active: false });
    const next = (await refresh(api, client, tokens.refresh_token!)).body;
    expect((await introspect(api, client, next.access_token)).body).toMatchObject({ active: true });
    expect((await revoke(api, client, next.refresh_token!)).status).toBe(200);
    expect((await introspect(api, client, next.access_token)).body).toEqual({ active: false });
    expect((await userinfo(api, next.access_token)).status).toBe(401);
    expect((await refresh(api, client, next.refresh_token!)).body.error).toBe('invalid_grant');
  });
});
