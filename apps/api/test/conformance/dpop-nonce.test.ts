import * as oidc from 'openid-client';
import { type Api, startApi } from '../support/api.js';
import { browserOf, consent, createClient } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

// A real client library against a server that asks for nonces.

let api: Api;
beforeAll(async () => {
  api = await startApi({ DPOP_NONCE: '1' });
});
afterAll(() => api.stop());

it.each(['ES256', 'Ed25519', 'PS256', 'RS256'] as const)(
  'openid-client gets, uses and refreshes bound tokens with %s, and learns each nonce by being asked for it (DP-02, DP-03)',
  async (alg) => {
    const client = await createClient(await browserOf(api, ADMIN), { client_type: 'public' });
    const options = { execute: [oidc.allowInsecureRequests] };
    const config = await oidc.discovery(new URL(api.issuer), client.client_id, undefined, oidc.None(), options);
    const asked: (string | null)[] = [];
    config[oidc.customFetch] = async (url, init) => {
      const answer = await fetch(url, init as RequestInit);
      if (answer.headers.has('dpop-nonce')) asked.push(`${answer.status} ${new URL(url).pathname}`);
      return answer;
    };
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg));
    const { pkce, redirect } = await consent(await browserOf(api, DEV), client);
    const checks = { pkceCodeVerifier: pkce.code_verifier, expectedState: 'state-1' };
    const tokens = await oidc.authorizationCodeGrant(config, redirect, checks, undefined, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const info = await oidc.fetchUserInfo(config, tokens.access_token, oidc.skipSubjectCheck, { DPoP });
    expect(info.email).toBe(DEV);
    const renewed = await oidc.refreshTokenGrant(config, tokens.refresh_token!, undefined, { DPoP });
    const teams = await oidc.fetchProtectedResource(
      config,
      renewed.access_token,
      new URL('/api/v1/teams', api.issuer),
      'GET',
      null,
      undefined,
      {
        DPoP,
      },
    );
    expect(teams.status).toBe(200);
    expect(asked).toEqual(['400 /oauth2/token']);
    const stranger = { DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg)) };
    await expect(oidc.refreshTokenGrant(config, renewed.refresh_token!, undefined, stranger)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  },
);
