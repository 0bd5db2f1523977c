import { createHash } from 'node:crypto';
import { type Api, startApi } from '../support/api.js';
import {
  authorizeQuery,
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  newPkce,
  type Pkce,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let confidential: TestClient;
let spa: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  confidential = await createClient(admin);
  spa = await createClient(admin, { client_type: 'public' });
});

afterAll(() => api.stop());

const pkceOf = (code_verifier: string): Pkce => ({
  code_verifier,
  code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
});

/** A code of a challenge that the test chose. */
async function codeFor(client: TestClient, { code_challenge }: Pkce): Promise<string> {
  return (await consent(dev, client, { parameters: { code_challenge } })).code;
}

describe('the challenge', () => {
  const challenge = newPkce().code_challenge;
  it.each<[what: string, changed: Record<string, string | undefined>]>([
    ['none at all', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a method alone', { code_challenge: undefined }],
    ['an empty one', { code_challenge: '' }],
    ['the method plain', { code_challenge_method: 'plain' }],
    ['the method s256', { code_challenge_method: 's256' }],
    ['the method S512', { code_challenge_method: 'S512' }],
    ['no method, which would mean plain', { code_challenge_method: undefined }],
    ['42 characters', { code_challenge: challenge.slice(1) }],
    ['44 characters', { code_challenge: `${challenge}a` }],
    ['128 characters', { code_challenge: 'a'.repeat(128) }],
    ['padding', { code_challenge: `${challenge}=` }],
    ['padding for the last character', { code_challenge: `${challenge.slice(1)}=` }],
    ['the alphabet of plain base64', { code_challenge: `+/${challenge.slice(2)}` }],
    ['a space', { code_challenge: ` ${challenge.slice(1)}` }],
    ['a line break behind it', { code_challenge: `${challenge}\n` }],
  ])('is required from every client, as S256 and nothing else: %s is refused (PK-01, PK-02, PK-03, PK-07)', async (_, changed) => {
    for (const client of [confidential, spa]) {
      const answer = await dev.get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), changed)}`);
      const { searchParams } = new URL(answer.headers.get('location')!);
      expect([searchParams.get('error'), searchParams.get('state'), searchParams.get('iss')]).toEqual([
        'invalid_request',
        'state-1',
        api.issuer,
      ]);
    }
  });
});

describe('the verifier', () => {
  it.each(['a'.repeat(43), 'a'.repeat(128), '-._~'.repeat(20)])('may be %j (PK-04)', async (code_verifier) => {
    const pkce = pkceOf(code_verifier);
    for (const client of [confidential, spa])
      expect((await exchange(api, client, { code: await codeFor(client, pkce), pkce })).status).toBe(200);
  });

  it.each([
    'a'.repeat(42),
    'a'.repeat(129),
    `${'a'.repeat(43)}!`,
    `${'a'.repeat(43)}\0`,
    `${'a'.repeat(43)}\n`,
    `${'a'.repeat(42)} `,
    `${'a'.repeat(42)}é`,
    `${'a'.repeat(42)}=`,
    '',
  ])('is never %j, even where the challenge fits it (PK-04, PK-05)', async (code_verifier) => {
    const pkce = pkceOf(code_verifier);
    for (const client of [confidential, spa]) {
      const answer = await exchange(api, client, { code: await codeFor(client, pkce), pkce });
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    }
  });

  it('that is wrong gives nothing, uses up nothing and ends nothing (PK-06, PK-08)', async () => {
    for (const client of [confidential, spa]) {
      const { code, pkce } = await consent(dev, client);
      for (const code_verifier of [
        newPkce().code_verifier,
        pkce.code_challenge,
        pkce.code_verifier.toLowerCase(),
        `${pkce.code_verifier}a`,
      ]) {
        const answer = await exchange(api, client, { code, pkce: { ...pkce, code_verifier } });
        expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
      }
      const tokens = await exchange(api, client, { code, pkce });
      expect(tokens.status).toBe(200);
      // Used by now: whoever stole the code, but not the verifier, must not end the grant with it.
      const late = await exchange(api, client, { code, pkce: newPkce() });
      expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
      expect((await userinfo(api, tokens.body.access_token)).status).toBe(200);
      expect((await exchange(api, client, { code: await codeFor(client, pkce), pkce })).status).toBe(200);
    }
  });

  it('cannot be left out by keeping the challenge away: no code exists without one (PK-07)', async () => {
    const [column] = await api.sql<{ is_nullable: string }>(
      `SELECT is_nullable FROM information_schema.columns WHERE table_name = 'authorization_grant' AND column_name = 'code_challenge'`,
    );
    expect(column!.is_nullable).toBe('NO');
    for (const client of [confidential, spa]) {
      const { code, pkce } = await consent(dev, client);
      // As if a challenge had got lost on the way into the database.
      await api.sql(`UPDATE authorization_grant SET code_challenge = '' WHERE client_id = $1 AND generation = 0`, [client.client_id]);
      for (const code_verifier of [pkce.code_verifier, '']) {
        expect((await exchange(api, client, { code, pkce: { ...pkce, code_verifier } })).status).toBe(400);
      }
    }
  });
});
