import { dropDatabase } from '@behalf/postgres';
import { randomBytes } from 'node:crypto';
import { type Api, startApi } from './support/api.js';
import { browserOf, consent, createClient, credentials, exchange, form, type TestClient } from './support/browser.js';
import { ADMIN, DEV, PASSWORD, POSTGRES_URL } from './support/constants.js';
import { Scanner } from './support/scanner.js';
import { type Message, secretsIn } from './support/secrets.js';

const VALUE = `bhf_at_${randomBytes(48).toString('base64url')}`;
const RANDOM = VALUE.slice('bhf_at_'.length);
const MARKED = 'correct horse & battery "9"';

describe('a scan', () => {
  const scanner = new Scanner();
  scanner.add({ kind: 'token', value: VALUE });
  scanner.add({ kind: 'password', value: MARKED });

  it.each([
    ['as it is', VALUE],
    ['without its prefix', RANDOM],
    ['cut off at either end', RANDOM.slice(17, 45)],
    ['in hex', Buffer.from(VALUE).toString('hex')],
    ['as the bytes that it encodes, in hex', `\\x${Buffer.from(RANDOM, 'base64url').toString('hex')}`],
    ['in base64', Buffer.from(VALUE).toString('base64')],
    ['in the base64 of more than it', Buffer.from(`client_id:${VALUE}`).toString('base64')],
    ['in the base64url of more than it', Buffer.from(`client:${VALUE}`).toString('base64url')],
  ])('finds a token %s', (_how, text) => {
    expect(scanner.find(`{"message":"${text}"}`, 'log')).toEqual([expect.objectContaining({ kind: 'token', place: 'log' })]);
  });

  it.each([
    ['as it is', MARKED],
    ['in a query', encodeURIComponent(MARKED)],
    ['in a form', new URLSearchParams({ p: MARKED }).toString()],
    ['in JSON', JSON.stringify(MARKED)],
  ])('finds a password %s', (_how, text) => {
    expect(scanner.find(`received ${text}.`, 'log')).toEqual([expect.objectContaining({ kind: 'password' })]);
  });

  it('takes no ordinary text for a secret, and nothing plain for a mark', () => {
    const plain = new Scanner();
    for (const value of ['a'.repeat(72), 'short', '']) plain.add({ kind: 'password', value });
    expect(plain.secrets).toBe(0);
    expect(plain.find('a'.repeat(100), 'log')).toEqual([]);
    expect(scanner.find(`${randomBytes(48).toString('base64url')} correct answer`, 'log')).toEqual([]);
  });
});

it.each<[Message, string[]]>([
  [{ url: '/callback?code=C1&state=S1' }, ['code C1', 'redirect S1']],
  [{ headers: { authorization: 'Bearer T1' } }, ['authorization T1']],
  [{ headers: { authorization: `Basic ${btoa('id:s%3A1')}` } }, ['client_secret s%3A1', 'client_secret s:1']],
  [{ headers: { cookie: 'theme=dark; __Host-bhf_session=V1; bhf_request_1=V2' } }, ['cookie V1', 'cookie V2']],
  [{ headers: { 'set-cookie': ['bhf_session=V3; Path=/'] } }, ['cookie V3']],
  [{ headers: { location: 'https://app.test/?code=C2' } }, ['code C2']],
  [{ body: 'client_secret=S2&code_verifier=V4&scope=read' }, ['client_secret S2', 'code_verifier V4']],
  [{ body: '{"password":"P1","errors":[{"code":"too-short"}]}' }, ['password P1']],
  [{ body: '{"invitation_url":"https://a.test/invite#L1"}' }, ['link L1']],
  [{ body: '{"redirect_to":"https://a.test/?code=C3"}' }, ['code C3']],
  [{ body: `<p>${VALUE}</p>` }, [`handle ${VALUE}`]],
])('of %j the secrets are %j', (message, told) => {
  const found = secretsIn(message).map(({ kind, value }) => `${kind} ${value}`);
  expect(found).toEqual(expect.arrayContaining(told));
});

describe('a server that leaks', () => {
  let api: Api;
  let client: TestClient;

  beforeAll(async () => {
    api = await startApi();
    client = await createClient(await browserOf(api, ADMIN));
  });

  /** Not by `stop`, which refuses what was planted here. */
  afterAll(async () => {
    await api.halt();
    await dropDatabase(process.env[POSTGRES_URL]!, new URL(api.url).pathname.slice(1));
  });

  it('is found out, whether a secret stands in its log, in an audit row or in another column (LG-01)', async () => {
    const dev = await browserOf(api, DEV);
    const consented = await consent(dev, client, { parameters: { state: 'state-of-the-redirect' } });
    const { access_token } = (await exchange(api, client, consented)).body;
    await form(api, '/oauth2/token', { grant_type: 'password', username: DEV, password: PASSWORD, ...credentials(client) });
    const clean = await api.scan();
    expect(clean.findings).toEqual([]);
    expect(clean.secrets).toBeGreaterThanOrEqual(8);
    expect(clean.columns).toBeGreaterThan(60);
    expect(Math.min(clean.log_bytes, clean.row_bytes)).toBeGreaterThan(2_000);

    await api.say(`{"level":"debug","verifier":"${consented.pkce.code_verifier}"}`);
    await api.sql('UPDATE audit_event SET user_agent = $1', [`agent state-of-the-redirect`]);
    await api.sql('UPDATE oauth_client SET client_name = $1', [`${access_token.slice(-30)} app`]);
    const { findings } = await api.scan();
    expect(findings.map(({ kind, place }) => `${kind} in ${place}`).toSorted()).toEqual([
      'access_token in oauth_client.client_name',
      'code_verifier in log',
      'redirect in audit_event.user_agent',
    ]);
  });
});
