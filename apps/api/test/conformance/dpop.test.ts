import type { Client, ClientFailure, DeviceAuthorizationResponse, Page, PushedRequestResponse, TokenResponse } from '@behalf/domain';
import { randomUUID } from 'node:crypto';
import { type Api, startApi } from '../support/api.js';
import {
  allow,
  type Answer,
  authorizeQuery,
  type Browser,
  browserOf,
  consent,
  type Consented,
  createClient,
  credentials,
  form,
  introspect,
  newPkce,
  type TestClient,
  userinfo,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { type DpopKey, newDpopKey, refusalOf } from '../support/dpop.js';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const LEEWAY_SECONDS = 60;
const RACERS = 12;
const FAILURES_MILLISECONDS = 10_000;
const ALGS = 'algs="ES256 ES384 ES512 EdDSA Ed25519 PS256 RS256"';
const challenge = (error: string) => `DPoP realm="behalf", error="${error}", ${ALGS}`;

let api: Api;
let there: Api;
let admin: Browser;
let dev: Browser;
let spa: TestClient;
let server: TestClient;
let strict: TestClient;
let key: DpopKey;
let other: DpopKey;

beforeAll(async () => {
  api = await startApi();
  there = await api.replica();
  [admin, dev] = [await browserOf(api, ADMIN), await browserOf(api, DEV)];
  spa = await createClient(admin, { client_type: 'public', access_preset: 'full_access', device_authorization: true });
  server = await createClient(admin, { access_preset: 'full_access' });
  strict = await createClient(admin, { dpop_bound_access_tokens: true });
  [key, other] = [newDpopKey(), newDpopKey()];
}, 60_000);

afterEach(() => api.resetClock());
afterAll(() => api.stop());

type Told = Answer<TokenResponse & { error?: string }>;
type By = DpopKey | string | null;

const TOKEN = '/oauth2/token';
const urlOf = (path: string) => api.issuer + path;

/** A form with a proof for its address: by a key, ready made, or none. */
function post<T = TokenResponse & { error?: string }>(path: string, fields: Record<string, string>, by: By, on: Pick<Api, 'issuer'> = api) {
  const dpop = by === null || typeof by === 'string' ? by : by.proof('POST', urlOf(path));
  return form<T>(on, path, fields, dpop === null ? {} : { dpop });
}

const exchange = (of: TestClient, { code, pkce }: Pick<Consented, 'code' | 'pkce'>, by: By): Promise<Told> =>
  post(TOKEN, { grant_type: 'authorization_code', code, code_verifier: pkce.code_verifier, ...credentials(of) }, by);

const refresh = (of: TestClient, refresh_token: string, by: By, on = api): Promise<Told> =>
  post(TOKEN, { grant_type: 'refresh_token', refresh_token, ...credentials(of) }, by, on);

async function obtain(of: TestClient, by: By, parameters: Record<string, string> = {}): Promise<TokenResponse & { refresh_token: string }> {
  const { status, body, text } = await exchange(of, await consent(dev, of, { parameters }), by);
  if (status !== 200) throw new Error(`the exchange answered ${status} ${text}`);
  return { ...body, refresh_token: body.refresh_token! };
}

const told = ({ status, body }: Answer<{ error?: string }>) => [status, body.error];
const cnfOf = async (of: TestClient, token: string) => (await introspect(api, of, token)).body;
const read = (headers: Record<string, string>, on: Pick<Api, 'issuer'> = api) =>
  on === api ? dev.get<{ error?: string }>('/oauth2/userinfo', headers) : dev.at(on).get<{ error?: string }>('/oauth2/userinfo', headers);

/** What a client's managers are told of its failures, once there is one of this reason. */
async function failuresOf({ client_id }: Client, reason: string) {
  const deadline = Date.now() + FAILURES_MILLISECONDS;
  for (;;) {
    const { items } = (await admin.get<Page<ClientFailure>>(`/api/v1/oauth-clients/${client_id}/failures`)).body;
    if (items.some((item) => item.reason === reason) || Date.now() > deadline) return items;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe('a proof at the token endpoint', () => {
  const BROKEN: [string, () => string][] = [
    ['that is nonsense', () => 'nonsense'],
    ['that came twice', () => [1, 2].map(() => key.proof('POST', urlOf(TOKEN))).join(', ')],
    ['of another type', () => key.proof('POST', urlOf(TOKEN), { header: { typ: 'JWT' } })],
    ['that is not signed', () => key.proof('POST', urlOf(TOKEN), { header: { alg: 'none' } })],
    ['by a shared key', () => key.proof('POST', urlOf(TOKEN), { header: { alg: 'HS256' } })],
    ['without a key', () => key.proof('POST', urlOf(TOKEN), { header: { jwk: undefined } })],
    ['with a private key', () => key.proof('POST', urlOf(TOKEN), { header: { jwk: { ...key.jwk, d: key.jwk.x } } })],
    ['by another key than it shows', () => key.proof('POST', urlOf(TOKEN), { header: { jwk: other.jwk } })],
    ['for another method', () => key.proof('GET', urlOf(TOKEN))],
    ['for another path', () => key.proof('POST', urlOf('/oauth2/revoke'))],
    ['for another server', () => key.proof('POST', `https://evil.test${TOKEN}`)],
    ['without an id', () => key.proof('POST', urlOf(TOKEN), { claims: { jti: undefined } })],
    ['without a time', () => key.proof('POST', urlOf(TOKEN), { claims: { iat: undefined } })],
    ['that is stale', () => key.proof('POST', urlOf(TOKEN), { claims: { iat: Math.floor(Date.now() / 1000) - LEEWAY_SECONDS - 5 } })],
    ['from the future', () => key.proof('POST', urlOf(TOKEN), { claims: { iat: Math.floor(Date.now() / 1000) + LEEWAY_SECONDS + 5 } })],
    ['that is too long', () => key.proof('POST', urlOf(TOKEN), { claims: { padding: 'x'.repeat(5000) } })],
  ]; // prettier-ignore

  it('is refused in whatever part it is broken, and the code is as good as before (DP-01)', async () => {
    const consented = await consent(dev, spa);
    for (const [what, broken] of BROKEN) {
      const { status, body } = await exchange(spa, consented, broken());
      expect([what, status, body.error]).toEqual([what, 400, 'invalid_dpop_proof']);
    }
    expect((await exchange(spa, consented, key)).status).toBe(200);
  });

  it('is told to the client’s managers by the part at fault, and written into no log (DP-01)', async () => {
    const proof = key.proof('GET', urlOf(TOKEN));
    await refresh(server, (await obtain(server, key)).refresh_token, proof);
    expect(await failuresOf(server, 'dpop_proof_invalid')).toContainEqual(
      expect.objectContaining({ reason: 'dpop_proof_invalid', received: 'htm' }),
    );
    expect(api.logs()).not.toContain(proof.split('.')[2]);
  });

  it('is for the address that the issuer has, whatever Host says (DP-01)', async () => {
    const { refresh_token } = await obtain(server, key);
    expect(told(await refresh(server, refresh_token, key.proof('POST', there.issuer + TOKEN), there))).toEqual([400, 'invalid_dpop_proof']);
    expect((await refresh(server, refresh_token, key.proof('POST', `${urlOf(TOKEN)}?a=b#c`), there)).status).toBe(200);
  });

  it('is taken once, by whichever replica, and however many requests bring it at once (DP-01)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refresh_token } = await obtain(server, key);
      const proof = key.proof('POST', urlOf(TOKEN));
      const answers = await Promise.all(
        Array.from({ length: RACERS }, (_, n) => refresh(server, refresh_token, proof, n % 2 ? api : there)),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ body }) => body.error === 'invalid_dpop_proof')).toHaveLength(RACERS - 1);
    }
  });

  it('is remembered by its hash alone, and forgotten once it is stale (DP-01)', async () => {
    const { refresh_token } = await obtain(server, key);
    const jti = randomUUID();
    const proof = key.proof('POST', urlOf(TOKEN), { claims: { jti } });
    const next = (await refresh(server, refresh_token, proof)).body.refresh_token!;
    expect(told(await refresh(server, next, proof, there))).toEqual([400, 'invalid_dpop_proof']);
    const rows = await api.sql<{ kept: string }>(
      `SELECT encode(proof_hash, 'hex') || encode(proof_hash, 'escape') AS kept FROM dpop_proof`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.map(({ kept }) => kept).join()).not.toContain(jti);
    await api.advance(3 * LEEWAY_SECONDS + 1);
    await api.sweep();
    expect(await api.sql('SELECT 1 FROM dpop_proof')).toEqual([]);
    expect(told(await refresh(server, next, proof))).toEqual([400, 'invalid_dpop_proof']);
  });
});

describe('what a client gets', () => {
  it('is bound to the key of its proof, and introspection says to which (DP-02)', async () => {
    for (const [of, refresh_jkt] of [[spa, key.jkt], [server, undefined]] as const) {
      const { token_type, access_token, refresh_token } = await obtain(of, key);
      expect([token_type, access_token, refresh_token]).toEqual(['DPoP', expect.stringMatching(/^bhf_at_[\w-]{108}$/), expect.any(String)]);
      const asker = await createClient(admin, { resource_server: true, redirect_uris: [] });
      expect(await cnfOf(asker, access_token)).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt: key.jkt } });
      if (of !== server) continue;
      const own = await cnfOf(server, refresh_token);
      expect([own['active'], own['cnf']]).toEqual([true, refresh_jkt]);
    }
  }); // prettier-ignore

  it('stands in the audit log with the key it was issued to (DP-02)', async () => {
    for (const [by, changes] of [[key, { dpop_jkt: [null, key.jkt] }], [null, null]] as const) {
      const { access_token } = await obtain(server, by);
      const { token_id } = await cnfOf(server, access_token);
      const rows = await api.sql(`SELECT changes FROM audit_event WHERE action = 'token.issued' AND target_id = $1`, [token_id]);
      expect(rows).toEqual([{ changes }]);
    }
  }); // prettier-ignore

  it('is a bearer token without a proof, and cannot be passed off as bound, nor the other way round (DP-02)', async () => {
    const [bearer, bound] = [await obtain(server, null), await obtain(server, key)];
    expect(bearer.token_type).toBe('Bearer');
    expect(await cnfOf(server, bearer.access_token)).not.toHaveProperty('cnf');
    const bytes = Buffer.from(bound.access_token.slice('bhf_at_'.length), 'base64url');
    const [mac, body] = [bytes.subarray(65), bytes.subarray(0, 32)];
    for (const version of [1, 2]) {
      const stripped = Buffer.concat([Buffer.from([version]), body.subarray(1), mac]);
      const rebound = Buffer.concat([
        Buffer.from([version]),
        bytes.subarray(1, 32),
        Buffer.from(other.jkt, 'base64url'),
        bytes.subarray(64),
      ]);
      for (const forged of [stripped, rebound])
        expect(await cnfOf(server, `bhf_at_${forged.toString('base64url')}`)).toEqual({ active: false });
    }
  });

  it('lets a public client refresh by its key alone: nothing is consumed by another one, or by none (DP-02)', async () => {
    const { refresh_token } = await obtain(spa, key);
    expect(told(await refresh(spa, refresh_token, other))).toEqual([400, 'invalid_grant']);
    expect(told(await refresh(spa, refresh_token, null))).toEqual([400, 'invalid_dpop_proof']);
    const again = await refresh(spa, refresh_token, key);
    expect([again.status, again.body.token_type]).toEqual([200, 'DPoP']);
    expect(told(await refresh(spa, again.body.refresh_token!, other))).toEqual([400, 'invalid_grant']);
    expect(await failuresOf(spa, 'dpop_key_mismatch')).toContainEqual(expect.objectContaining({ reason: 'dpop_key_mismatch' }));
  });

  it('lets a confidential client, which proves itself, change its key; each token keeps its own (DP-02)', async () => {
    const first = await obtain(server, key);
    const second = (await refresh(server, first.refresh_token, other)).body;
    const third = (await refresh(server, second.refresh_token!, null)).body;
    const bound = await Promise.all([first, second, third].map(({ access_token }) => cnfOf(server, access_token)));
    expect(bound.map(({ cnf, token_type }) => [cnf, token_type])).toEqual([
      [{ jkt: key.jkt }, 'DPoP'],
      [{ jkt: other.jkt }, 'DPoP'],
      [undefined, 'Bearer'],
    ]);
  });

  it('binds an unbound refresh token of a public client to the first key that comes with it (DP-02)', async () => {
    const { refresh_token } = await obtain(spa, null);
    const bound = (await refresh(spa, refresh_token, key)).body.refresh_token!;
    expect(told(await refresh(spa, bound, null))).toEqual([400, 'invalid_dpop_proof']);
    expect((await refresh(spa, bound, key)).status).toBe(200);
  });

  it('gives the same tokens again to the same key, within the seconds of an answer that was lost (DP-02)', async () => {
    const { refresh_token } = await obtain(spa, key);
    const [first, again] = [await refresh(spa, refresh_token, key), await refresh(spa, refresh_token, key)];
    expect([again.status, again.body.access_token]).toEqual([200, first.body.access_token]);
    expect(told(await refresh(spa, refresh_token, other))).toEqual([400, 'invalid_grant']);
  });

  it('is refused without a proof to a client that requires them, at every grant (DP-02)', async () => {
    const consented = await consent(dev, strict);
    expect(told(await exchange(strict, consented, null))).toEqual([400, 'invalid_dpop_proof']);
    const { body } = await exchange(strict, consented, key);
    expect(body.token_type).toBe('DPoP');
    expect(told(await refresh(strict, body.refresh_token!, null))).toEqual([400, 'invalid_dpop_proof']);
    expect((await refresh(strict, body.refresh_token!, other)).status).toBe(200);
    expect(await failuresOf(strict, 'dpop_proof_missing')).toContainEqual(expect.objectContaining({ reason: 'dpop_proof_missing' }));
  });
});

describe('a code', () => {
  it('that is bound by dpop_jkt is worth nothing to a thief with every secret but the key (DP-02)', async () => {
    for (const each of [spa, server]) {
      const consented = await consent(dev, each, { parameters: { dpop_jkt: key.jkt } });
      expect(told(await exchange(each, consented, null))).toEqual([400, 'invalid_dpop_proof']);
      expect(told(await exchange(each, consented, other))).toEqual([400, 'invalid_grant']);
      expect((await exchange(each, consented, key)).status).toBe(200);
    }
  });

  it('stays bound where a remembered consent answers, and where the page does (DP-02)', async () => {
    const fresh = await createClient(admin, {});
    for (const shown of [true, false]) {
      const consented = await consent(dev, fresh, { parameters: { dpop_jkt: key.jkt } });
      expect(consented.request_id !== null).toBe(shown);
      expect(told(await exchange(fresh, consented, other))).toEqual([400, 'invalid_grant']);
    }
  });

  it('is refused for what is no thumbprint (DP-02)', async () => {
    const answer = await dev.get(`/oauth2/authorize?${authorizeQuery(spa, newPkce(), { dpop_jkt: 'short' })}`);
    expect(new URL(answer.headers.get('location')!).searchParams.get('error')).toBe('invalid_request');
  });

  it.each(['parameter', 'header', 'both'])('is bound by a pushed request, by its %s (DP-02)', async (way) => {
    const pkce = newPkce();
    const jkt = way === 'header' ? {} : { dpop_jkt: key.jkt };
    const fields = { ...Object.fromEntries(new URLSearchParams(authorizeQuery(spa, pkce, jkt))), ...credentials(spa) };
    const pushed = await post<PushedRequestResponse>('/oauth2/par', fields, way === 'parameter' ? null : key);
    const { client_id } = spa;
    const answer = await dev.get(
      `/oauth2/authorize?${new URLSearchParams({ client_id, request_uri: pushed.body.request_uri }).toString()}`,
    );
    const location = new URL(answer.headers.get('location')!, api.issuer);
    const request_id = location.searchParams.get('request_id');
    const code = (request_id === null ? location : await allow(dev, request_id)).searchParams.get('code')!;
    expect(told(await exchange(spa, { code, pkce }, other))).toEqual([400, 'invalid_grant']);
    expect((await exchange(spa, { code, pkce }, key)).status).toBe(200);
  });

  it('is not asked for by a pushed request whose key and parameter differ, or whose proof is spent (DP-01, DP-02)', async () => {
    const fields = {
      ...Object.fromEntries(new URLSearchParams(authorizeQuery(spa, newPkce(), { dpop_jkt: other.jkt }))),
      ...credentials(spa),
    };
    expect(told(await post('/oauth2/par', fields, key))).toEqual([400, 'invalid_dpop_proof']);
    const proof = other.proof('POST', urlOf('/oauth2/par'));
    expect((await post('/oauth2/par', fields, proof)).status).toBe(201);
    expect(told(await post('/oauth2/par', fields, proof))).toEqual([400, 'invalid_dpop_proof']);
    expect(told(await post('/oauth2/par', fields, other.proof('POST', urlOf(TOKEN))))).toEqual([400, 'invalid_dpop_proof']);
  });

  it('of a device is bound where the device began with its key (DP-02)', async () => {
    for (const [fields, by] of [[{ dpop_jkt: key.jkt }, null], [{}, key]] as const) {
      const { body } = await post<DeviceAuthorizationResponse>('/oauth2/device_authorization', { ...credentials(spa), ...fields }, by);
      const entered = await dev.post<{ request_id: string }>('/api/v1/device-authorizations', { user_code: body.user_code });
      await allow(dev, entered.body.request_id);
      const poll = (with_key: By) => post(TOKEN, { grant_type: DEVICE_GRANT, device_code: body.device_code, ...credentials(spa) }, with_key);
      expect(told(await poll(null))).toEqual([400, 'invalid_dpop_proof']);
      expect(told(await poll(other))).toEqual([400, 'invalid_grant']);
      const tokens = await poll(key);
      expect([tokens.status, tokens.body.token_type]).toEqual([200, 'DPoP']);
    }
    const differing = await post('/oauth2/device_authorization', { ...credentials(spa), dpop_jkt: other.jkt }, key);
    expect(told(differing)).toEqual([400, 'invalid_dpop_proof']);
    expect(told(await post('/oauth2/device_authorization', { ...credentials(spa), dpop_jkt: 'x' }, null))).toEqual([400, 'invalid_request']);
  }); // prettier-ignore
});

describe('a bound token at our own resources', () => {
  const USERINFO = '/oauth2/userinfo';
  let bound: string;
  beforeAll(async () => {
    bound = (await obtain(server, key)).access_token;
  });

  it('opens userinfo and the management API with a proof for each request (DP-03)', async () => {
    const answer = await read(key.bring(bound, 'GET', urlOf(USERINFO)));
    expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ email: DEV })]);
    const posted = await form(api, USERINFO, '', key.bring(bound, 'POST', urlOf(USERINFO)));
    expect(posted.status).toBe(200);
    const teams = await dev.get('/api/v1/teams?limit=1', key.bring(bound, 'GET', urlOf('/api/v1/teams')));
    expect(teams.status).toBe(200);
  });

  const BROKEN: [string, string, () => Record<string, string>][] = [
    ['as a bearer token', 'invalid_token', () => ({ authorization: `Bearer ${bound}` })],
    ['as a bearer token with a proof', 'invalid_token', () => ({ ...key.bring(bound, 'GET', urlOf(USERINFO)), authorization: `Bearer ${bound}` })],
    ['without a proof', 'invalid_dpop_proof', () => ({ authorization: `DPoP ${bound}` })],
    ['with a proof of another key', 'invalid_token', () => other.bring(bound, 'GET', urlOf(USERINFO))],
    ['with a proof for another token', 'invalid_dpop_proof', () => key.bring(bound, 'GET', urlOf(USERINFO), { ath: 'x'.repeat(43) })],
    ['with a proof for no token', 'invalid_dpop_proof', () => key.bring(bound, 'GET', urlOf(USERINFO), { ath: undefined })],
    ['with a proof for another method', 'invalid_dpop_proof', () => key.bring(bound, 'POST', urlOf(USERINFO))],
    ['with a proof for another address', 'invalid_dpop_proof', () => key.bring(bound, 'GET', urlOf(TOKEN))],
    ['with a stale proof', 'invalid_dpop_proof', () => key.bring(bound, 'GET', urlOf(USERINFO), { iat: 1 })],
  ]; // prettier-ignore
  it.each(BROKEN)('is refused %s, with the challenge %s (DP-03)', async (_, error, headers) => {
    expect(refusalOf(await read(headers()))).toEqual([401, error, challenge(error)]);
  });

  it.each([
    ['as a bearer token', 'invalid_token', () => ({ authorization: `Bearer ${bound}` })],
    ['without a proof', 'invalid_dpop_proof', () => ({ authorization: `DPoP ${bound}` })],
    ['with a proof for another address', 'invalid_dpop_proof', () => key.bring(bound, 'GET', urlOf('/api/v1/users'))],
  ])('is refused by the management API %s (DP-03)', async (_, error, headers) => {
    const { status, body, headers: answered } = await dev.get('/api/v1/teams', headers());
    expect([status, body['type'], answered.get('www-authenticate')]).toEqual([401, `${api.issuer}/errors#invalid-token`, challenge(error)]);
  });

  it('is refused in a form, where no proof can come with it (DP-03)', async () => {
    expect(refusalOf(await form(api, USERINFO, { access_token: bound }))).toEqual([401, 'invalid_token', challenge('invalid_token')]);
  });

  it('is refused with a proof that was used, and one of n equal requests at once gets through (DP-01, DP-03)', async () => {
    const headers = key.bring(bound, 'GET', urlOf(USERINFO));
    const answers = await Promise.all(Array.from({ length: RACERS }, (_, n) => read(headers, n % 2 ? api : there)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: RACERS - 1 }, () => 401)]);
  });

  it('makes no bound token of one that is not (DP-03)', async () => {
    const { access_token } = await obtain(server, null);
    expect(refusalOf(await read(key.bring(access_token, 'GET', urlOf(USERINFO))))).toEqual([
      401,
      'invalid_token',
      challenge('invalid_token'),
    ]);
    expect((await userinfo(api, access_token)).status).toBe(200);
  });
});

describe('switched', () => {
  it('on, the metadata tell how proofs may be signed; off, there is nothing of it, and what was bound stays closed (DP-01, DP-03)', async () => {
    const { access_token, refresh_token } = await obtain(spa, key);
    const algs = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];
    expect((await dev.get('/.well-known/oauth-authorization-server')).body['dpop_signing_alg_values_supported']).toEqual(algs);
    expect((await dev.get('/.well-known/oauth-protected-resource')).body).toMatchObject({ dpop_bound_access_tokens_required: false });
    const off = await api.replica({ DPOP: '0' });
    expect((await dev.at(off).get('/.well-known/oauth-authorization-server')).body).not.toHaveProperty('dpop_signing_alg_values_supported');
    expect(told(await refresh(spa, refresh_token, key, off))).toEqual([400, 'invalid_dpop_proof']);
    const refused = [{ authorization: `Bearer ${access_token}` }, key.bring(access_token, 'GET', urlOf('/oauth2/userinfo'))];
    for (const headers of refused) expect((await read(headers, off)).status).toBe(401);
    const unbound = await obtain(server, null);
    expect((await refresh(server, unbound.refresh_token, key, off)).body.token_type).toBe('Bearer');
  });

  it('to nonces, a proof is asked for one that every replica knows, at the token endpoint and at resources (DP-03)', async () => {
    const [one, two] = [await api.replica({ DPOP_NONCE: '1' }), await api.replica({ DPOP_NONCE: '1' })];
    const { refresh_token, access_token } = await obtain(server, key);
    const asked = await refresh(server, refresh_token, key, one);
    expect(told(asked)).toEqual([400, 'use_dpop_nonce']);
    const nonce = asked.headers.get('dpop-nonce')!;
    for (const wrong of ['', 'x', nonce.slice(1), `B${nonce.slice(1)}`, `${nonce}A`]) {
      const answer = await refresh(server, refresh_token, key.proof('POST', urlOf(TOKEN), { claims: { nonce: wrong } }), one);
      expect([wrong, ...told(answer)]).toEqual([wrong, 400, 'use_dpop_nonce']);
    }
    expect((await refresh(server, refresh_token, key.proof('POST', urlOf(TOKEN), { claims: { nonce } }), two)).status).toBe(200);

    const refused = await read(key.bring(access_token, 'GET', urlOf('/oauth2/userinfo')), two);
    expect(refusalOf(refused)).toEqual([401, 'use_dpop_nonce', challenge('use_dpop_nonce')]);
    const given = refused.headers.get('dpop-nonce')!;
    expect((await read(key.bring(access_token, 'GET', urlOf('/oauth2/userinfo'), { nonce: given }), one)).status).toBe(200);
    const managed = await dev.at(one).get('/api/v1/teams', key.bring(access_token, 'GET', urlOf('/api/v1/teams')));
    expect([managed.status, managed.headers.get('www-authenticate')]).toEqual([401, challenge('use_dpop_nonce')]);
    expect(managed.headers.get('dpop-nonce')).toEqual(expect.any(String));
  });
});
