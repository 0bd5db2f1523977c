import { createRemoteJWKSet, jwtVerify } from 'jose';
import { createHash, hkdfSync, randomBytes } from 'node:crypto';
import { type Api, startApi } from './support/api.js';
import {
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  obtainTokens,
  refresh,
  type TestClient,
  userinfo,
} from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';

const newKey = () => randomBytes(32).toString('base64url');
/** The byte by which a handle names the key that it was made under. */
const idOf = (key: string) => Buffer.from(hkdfSync('sha256', Buffer.from(key, 'base64url'), Buffer.alloc(0), 'behalf/v1/key-id', 32))[0]!;
const K1 = newKey();
/** Two keys may share their byte, and then a test could not tell them apart. */
const K2 = Array.from({ length: 16 }, newKey).find((key) => idOf(key) !== idOf(K1))!;

let before: Api;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  before = await startApi({ SECRET_KEY: K1 });
  client = await createClient(await browserOf(before, ADMIN));
  dev = await browserOf(before, DEV);
});

afterAll(() => before.stop());

const isUnder = (key: string, handle: string) => Buffer.from(handle.slice('bhf_at_'.length), 'base64url')[1] === idOf(key);
const sealed = async () =>
  (await before.sql<{ sealed_private_key: Buffer }>('SELECT sealed_private_key FROM signing_key')).map(({ sealed_private_key }) =>
    createHash('sha256').update(sealed_private_key).digest('hex'),
  );

it('SECRET_KEY is exchanged without a sign-out and without the end of a token, in three steps', async () => {
  const parameters = { scope: 'openid read' };
  const old = await obtainTokens(before, dev, client, { parameters });
  const code = await consent(dev, client, { parameters });
  const page = (await dev.get<{ next_cursor: string }>('/api/v1/teams?limit=1')).body;
  const sealedBefore = await sealed();

  // First everybody gets to know the new key, and nobody uses it.
  const appended = await before.replica({ SECRET_KEY: `${K1},${K2}` });
  expect(isUnder(K1, (await obtainTokens(appended, dev, client)).access_token)).toBe(true);
  expect(await sealed()).toEqual(sealedBefore);

  // Then it stands first, and the old one behind it.
  const between = await before.replica({ SECRET_KEY: `${K2},${K1}` });
  expect(await sealed()).not.toEqual(sealedBefore);
  expect((await userinfo(between, old.access_token)).status).toBe(200);
  const sameBrowser = dev.at(between);
  expect((await sameBrowser.get('/api/v1/session')).status).toBe(200);
  expect((await sameBrowser.get(`/api/v1/teams?limit=1&cursor=${page.next_cursor}`)).status).toBe(200);
  const exchanged = (await exchange(between, client, code)).body;
  const renewed = (await refresh(between, client, old.refresh_token!)).body;
  for (const tokens of [exchanged, renewed]) {
    for (const handle of [tokens.access_token, tokens.refresh_token!])
      expect([isUnder(K2, handle), isUnder(K1, handle)]).toEqual([true, false]);
    // A process of the step before takes them; one that was left out of it does not.
    const answers = await Promise.all([between, appended, before].map((process) => userinfo(process, tokens.access_token)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401]);
    await jwtVerify(tokens.id_token!, createRemoteJWKSet(new URL(`${appended.issuer}/oauth2/jwks`)));
  }

  // At last the old one is dropped: what was made under it has to have ended.
  const after = await before.replica({ SECRET_KEY: K2 });
  expect((await userinfo(after, old.access_token)).status).toBe(401);
  expect((await userinfo(after, renewed.access_token)).status).toBe(200);
  expect((await refresh(after, client, renewed.refresh_token!)).status).toBe(200);
  expect((await dev.at(after).get('/api/v1/session')).status).toBe(200);
}, 120_000);

it('a SECRET_KEY that was dropped too early stops the start with the name of what it sealed, and putting it back mends it', async () => {
  const wrong = before.replica({ SECRET_KEY: newKey() });
  await expect(wrong).rejects.toThrow(/SECRET_KEY lacks the key that sealed the key of the audit log: put it back/);
  const mended = await before.replica({ SECRET_KEY: `${newKey()},${K2}` });
  expect((await obtainTokens(mended, dev.at(mended), client, { parameters: { scope: 'openid' } })).id_token).toBeDefined();
}, 120_000);

it('a SECRET_KEY that is lost costs the tokens under it; a new signing key lets the server start', async () => {
  const SECRET_KEY = newKey();
  await expect(before.replica({ SECRET_KEY })).rejects.toThrow(/SECRET_KEY lacks/);
  // The chain's key is lost with it: a new chain seals all rows that are there anew.
  await before.halt();
  await before.sql('TRUNCATE audit_seal, audit_key');
  await expect(before.replica({ SECRET_KEY })).rejects.toThrow(/SECRET_KEY lacks the key that sealed the signing key/);
  expect(await before.command('rotate-keys.js', ['--compromised'], { SECRET_KEY })).toMatch(/signs now/);
  const anew = await before.replica({ SECRET_KEY });
  expect((await dev.at(anew).get('/api/v1/session')).status).toBe(200);
  expect((await obtainTokens(anew, dev.at(anew), client, { parameters: { scope: 'openid' } })).id_token).toBeDefined();
}, 120_000);
