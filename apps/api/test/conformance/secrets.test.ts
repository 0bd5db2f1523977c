import { constantTimeEqual } from '../../src/platform/crypto.js';
import { type Api, startApi } from '../support/api.js';
import { type Browser, browserOf, consent, createClient, exchange, type TestClient, refresh } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';

let api: Api;
let admin: Browser;
let dev: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
  client = await createClient(admin);
});

afterAll(() => api.stop());

describe('secrets', () => {
  it('are long, never the same, and stand nowhere in the database (G-13)', async () => {
    const issued = [client.client_secret!, dev.cookies.get('bhf_session')!];
    const grant = await consent(dev, client);
    const first = (await exchange(api, client, grant)).body;
    issued.push(grant.code, grant.pkce.code_verifier, dev.cookies.get(`bhf_request_${grant.request_id}`) ?? grant.code);
    let { refresh_token } = first;
    issued.push(first.access_token, refresh_token!);
    for (let round = 0; round < 500; round++) {
      const next = (await refresh(api, client, refresh_token!)).body;
      issued.push(next.access_token, next.refresh_token!);
      refresh_token = next.refresh_token;
    }
    expect(new Set(issued).size).toBeGreaterThanOrEqual(issued.length - 1);
    for (const value of issued) expect(value).toMatch(/^(bhf_[a-z]{2}_)?[A-Za-z0-9_-]{43,}$/);
    const dump = await databaseText();
    expect(dump).toContain(client.client_id);
    for (const value of issued) {
      const random = value.replace(/^bhf_[a-z]{2}_/, '');
      for (const form of [random, Buffer.from(value).toString('hex'), Buffer.from(random, 'base64url').toString('hex')])
        expect(dump.includes(form)).toBe(false);
    }
  });

  it('are compared whatever their lengths (G-13)', () => {
    const texts = [0, 1, 43, 5000].map((length) => 'a'.repeat(length));
    for (const one of texts) for (const other of texts) expect(constantTimeEqual(one, other)).toBe(one === other);
    expect(constantTimeEqual('a'.repeat(43), `${'a'.repeat(42)}b`)).toBe(false);
  });

  async function databaseText(): Promise<string> {
    const tables = await api.sql<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(10);
    const texts = await Promise.all(tables.map(({ name }) => api.sql<{ row: string }>(`SELECT t::text AS row FROM ${name} t`)));
    return texts
      .flat()
      .map(({ row }) => row)
      .join('\n');
  }
});
