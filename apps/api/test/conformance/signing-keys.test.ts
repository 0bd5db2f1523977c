import { ACCESS_TOKEN_LIFETIME, SIGNING_KEY_LEAD_SECONDS, SIGNING_KEY_LIFETIME_SECONDS } from '@behalf/domain';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { type Api, startApi } from '../support/api.js';
import { type Browser, browserOf, consent, createClient, exchange, refresh, type TestClient } from '../support/browser.js';
import { ADMIN } from '../support/constants.js';

const COMMAND = 'rotate-keys.js';

let here: Api;
let there: Api;
let admin: Browser;
let client: TestClient;

beforeAll(async () => {
  here = await startApi();
  there = await here.replica();
  admin = await browserOf(here, ADMIN);
  client = await createClient(admin, {
    access_token_lifetime_seconds: ACCESS_TOKEN_LIFETIME.max,
    refresh_token_lifetime_seconds: 2 * ACCESS_TOKEN_LIFETIME.max,
  });
});

/** Each test begins with one key that is new. */
beforeEach(async () => {
  await here.resetClock();
  await here.sql('DELETE FROM signing_key');
  await here.sweep();
});

afterAll(() => here.stop());

const jwks = async (of = here) => (await (await fetch(`${of.issuer}/oauth2/jwks`)).json()) as JSONWebKeySet;
const kids = async (of = here) => (await jwks(of)).keys.map(({ kid }) => kid!);
const kidOf = (id_token: string) => decodeProtectedHeader(id_token).kid!;
const expected = () => ({ issuer: here.issuer, audience: client.client_id, currentDate: new Date(0) });

/** An ID token that the process signed now, with the refresh token beside it. */
async function signedBy(of: Api): Promise<{ id_token: string; refresh_token: string }> {
  // Sessions end long before keys do.
  await admin.signIn(ADMIN);
  const { body } = await exchange(of, client, await consent(admin, client, { parameters: { scope: 'openid read' } }));
  return { id_token: body.id_token!, refresh_token: body.refresh_token! };
}

describe('a signing key that is rotated', () => {
  it('is published before it signs, and its forerunner until the last of its tokens has ended, on every process (JW-02)', async () => {
    const [first] = await kids();
    const before = await signedBy(here);
    const cachedBefore = createLocalJWKSet(await jwks());
    expect(await here.command(COMMAND)).toMatch(/^Signing key \S+ is published now and signs from /);
    await here.sweep();

    const published = await kids();
    expect(published).toEqual([first, expect.any(String)]);
    expect(await kids(there)).toEqual(published);
    const cachedBetween = createLocalJWKSet(await jwks());
    for (const process of [here, there]) expect(kidOf((await signedBy(process)).id_token)).toBe(first);

    await here.advance(SIGNING_KEY_LEAD_SECONDS + 1);
    await here.sweep();
    const after = await Promise.all([signedBy(here), signedBy(there)]);
    expect(after.map(({ id_token }) => kidOf(id_token))).toEqual([published[1], published[1]]);
    await expect(jwtVerify(after[0].id_token, cachedBefore, expected())).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    for (const token of [before, ...after]) await jwtVerify(token.id_token, cachedBetween, expected());
    for (const token of [before, ...after]) await jwtVerify(token.id_token, createLocalJWKSet(await jwks(there)), expected());

    await here.advance(ACCESS_TOKEN_LIFETIME.max - 60);
    await here.sweep();
    expect(await kids()).toEqual([published[1], first]);
    await here.advance(120);
    await here.sweep();
    expect([await kids(), await kids(there)]).toEqual([[published[1]], [published[1]]]);
    expect(await here.sql('SELECT kid FROM signing_key')).toEqual([{ kid: published[1] }]);
  }, 120_000);

  it('is found by a reader that has cached the set, and reads it again for a key that it does not know (JW-02)', async () => {
    let reads = 0;
    const counted: typeof fetch = (input, init) => ((reads += 1), fetch(input, init));
    const keys = createRemoteJWKSet(new URL(`${here.issuer}/oauth2/jwks`), { cooldownDuration: 0, [customFetch]: counted });
    const before = await signedBy(here);
    for (let time = 0; time < 3; time += 1) await jwtVerify(before.id_token, keys, expected());
    expect(reads).toBe(1);
    await here.command(COMMAND);
    await here.advance(SIGNING_KEY_LEAD_SECONDS + 1);
    await here.sweep();
    const after = await signedBy(there);
    expect(kidOf(after.id_token)).not.toBe(kidOf(before.id_token));
    for (const { id_token } of [after, before]) await jwtVerify(id_token, keys, expected());
    expect(reads).toBe(2);
  });

  it('signs the answer to a replayed refresh as it did the first time', async () => {
    const { refresh_token } = await signedBy(here);
    await here.command(COMMAND);
    await here.advance(SIGNING_KEY_LEAD_SECONDS - 15);
    await here.sweep();
    const first = await refresh(here, client, refresh_token);
    await here.advance(25);
    await here.sweep();
    const again = await refresh(there, client, refresh_token);
    expect(kidOf((await signedBy(there)).id_token)).not.toBe(kidOf(first.body.id_token!));
    expect([again.body.refresh_token, again.body.id_token]).toEqual([first.body.refresh_token, first.body.id_token]);
  });

  it('waits for its turn: a second request makes no second one, however many come at once, and each key has one audit row', async () => {
    const said = await Promise.all(Array.from({ length: 3 }, () => here.command(COMMAND)));
    expect(said.filter((text) => text.startsWith('Signing key '))).toHaveLength(1);
    expect(said.filter((text) => text.startsWith('A new signing key is published already'))).toHaveLength(2);
    await here.sweep();
    const [first, next] = await kids();
    const rows = await here.sql(
      `SELECT target_id, reason, channel, organization_id FROM audit_event WHERE action = 'signing_key.added' AND target_id = ANY ($1) ORDER BY at`,
      [[first, next]],
    );
    expect(rows).toEqual([
      { target_id: first, reason: 'scheduled', channel: 'system', organization_id: null },
      { target_id: next, reason: 'requested', channel: 'system', organization_id: null },
    ]);
  }, 120_000);

  it('is made by itself when its forerunner is old, once, whatever processes notice at the same time (JW-02)', async () => {
    const [first] = await kids();
    await here.advance(SIGNING_KEY_LIFETIME_SECONDS - SIGNING_KEY_LEAD_SECONDS - 60);
    await here.sweep();
    expect(await kids()).toEqual([first]);
    await here.advance(120);
    await here.sweep();
    await here.sweep();
    const published = await kids();
    expect(published).toEqual([first, expect.any(String)]);
    expect(await kids(there)).toEqual(published);
    expect(kidOf((await signedBy(there)).id_token)).toBe(first);
    // A token is signed by the key of the whole second that it was issued in.
    await here.advance(SIGNING_KEY_LEAD_SECONDS + 1);
    await here.sweep();
    expect(kidOf((await signedBy(there)).id_token)).toBe(published[1]);
  });
});

describe('a signing key that leaked', () => {
  it('is withdrawn at once, and what it signed verifies no more', async () => {
    const before = await signedBy(here);
    expect(await here.command(COMMAND, ['--compromised'])).toMatch(/signs now, and all earlier ones are withdrawn/);
    await here.sweep();
    const [only, ...others] = await kids(there);
    expect([only, others]).toEqual([expect.any(String), []]);
    for (const process of [here, there]) {
      const { id_token } = await signedBy(process);
      expect(kidOf(id_token)).toBe(only);
      await jwtVerify(id_token, createLocalJWKSet(await jwks(process)), expected());
    }
    await expect(jwtVerify(before.id_token, createLocalJWKSet(await jwks()), expected())).rejects.toMatchObject({
      code: 'ERR_JWKS_NO_MATCHING_KEY',
    });
    expect(await here.sql(`SELECT target_id FROM audit_event WHERE action = 'signing_key.withdrawn'`)).toEqual([
      { target_id: kidOf(before.id_token) },
    ]);
  });
});
