import type { AuditAction, AuditEvent, Client, Page, RotatedSecret } from '@behalf/domain';
import { type Api, startApi } from '../support/api.js';
import {
  type Browser,
  browserOf,
  consent,
  createClient,
  credentials,
  exchange,
  form,
  obtainTokens,
  refresh,
  type TestClient,
} from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { decide, pending } from './authorization.js';

const WRITTEN_WITHIN_MS = 7_000;

let api: Api;
let admin: Browser;
let dev: Browser;

beforeAll(async () => {
  api = await startApi({ REFRESH_REPLAY_SECONDS: '0' });
  admin = await browserOf(api, ADMIN);
  dev = await browserOf(api, DEV);
});

afterAll(() => api.stop());

interface Incident {
  readonly action: AuditAction;
  /** Whose doing it is; null where only the client is known. */
  readonly by: string | null;
  readonly provoke: (client: TestClient) => Promise<unknown>;
}

const pathOf = ({ client_id }: Pick<Client, 'client_id'>) => `/api/v1/oauth-clients/${client_id}`;
const setStatus = (client: TestClient, status: string) => admin.send('PUT', `${pathOf(client)}/status`, { status });
const rotate = (client: TestClient) => admin.post<RotatedSecret>(`${pathOf(client)}/rotate-secret`, { confirm_name: client.client_name });
const proof = (client: TestClient, client_secret: string) =>
  form(api, '/oauth2/introspect', { token: 'x', ...credentials(client), client_secret });

const INCIDENTS: readonly Incident[] = [
  { action: 'client.created', by: ADMIN, provoke: () => Promise.resolve() },
  { action: 'client.updated', by: ADMIN, provoke: (client) => admin.send('PATCH', pathOf(client), { version: 1, client_name: 'renamed' }) },
  { action: 'client.paused', by: ADMIN, provoke: (client) => setStatus(client, 'disabled') },
  { action: 'client.resumed', by: ADMIN, provoke: async (client) => (await setStatus(client, 'disabled'), setStatus(client, 'enabled')) },
  { action: 'client.secret_rotated', by: ADMIN, provoke: rotate },
  {
    action: 'client.deleted',
    by: ADMIN,
    provoke: (client) => admin.post(`${pathOf(client)}/delete`, { confirm_name: client.client_name }),
  },
  { action: 'consent.given', by: DEV, provoke: (client) => consent(dev, client) },
  { action: 'consent.denied', by: DEV, provoke: async (client) => decide(dev, (await pending(dev, client)).request_id, [], 'deny') },
  {
    action: 'consent.forgotten',
    by: DEV,
    provoke: async (client) => (await consent(dev, client), dev.send('DELETE', `/api/v1/consents/${client.client_id}`)),
  },
  {
    action: 'code.replayed',
    by: DEV,
    provoke: async (client) => {
      const consented = await consent(dev, client);
      for (let time = 0; time < 3; time += 1) await exchange(api, client, consented);
    },
  },
  {
    action: 'token.reused',
    by: DEV,
    provoke: async (client) => {
      const { refresh_token } = await obtainTokens(api, dev, client);
      for (let time = 0; time < 3; time += 1) await refresh(api, client, refresh_token!);
    },
  },
  { action: 'client.authentication_refused', by: null, provoke: (client) => proof(client, 'wrong') },
  {
    action: 'client.previous_secret_used',
    by: null,
    provoke: async (client) => (await rotate(client), proof(client, client.client_secret!)),
  },
];

/** What is gathered in memory first is written within seconds. */
async function written(client: TestClient, action: AuditAction): Promise<AuditEvent[]> {
  const deadline = Date.now() + WRITTEN_WITHIN_MS;
  for (;;) {
    const { body } = await admin.get<Page<AuditEvent>>(`/api/v1/audit-events?action=${action}&limit=200`);
    const rows = body.items.filter(({ target_id, client_id }) => [target_id, client_id].includes(client.client_id));
    if (rows.length || Date.now() > deadline) return rows;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

it.each(INCIDENTS)('$action is one row with the client, the user, the address and the time (LG-02)', async ({ action, by, provoke }) => {
  const began = Date.now();
  const client = await createClient(admin);
  await provoke(client);
  const rows = await written(client, action);
  expect(rows.map(({ user }) => user?.email ?? null)).toEqual([by]);
  expect(rows[0]).toMatchObject({ action, ip_address: '127.0.0.1', count: 1 });
  expect(Math.abs(new Date(rows[0]!.at).getTime() - began)).toBeLessThan(60_000);
});
