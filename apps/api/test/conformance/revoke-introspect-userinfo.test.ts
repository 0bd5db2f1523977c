import { type Api, startApi } from '../support/api.js';
import {
  Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  form,
  introspect,
  obtainTokens,
  refresh,
  revoke,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV, LABS } from '../support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;
let publicClient: TestClient;
let other: TestClient;
let resourceServer: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin, { client_name: 'CR' });
  publicClient = await createClient(admin, { client_name: 'PW', client_type: 'public' });
  other = await createClient(admin, { client_name: 'X' });
  resourceServer = await createClient(admin, { client_name: 'API', resource_server: true, redirect_uris: [] });
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

describe('POST /oauth2/revoke', () => {
  it('authenticates the client before it looks at the token (RV-01)', async () => {
    const { access_token } = await obtainTokens(api, dev, client);
    const dead = await obtainTokens(api, dev, client);
    await revoke(api, client, dead.refresh_token!);
    for (const token of [access_token, dead.access_token, 'garbage']) {
      expect((await form(api, '/oauth2/revoke', { token, client_id: client.client_id })).body['error']).toBe('invalid_client');
      expect((await form(api, '/oauth2/revoke', { token, client_id: client.client_id, client_secret: 'x' })).status).toBe(401);
    }
    expect((await userinfo(api, access_token)).status).toBe(200);
    const ofPublic = await obtainTokens(api, dev, publicClient);
    expect((await revoke(api, publicClient, ofPublic.access_token)).status).toBe(200);
    expect((await userinfo(api, ofPublic.access_token)).status).toBe(401);
  });

  it('answers 200 with nothing for every token there is no more, twice too (RV-02)', async () => {
    const { access_token, refresh_token } = await obtainTokens(api, dev, client);
    for (const token of [access_token, access_token, refresh_token!, refresh_token!, 'garbage', `bhf_rt_${'A'.repeat(64)}`, 'a\0']) {
      const answer = await revoke(api, client, token);
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    const ended = await obtainTokens(api, dev, client);
    await api.advance(client.refresh_token_lifetime_seconds + 1);
    for (const token of [ended.access_token, ended.refresh_token!]) {
      const answer = await revoke(api, client, token);
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
  });

  it('wants a token (RV-03)', async () => {
    expect((await form(api, '/oauth2/revoke', credentials(client))).body['error']).toBe('invalid_request');
  });

  it("refuses another client's token, which lives on (RV-04)", async () => {
    const { access_token, refresh_token } = await obtainTokens(api, dev, client);
    for (const token of [access_token, refresh_token!]) {
      const answer = await revoke(api, other, token);
      expect([answer.status, answer.body['error']]).toEqual([400, 'invalid_grant']);
    }
    expect((await introspect(api, client, access_token)).body['active']).toBe(true);
  });

  it('takes the hint for a hint, and knows an ID token when it sees one (RV-05)', async () => {
    for (const token_type_hint of ['refresh_token', 'foo']) {
      const { access_token } = await obtainTokens(api, dev, client);
      expect((await revoke(api, client, access_token, { token_type_hint })).status).toBe(200);
      expect((await userinfo(api, access_token)).status).toBe(401);
    }
    const { id_token } = await obtainTokens(api, dev, client, { parameters: { scope: 'openid read' } });
    expect((await revoke(api, client, id_token!)).body['error']).toBe('unsupported_token_type');
  });

  it('ends a code before it was used', async () => {
    const consented = await consent(dev, client);
    expect((await revoke(api, client, consented.code)).status).toBe(200);
    const answer = await form(api, '/oauth2/token', {
      grant_type: 'authorization_code',
      code: consented.code,
      code_verifier: consented.pkce.code_verifier,
      ...credentials(client),
    });
    expect(answer.body['error']).toBe('invalid_grant');
  });
});

describe('POST /oauth2/introspect', () => {
  it('is for clients that can prove themselves (IN-01)', async () => {
    const { access_token: token } = await obtainTokens(api, dev, publicClient);
    for (const fields of [
      { token },
      { token, client_id: publicClient.client_id },
      { token, client_id: client.client_id, client_secret: 'x' },
    ]) {
      const answer = await form(api, '/oauth2/introspect', fields as Record<string, string>);
      expect([answer.status, answer.body['error']]).toEqual([401, 'invalid_client']);
    }
    expect((await form(api, '/oauth2/introspect', credentials(client))).body['error']).toBe('invalid_request');
    const own = await obtainTokens(api, dev, client);
    for (const token_type_hint of ['refresh_token', 'access_token', 'foo']) {
      for (const hinted of [own.access_token, own.refresh_token!]) {
        const answer = await form(api, '/oauth2/introspect', { token: hinted, token_type_hint, ...credentials(client) });
        expect(answer.body['active']).toBe(true);
      }
    }
  });

  it('says exactly that a token is inactive, and never why (IN-02)', async () => {
    const tokens = await obtainTokens(api, dev, client);
    const foreign = await obtainTokens(api, dev, other);
    const { code } = await consent(dev, client);
    await revoke(api, client, tokens.access_token);
    const answers = await Promise.all(
      [tokens.access_token, foreign.access_token, code, 'garbage', 'a\0', `bhf_at_${'A'.repeat(64)}`].map((token) =>
        introspect(api, client, token),
      ),
    );
    for (const answer of answers) expect([answer.status, answer.text]).toEqual([200, '{"active":false}']);
    const ended = await obtainTokens(api, dev, client);
    await api.advance(client.refresh_token_lifetime_seconds + 1);
    for (const token of [ended.access_token, ended.refresh_token!]) {
      const answer = await introspect(api, client, token);
      expect([answer.status, answer.text]).toEqual([200, '{"active":false}']);
    }
  });

  it('says everything of a token that is active (IN-03)', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { access_token } = await obtainTokens(api, dev, client, { teams: ['Staging'], parameters: { prompt: 'consent' } });
    const { body } = await introspect(api, client, access_token);
    const [team] = await api.sql<{ id: string }>(`SELECT id FROM team WHERE name = 'Staging'`);
    expect(body).toEqual({
      active: true,
      scope: 'read',
      client_id: client.client_id,
      exp: (body['iat'] as number) + 3600,
      iat: expect.any(Number),
      sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      username: DEV,
      token_type: 'Bearer',
      aud: api.issuer,
      iss: api.issuer,
      jti: `${body['token_id'] as string}.1`,
      token_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      authorized_team_ids: [team!.id],
      team_roles: { [team!.id]: 'standard_user' },
    });
    expect(body['iat']).toBeGreaterThanOrEqual(before);
  });

  it("shows a resource server its organization's access tokens, and others only their own (IN-05)", async () => {
    const { access_token, refresh_token } = await obtainTokens(api, dev, client);
    expect((await introspect(api, resourceServer, access_token)).body['active']).toBe(true);
    expect((await introspect(api, resourceServer, refresh_token!)).body).toEqual({ active: false });
    const labsAdmin = await browserOf(api, ADMIN);
    const labsId = (await api.sql<{ id: string }>(`SELECT id FROM organization WHERE name = 'Acme Labs'`))[0]!.id;
    await labsAdmin.send('PUT', '/api/v1/session/organization', { organization_id: labsId });
    const labsClient = await createClient(labsAdmin, { client_name: 'labs' });
    const ofLabs = await obtainTokens(api, await browserOf(api, LABS), labsClient);
    expect((await introspect(api, labsClient, ofLabs.access_token)).body['active']).toBe(true);
    expect((await introspect(api, resourceServer, ofLabs.access_token)).body).toEqual({ active: false });
  });

  it('shows a refresh token to its owner, with the end of the grant and no token_type (IN-06)', async () => {
    const { refresh_token } = await obtainTokens(api, dev, client);
    const { body } = await introspect(api, client, refresh_token!);
    expect(body).toMatchObject({ active: true, scope: 'read' });
    expect(body).not.toHaveProperty('token_type');
    expect((body['exp'] as number) - (body['iat'] as number)).toBeGreaterThan(604_000);
    const next = await refresh(api, client, refresh_token!);
    expect((await introspect(api, client, refresh_token!)).body).toEqual({ active: false });
    expect((await introspect(api, client, next.body.refresh_token!)).body['active']).toBe(true);
  });
});

describe('/oauth2/userinfo', () => {
  const call = (method: string, path: string, headers: Record<string, string>, body?: string) =>
    new Browser(api).send(method, path, body, headers);

  it.each(['Bearer', 'bearer', 'bEaReR'])('takes the scheme as %s, by GET and by POST (US-01)', async (scheme) => {
    const { access_token } = await obtainTokens(api, dev, client);
    for (const method of ['GET', 'POST'])
      expect((await call(method, '/oauth2/userinfo', { authorization: `${scheme} ${access_token}` })).status).toBe(200);
  });

  it('takes no token from the query, one from a form, and not two at once (US-02)', async () => {
    const { access_token } = await obtainTokens(api, dev, client);
    expect((await call('GET', `/oauth2/userinfo?access_token=${access_token}`, {})).status).toBe(401);
    expect((await form(api, '/oauth2/userinfo', { access_token })).status).toBe(200);
    const twice = await form(api, '/oauth2/userinfo', { access_token }, { authorization: `Bearer ${access_token}` });
    expect(twice.status).toBe(400);
    expect(twice.headers.get('www-authenticate')).toContain('error="invalid_request"');
  });

  it('names no error to who brought no token (US-03)', async () => {
    const answer = await call('GET', '/oauth2/userinfo', {});
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="[^"]+", resource_metadata="[^"]+"$/);
  });

  it('refuses what is no live access token (US-04)', async () => {
    const { access_token, refresh_token, id_token } = await obtainTokens(api, dev, client, { parameters: { scope: 'openid read' } });
    await revoke(api, client, access_token);
    for (const value of [
      `Bearer ${access_token}`,
      `Bearer ${refresh_token!}`,
      `Bearer ${id_token!}`,
      'Bearer garbage',
      'Bearer',
      'Bearer a b',
      'Basic YTpi',
      'x',
    ]) {
      const answer = await call('GET', '/oauth2/userinfo', { authorization: value });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
  });

  it('knows the user by the subject of the ID token (US-05)', async () => {
    const { access_token, id_token } = await obtainTokens(api, dev, client, { parameters: { scope: 'openid' } });
    const claims = JSON.parse(Buffer.from(id_token!.split('.')[1]!, 'base64url').toString()) as { sub: string };
    expect((await userinfo(api, access_token)).body['sub']).toBe(claims.sub);
  });

  it('tells who the user is, the teams they authorized and those they belong to, for any live token (US-05, US-06)', async () => {
    const { access_token } = await obtainTokens(api, dev, client, { teams: ['Production'] });
    const { body } = await userinfo(api, access_token);
    expect(body).toEqual({
      sub: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: DEV,
      email_verified: false,
      name: expect.any(String),
      authorized_teams: [{ id: expect.any(String), name: 'Production', organization_id: expect.any(String) }],
      teams: [
        { id: expect.any(String), name: 'Production', organization_id: expect.any(String) },
        { id: expect.any(String), name: 'Staging', organization_id: expect.any(String) },
      ],
    });
  });
});
