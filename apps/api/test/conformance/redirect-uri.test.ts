import { REDIRECT_MATCH_CASES, REDIRECT_URI_CASES } from '@behalf/domain/cases';
import { REDIRECT_URI_MAX_LENGTH, type Client } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  type Answer,
  authorizeQuery,
  type Browser,
  browserOf,
  consent,
  createClient,
  exchange,
  newPkce,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

const clients = new Map<string, Promise<TestClient>>();

/** A public client with this one redirect URI. */
function clientOf(uri: string): Promise<TestClient> {
  const known = clients.get(uri) ?? createClient(admin, { client_type: 'public', redirect_uris: [uri] });
  clients.set(uri, known);
  return known;
}

/** Asks for an answer to an address; `prompt=none` makes any that is trusted show itself at once, in the refusal's address. */
const ask = (client: Pick<Client, 'client_id' | 'redirect_uris'>, redirect_uri: string): Promise<Answer> =>
  dev.get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), { redirect_uri, prompt: 'none' })}`);

const register = (redirect_uris: unknown, changed: object = {}) =>
  admin.post<{ client: Client; errors: { pointer: string; code: string }[] }>('/api/v1/oauth-clients', {
    client_name: 'test client',
    redirect_uris,
    ...changed,
  });

/** Cases whose registered side needs the switch for IPv6 have a test of their own. */
const isIpv6 = (uri: string) => uri.startsWith('http://[::1]');

describe('at a request', () => {
  it.each(REDIRECT_MATCH_CASES.filter(([registered]) => !isIpv6(registered)))(
    'with %j registered, %j is answered: %j (RU-01, RU-02, RU-03, RU-04, RU-05)',
    async (registered, requested, matches) => {
      const answer = await ask(await clientOf(registered), requested);
      if (matches) {
        expect(answer.status).toBe(303);
        expect(answer.headers.get('location')!.startsWith(`${requested}?error=consent_required&`)).toBe(true);
      } else {
        expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
        expect(answer.text).not.toContain('evil.test');
      }
    },
  );

  it('an address that only resembles one of several is still none of them (RU-01)', async () => {
    const client = await createClient(admin, { redirect_uris: ['https://a.test/one', 'https://a.test/two', 'http://localhost/cb'] });
    for (const uri of [
      'https://a.test/',
      'https://a.test/one,https://a.test/two',
      'https://a.test/one https://a.test/two',
      'http://localhost:5/one',
    ]) {
      expect((await ask(client, uri)).status).toBe(400);
    }
    for (const uri of client.redirect_uris) expect((await ask(client, uri)).status).toBe(303);
  });

  it('the code goes to the port that was asked for, and is bound to it (RU-02, RU-11)', async () => {
    const client = await clientOf('http://127.0.0.1/cb');
    const uri = 'http://127.0.0.1:51004/cb';
    const consented = await consent(dev, client, { parameters: { redirect_uri: uri } });
    expect(consented.redirect.href.startsWith(`${uri}?code=`)).toBe(true);
    for (const redirect_uri of ['http://127.0.0.1:51005/cb', 'http://127.0.0.1/cb', 'http://localhost:51004/cb']) {
      const other = await exchange(api, client, consented, { redirect_uri });
      expect([other.status, other.body.error]).toEqual([400, 'invalid_grant']);
    }
    expect((await exchange(api, client, consented, { redirect_uri: uri })).status).toBe(200);
  });
});

describe('at registration', () => {
  it.each(REDIRECT_URI_CASES)('%j breaks the rule %j (RU-06, RU-08, RU-09, RU-10)', async (uri, code) => {
    const answer = await register([uri]);
    if (code === null) {
      expect([answer.status, answer.body.client.redirect_uris]).toEqual([201, [uri]]);
      const [stored] = await api.sql<{ redirect_uris: string[] }>('SELECT redirect_uris FROM oauth_client WHERE client_id = $1', [
        answer.body.client.client_id,
      ]);
      expect(stored!.redirect_uris).toEqual([uri]);
    } else {
      // What no database could hold is told before any rule is asked.
      const told = uri.includes('\0') ? 'text' : code;
      expect([answer.status, answer.body.errors]).toEqual([422, [expect.objectContaining({ pointer: '/redirect_uris/0', code: told })]]);
    }
  });

  it.each<[what: string, uris: unknown, pointer: string]>([
    ['an empty list', [], '/redirect_uris'],
    ['no list', 'https://a.test/cb', '/redirect_uris'],
    ['nothing', undefined, '/redirect_uris'],
    ['null', null, '/redirect_uris'],
    ['a number in the list', [1], '/redirect_uris'],
    ['one address twice', ['https://a.test/cb', 'https://a.test/cb'], '/redirect_uris/1'],
    ['a bad one behind a good one', ['https://a.test/cb', 'https://*.a.test/cb'], '/redirect_uris/1'],
    ['one too many', Array.from({ length: 51 }, (_, index) => `https://a.test/${index}`), '/redirect_uris'],
  ])('%s is refused at its place (RU-06, RU-08, RU-10)', async (_, uris, pointer) => {
    const answer = await register(uris);
    expect([answer.status, answer.body.errors.map((each) => each.pointer)]).toEqual([422, [pointer]]);
  });

  it('an address may have 2048 characters, and the rules hold at an edit too (RU-09)', async () => {
    const longest = 'https://a.test/'.padEnd(REDIRECT_URI_MAX_LENGTH, 'a');
    expect((await register([longest])).status).toBe(201);
    expect((await register([`${longest}a`])).status).toBe(422);
    const { client } = (await register(['https://a.test/cb'])).body;
    const edit = (redirect_uris: string[]) =>
      admin.send('PATCH', `/api/v1/oauth-clients/${client.client_id}`, { redirect_uris, version: client.version });
    for (const uri of ['http://app.test/cb', 'https://*.a.test/cb', 'https://a.test/cb#']) expect((await edit([uri])).status).toBe(422);
    expect((await edit([])).status).toBe(422);
    expect((await ask(client, 'https://a.test/cb')).status).toBe(303);
  });

  it('http://[::1] needs the switch, and is a host of its own then (RU-03, RU-07)', async () => {
    expect((await register(['http://[::1]:3000/cb'])).status).toBe(422);
    const switched = await startApi({ ALLOW_IPV6_LOOPBACK_REDIRECT: '1' });
    try {
      const [owner, user] = [await browserOf(switched, ADMIN), await browserOf(switched, DEV)];
      for (const [registered, requested, matches] of REDIRECT_MATCH_CASES.filter(([uri]) => isIpv6(uri))) {
        const client = await createClient(owner, { redirect_uris: [registered] });
        const answer = await user.get(
          `/oauth2/authorize?${authorizeQuery(client, newPkce(), { redirect_uri: requested, prompt: 'none' })}`,
        );
        expect([requested, answer.status]).toEqual([requested, matches ? 303 : 400]);
      }
      const v4 = await createClient(owner, { redirect_uris: ['http://127.0.0.1/cb', 'http://localhost/cb'] });
      const answer = await user.get(
        `/oauth2/authorize?${authorizeQuery(v4, newPkce(), { redirect_uri: 'http://[::1]/cb', prompt: 'none' })}`,
      );
      expect(answer.status).toBe(400);
    } finally {
      await switched.stop();
    }
  });
});
