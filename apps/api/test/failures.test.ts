import { CLIENT_FAILURES_KEPT, type ClientFailure, ENDED_SECRETS_KEPT, type Page, type RotatedSecret } from '@behalf/domain';
import { randomBytes } from 'node:crypto';
import { type Api, startApi } from './support/api.js';
import {
  authorizeQuery,
  Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  exchange,
  form,
  newPkce,
  obtainTokens,
  REDIRECT_URI,
  refresh,
  revoke,
  type TestClient,
} from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi({ REFRESH_REPLAY_SECONDS: '0' });
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

const failures = async ({ client_id }: TestClient) =>
  (await admin.get<Page<ClientFailure>>(`/api/v1/oauth-clients/${client_id}/failures`)).body.items;

/** They are written within seconds, off the request's path. */
async function written(of: TestClient, count: number): Promise<ClientFailure[]> {
  const deadline = Date.now() + 6_000;
  while ((await failures(of)).length < count && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  return failures(of);
}

const authorize = (client: TestClient, changed: Record<string, string | undefined>, more = '') =>
  new Browser(api).get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), changed)}${more}`);
const token = (client: Pick<TestClient, 'client_id' | 'client_secret'>, fields: Record<string, string>) =>
  form(api, '/oauth2/token', { ...credentials(client), ...fields });
const rotate = async (client: TestClient, previous_secret_lifetime_seconds: number) => {
  const body = { confirm_name: client.client_name, previous_secret_lifetime_seconds };
  return (await admin.post<RotatedSecret>(`/api/v1/oauth-clients/${client.client_id}/rotate-secret`, body)).body.client_secret;
};
const secretLike = () => `bhf_cs_${randomBytes(32).toString('base64url')}`;

type Case = [what: string, send: (client: TestClient) => Promise<unknown>, reason: string, received: string | null, settings?: object];

/** Each case has a client of its own, so that all of them can be sent at once. */
function tells(cases: readonly Case[]): void {
  let clients: TestClient[];
  beforeAll(async () => {
    clients = await Promise.all(cases.map(([, , , , settings]) => createClient(admin, settings)));
    await Promise.all(cases.map(([, send], index) => send(clients[index]!)));
  });

  it.each(cases.map(([what, , reason, received], index) => ({ what, reason, received, index })))(
    'tells the managers about $what',
    async ({ reason, received, index }) => {
      expect(await written(clients[index]!, 1)).toMatchObject([{ reason, received }]);
    },
  );
}

const PUBLIC = { client_type: 'public', redirect_uris: ['http://127.0.0.1/cb'] };

describe('the authorization endpoint', () => {
  tells([
    ['a trailing slash', (client) => authorize(client, { redirect_uri: `${REDIRECT_URI}/` }), 'redirect_uri_mismatch', `${REDIRECT_URI}/`],
    ['no PKCE', (client) => authorize(client, { code_challenge: undefined, code_challenge_method: undefined }), 'pkce_missing', null],
    ['plain PKCE', (client) => authorize(client, { code_challenge_method: 'plain' }), 'pkce_method', 'plain'],
    ['a short challenge', (client) => authorize(client, { code_challenge: 'short' }), 'pkce_challenge_malformed', null],
    ['write for a read-only client', (client) => authorize(client, { scope: 'read write' }), 'scope_too_wide', 'read write'],
    ['a scope that does not exist', (client) => authorize(client, { scope: 'read admin' }), 'scope_unknown', 'read admin'],
    ['the implicit flow', (client) => authorize(client, { response_type: 'token' }), 'response_type', 'token'],
    ['a fragment answer', (client) => authorize(client, { response_mode: 'fragment' }), 'response_mode', 'fragment'],
    ['a parameter twice', (client) => authorize(client, {}, '&scope=read&scope=read'), 'parameter_repeated', 'scope'],
    ['a request object', (client) => authorize(client, { request: 'a.b.c' }), 'request_object', 'request'],
    ['an unknown prompt', (client) => authorize(client, { prompt: 'create' }), 'prompt', 'create'],
    ['a max_age in words', (client) => authorize(client, { max_age: 'soon' }), 'max_age', 'soon'],
    [
      'a credential in the redirect URI',
      (client) => authorize(client, { redirect_uri: `${REDIRECT_URI}?token=${secretLike()}` }),
      'redirect_uri_mismatch',
      `${REDIRECT_URI}?token=bhf_cs_…`,
    ],
  ]);

  it('names the request ID that the browser showed, and what is registered', async () => {
    const client = await createClient(admin);
    const page = await authorize(client, { redirect_uri: 'https://app.test/Callback' });
    expect(page.status).toBe(400);
    const request_id = page.headers.get('x-request-id')!;
    expect(page.text).toContain(request_id);
    expect(await written(client, 1)).toMatchObject([
      { endpoint: 'authorize', request_id, received: 'https://app.test/Callback', registered: [REDIRECT_URI] },
    ]);
  });

  it('tells of a paused client', async () => {
    const client = await createClient(admin);
    await admin.send('PUT', `/api/v1/oauth-clients/${client.client_id}/status`, { status: 'disabled' });
    await authorize(client, {});
    expect(await written(client, 1)).toMatchObject([{ reason: 'client_paused' }]);
  });

  it('keeps nothing of a request that was fine', async () => {
    const client = await createClient(admin);
    await consent(dev, client);
    await authorize(client, { prompt: 'create' });
    expect(await written(client, 1)).toHaveLength(1);
  });
});

describe('the token endpoint', () => {
  const code_verifier = newPkce().code_verifier;
  tells([
    ['another grant type', (client) => token(client, { grant_type: 'password' }), 'grant_type', 'password'],
    ['no grant type', (client) => token(client, {}), 'parameter_missing', 'grant_type'],
    ['no code', (client) => token(client, { grant_type: 'authorization_code', code_verifier }), 'parameter_missing', 'code'],
    ['no verifier', (client) => token(client, { grant_type: 'authorization_code', code: 'x' }), 'pkce_verifier_missing', null],
    [
      'a short verifier',
      (client) => token(client, { grant_type: 'authorization_code', code: 'x', code_verifier: 'x' }),
      'pkce_verifier_malformed',
      null,
    ],
    ['a made-up code', (client) => token(client, { grant_type: 'authorization_code', code: 'x', code_verifier }), 'code_unknown', null],
    ['a made-up refresh token', (client) => refresh(api, client, 'x'), 'refresh_token_unknown', null],
    ['no secret', (client) => token({ ...client, client_secret: undefined }, { grant_type: 'refresh_token' }), 'secret_missing', null],
    [
      'another verifier',
      async (client) => exchange(api, client, { ...(await consent(dev, client)), pkce: newPkce() }),
      'code_not_proven',
      null,
    ],
    ['another client’s code', async (client) => exchange(api, client, await consent(dev, await createClient(admin))), 'code_foreign', null],
    [
      'a code’s second use',
      async (client) => {
        const consented = await consent(dev, client);
        await exchange(api, client, consented);
        await exchange(api, client, consented);
      },
      'code_used',
      null,
    ],
    [
      'a refresh token’s second use',
      async (client) => {
        const { refresh_token } = await obtainTokens(api, dev, client);
        await refresh(api, client, refresh_token!);
        await refresh(api, client, refresh_token!);
      },
      'refresh_token_reused',
      null,
    ],
    [
      'a revoked refresh token',
      async (client) => {
        const { refresh_token } = await obtainTokens(api, dev, client);
        await revoke(api, client, refresh_token!);
        await refresh(api, client, refresh_token!);
      },
      'refresh_token_dead',
      null,
    ],
    [
      'a wider scope at a refresh',
      async (client) => refresh(api, client, (await obtainTokens(api, dev, client)).refresh_token!, { scope: 'write' }),
      'scope_too_wide',
      'write',
    ],
    ['a refresh without refresh tokens', (client) => refresh(api, client, 'x'), 'refresh_not_issued', null, { issue_refresh_token: false }],
    [
      'another client’s token at revoke',
      async (client) => revoke(api, client, (await obtainTokens(api, dev, await createClient(admin))).access_token),
      'token_foreign',
      null,
    ],
    [
      'a public client at introspect',
      ({ client_id }) => form(api, '/oauth2/introspect', { token: 'x', client_id }),
      'introspection_by_public',
      null,
      PUBLIC,
    ],
    [
      'a public client with a secret',
      (client) => token(client, { grant_type: 'refresh_token', client_secret: 'x' }),
      'secret_not_expected',
      null,
      PUBLIC,
    ],
  ]);

  it('tells a wrong secret from one that was rotated, by its hint, and stores neither', async () => {
    const client = await createClient(admin);
    const wrong = secretLike();
    const previous = client.client_secret!;
    const current = await rotate(client, 0);
    for (const client_secret of ['hunter2', wrong, previous]) await token({ ...client, client_secret }, { grant_type: 'refresh_token' });
    const items = await written(client, 3);
    expect(items.map(({ reason, received }) => [reason, received])).toEqual(
      expect.arrayContaining([
        ['wrong_secret', null],
        ['wrong_secret', wrong.slice(-4)],
        ['previous_secret', previous.slice(-4)],
      ]),
    );
    expect(items.every(({ registered }) => registered?.join() === current.slice(-4))).toBe(true);
    const rows = await api.sql<{ t: string }>('SELECT f::text AS t FROM client_failure f');
    expect(rows.filter(({ t }) => ['hunter2', wrong.slice(8), previous.slice(8)].some((secret) => t.includes(secret)))).toEqual([]);
  });

  it('recognises the last few ended secrets, and accepts none of them', async () => {
    const client = await createClient(admin);
    const secrets = [client.client_secret!];
    for (let n = 0; n < ENDED_SECRETS_KEPT + 2; n += 1) secrets.push(await rotate(client, 0));
    const current = secrets.pop()!;
    const answers = await Promise.all(secrets.map((client_secret) => token({ ...client, client_secret }, { grant_type: 'x' })));
    expect(answers.map(({ status }) => status)).toEqual(secrets.map(() => 401));
    expect((await token({ ...client, client_secret: current }, { grant_type: 'x' })).status).toBe(400);
    const reasons = (await written(client, secrets.length + 1)).map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason === 'previous_secret')).toHaveLength(ENDED_SECRETS_KEPT);
    expect(reasons.filter((reason) => reason === 'wrong_secret')).toHaveLength(2);
  });
});

it('keeps so many of each client, the newest', async () => {
  const client = await createClient(admin);
  for (let n = 0; n < CLIENT_FAILURES_KEPT + 10; n += 1) await token(client, { grant_type: `g${n}` });
  const deadline = Date.now() + 6_000;
  const newest = `g${CLIENT_FAILURES_KEPT + 9}`;
  while ((await failures(client))[0]?.received !== newest && Date.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const items = await failures(client);
  expect([items.length, items[0]!.received, items.at(-1)!.received]).toEqual([CLIENT_FAILURES_KEPT, newest, 'g10']);
  expect(await api.sql('SELECT 1 FROM client_failure WHERE client_id = $1', [client.client_id])).toHaveLength(CLIENT_FAILURES_KEPT);
});
