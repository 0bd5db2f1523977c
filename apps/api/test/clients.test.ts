import type { Client, CreatedClient, Page, RotatedSecret } from '@behalf/domain';
import { CLIENT_PLAN, clientConditions } from '../src/client/client-list.js';
import { Listing } from '../src/platform/database/listing.js';
import { type Api, startApi } from './support/api.js';
import { Browser, browserOf, createClient, form, obtainTokens, type TestClient, userinfo } from './support/browser.js';
import { ADMIN, LABS, SECURITY } from './support/constants.js';

const CLIENTS = '/api/v1/oauth-clients';
const HOUR = 3600;

let api: Api;
let admin: Browser;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
});

afterEach(() => api.resetClock());
afterAll(() => api.stop());

const problem = ({ status, body }: { status: number; body: unknown }) => [status, (body as { type?: string }).type?.replace(/^.*#/, '')];
const get = async (client: Pick<Client, 'client_id'>) => (await admin.get<Client>(`${CLIENTS}/${client.client_id}`)).body;

/** The statements that read the first page of an organization's clients and the one behind it. */
async function firstPages(organization_id: string, sort: string): Promise<{ text: string; values: unknown[] }[]> {
  const read: { text: string; values: unknown[] }[] = [];
  const row = {
    cursor_key: sort.includes('seconds') ? '3600' : sort.endsWith('_at') ? '2026-01-01T00:00:00Z' : 'm',
    cursor_id: 'many-5000',
  };
  const query = async (text: string, values: unknown[]) => {
    if (/count\(/.test(text)) return [{ total: 2 }];
    read.push({ text, values });
    return [row, row];
  };
  const listing = new Listing({ secret_keys: [Buffer.alloc(32)] } as never);
  const page = (cursor?: string) =>
    listing.page({ query } as never, CLIENT_PLAN, clientConditions(null, organization_id, {}), { limit: 1, sort, cursor }, {});
  await page((await page()).next_cursor!);
  return read;
}

/** Whether a secret proves the client: introspection of a made-up token answers 200 then, else 401. */
async function isProof(client: Pick<Client, 'client_id'>, client_secret: string): Promise<boolean> {
  const { status } = await form(api, '/oauth2/introspect', { token: 'x', client_id: client.client_id, client_secret });
  return status === 200;
}

function rotate(client: TestClient, changed: Record<string, unknown> = {}) {
  return admin.post<RotatedSecret>(`${CLIENTS}/${client.client_id}/rotate-secret`, { confirm_name: client.client_name, ...changed });
}

describe('registering', () => {
  it('shows the secret once, and stores and tells it nowhere (AD-02)', async () => {
    const client = await createClient(admin);
    expect(client.client_id).toMatch(/^[A-Za-z0-9_-]{20}$/);
    expect(client.client_secret).toMatch(/^bhf_cs_[A-Za-z0-9_-]{43}$/);
    const rotated = (await rotate(client)).body.client_secret;
    const told = [
      await admin.get(CLIENTS),
      await admin.get(`${CLIENTS}/${client.client_id}`),
      await admin.get('/api/v1/audit-events?limit=200'),
    ];
    const stored = await api.sql<{ t: string }>(
      `SELECT c::text AS t FROM oauth_client c UNION ALL SELECT s::text FROM client_secret s UNION ALL SELECT a::text FROM audit_event a`,
    );
    for (const secret of [client.client_secret!, rotated]) {
      const bare = secret.slice('bhf_cs_'.length);
      expect([...told.map(({ text }) => text), ...stored.map(({ t }) => t), api.logs()].filter((text) => text.includes(bare))).toEqual([]);
    }
    const pub = await admin.post<CreatedClient>(CLIENTS, {
      client_name: 'public',
      client_type: 'public',
      redirect_uris: ['http://127.0.0.1/cb'],
    });
    expect([pub.status, Object.keys(pub.body), pub.body.client.secret]).toEqual([201, ['client'], null]);
    expect(pub.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses what the rules refuse, at its field, and fields that it does not know (AD-07)', async () => {
    const good = { client_name: 'x', redirect_uris: ['https://a.test/cb'] };
    for (const [changed, pointer] of [
      [{ app_type: 'service_to_service' }, '/app_type'],
      [{ grant_types: ['client_credentials'] }, '/grant_types'],
      [{ client_name: 'x\u202ey' }, '/client_name'],
      [{ redirect_uris: ['http://a.test/cb'] }, '/redirect_uris/0'],
      [{ redirect_uris: [] }, '/redirect_uris'],
      [{ access_token_lifetime_seconds: 30 * 24 * HOUR + 1 }, '/access_token_lifetime_seconds'],
      [{ access_token_lifetime_seconds: 1.5 }, '/access_token_lifetime_seconds'],
      [{ access_token_lifetime_seconds: '3600' }, '/access_token_lifetime_seconds'],
      [
        { team_restrictions: { team_ids: ['00000000-0000-4000-8000-000000000000'], organization_ids: [] } },
        '/team_restrictions/team_ids/0',
      ],
      [{ team_restrictions: [] }, '/team_restrictions'],
      [{ team_restrictions: [[]] }, '/team_restrictions'],
      [{ team_restrictions: { team_ids: ['x'], organization_ids: [] } }, '/team_restrictions/team_ids'],
      [{ resource_server: true, client_type: 'public' }, '/resource_server'],
    ] as [object, string][]) {
      const answer = await admin.post<{ errors: { pointer: string }[] }>(CLIENTS, { ...good, ...changed });
      expect([changed, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([changed, 422, pointer]);
    }
  });

  it('demands the confirmation of a high risk on create, and on an edit that enters or lengthens it (AD-03)', async () => {
    const risky = {
      client_name: 'risky',
      redirect_uris: ['https://a.test/cb'],
      access_preset: 'full_access',
      access_token_lifetime_seconds: HOUR + 1,
    };
    const refused = await admin.post<{ risks: string[] }>(CLIENTS, risky);
    expect([...problem(refused), refused.body.risks]).toEqual([409, 'confirmation-required', ['long_lived_full_access']]);
    expect((await admin.get<Page<Client>>(`${CLIENTS}?search=risky`)).body.total).toBe(0);
    expect((await admin.post(CLIENTS, { ...risky, access_token_lifetime_seconds: HOUR })).status).toBe(201);
    const client = await createClient(admin, { ...(risky as object), client_name: 'risky 2' });
    const edit = (change: object) => admin.send<Client>('PATCH', `${CLIENTS}/${client.client_id}`, change);
    expect((await edit({ version: 1, client_name: 'renamed' })).status).toBe(200);
    expect(problem(await edit({ version: 2, access_token_lifetime_seconds: HOUR + 2 }))).toEqual([409, 'confirmation-required']);
    const confirmed = await edit({ version: 2, access_token_lifetime_seconds: HOUR + 2, confirmed_risks: ['long_lived_full_access'] });
    expect([confirmed.status, confirmed.body.version]).toEqual([200, 3]);
  });
});

describe('editing', () => {
  it('is refused for the type, without a version, and from a stale one with both versions (AD-06)', async () => {
    const client = await createClient(admin);
    const edit = (change: object) =>
      admin.send<{ your_version: number; current: Client }>('PATCH', `${CLIENTS}/${client.client_id}`, change);
    expect((await edit({ version: 1, client_type: 'public' })).status).toBe(422);
    expect((await edit({ client_name: 'x' })).status).toBe(422);
    const answers = await Promise.all([edit({ version: 1, client_name: 'one' }), edit({ version: 1, client_name: 'two' })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { body } = answers.find(({ status }) => status === 409)!;
    expect([body.your_version, body.current.version]).toEqual([1, 2]);
    expect((await get(client)).client_name).toBe(body.current.client_name);
  });

  it('keeps restrictions that the editor cannot name, and adds none of them', async () => {
    const client = await createClient(admin);
    const foreign = '11111111-1111-4111-8111-111111111111';
    await api.sql(
      `UPDATE oauth_client SET team_restrictions = jsonb_build_object('team_ids', jsonb_build_array($2::text), 'organization_ids', '[]'::jsonb) WHERE client_id = $1`,
      [client.client_id, foreign],
    );
    const edit = (version: number, team_ids: string[]) =>
      admin.send('PATCH', `${CLIENTS}/${client.client_id}`, {
        version,
        client_name: `v${version}`,
        team_restrictions: { team_ids, organization_ids: [] },
      });
    expect((await edit(1, [foreign])).status).toBe(200);
    expect((await edit(2, [])).status).toBe(200);
    expect((await edit(3, [foreign])).status).toBe(422);
  });

  it('previews what could be saved and refuses the rest as saving does, at the same fields', async () => {
    const client = await createClient(admin);
    const path = `${CLIENTS}/${client.client_id}`;
    const foreign = { team_restrictions: { team_ids: ['11111111-1111-4111-8111-111111111111'], organization_ids: [] } };
    for (const changes of [
      { access_token_lifetime_seconds: 1.5 },
      { access_token_lifetime_seconds: 99_999_999_999 },
      { access_token_lifetime_seconds: 0 },
      { refresh_token_lifetime_seconds: -5 },
      { client_name: '' },
      { redirect_uris: ['http://a.test/cb'] },
      foreign,
    ]) {
      const preview = await admin.post<{ errors: object[] }>(`${path}/preview`, changes);
      const saved = await admin.send<{ errors: object[] }>('PATCH', path, { ...changes, version: client.version });
      expect([changes, preview.status, preview.body.errors]).toEqual([changes, 422, saved.body.errors]);
    }
    // A risk is told, not demanded to be confirmed.
    const risky = await admin.post(`${path}/preview`, { access_preset: 'full_access', access_token_lifetime_seconds: HOUR + 1 });
    expect([risky.status, risky.body]).toEqual([200, { ends: 0, narrows: 0, risks: ['long_lived_full_access'] }]);
    expect((await get(client)).version).toBe(client.version);
  });
});

describe('rotating', () => {
  it('asks for the exact name, and for a client that has a secret (AD-04)', async () => {
    const client = await createClient(admin, { client_name: 'Exact Name' });
    for (const confirm_name of ['exact name', 'Exact Name ', ''])
      expect(problem(await rotate(client, { confirm_name }))).toEqual([422, 'name-mismatch']);
    const pub = await createClient(admin, { client_type: 'public', client_name: 'p' });
    expect(problem(await rotate(pub))).toEqual([409, 'not-confidential']);
    for (const seconds of [-1, 0.5, 7 * 24 * HOUR + 1])
      expect((await rotate(client, { previous_secret_lifetime_seconds: seconds })).status).toBe(422);
    expect(await isProof(client, client.client_secret!)).toBe(true);
  });

  it('lets the previous secret work to the shown second, and the new one at once (LV-07)', async () => {
    const client = await createClient(admin);
    const { client_secret, previous_secret_expires_at } = (await rotate(client, { previous_secret_lifetime_seconds: HOUR })).body;
    expect(await isProof(client, client_secret)).toBe(true);
    const left = (new Date(previous_secret_expires_at!).getTime() - Date.now()) / 1000;
    await api.advance(left - 2);
    expect(await isProof(client, client.client_secret!)).toBe(true);
    await api.advance(2.1);
    expect(await isProof(client, client.client_secret!)).toBe(false);
    expect(await isProof(client, client_secret)).toBe(true);
    expect((await get(client)).previous_secret).toBeNull();
  });

  it('ends the previous secret at once for 0 and on demand; tokens live on (LV-07)', async () => {
    const client = await createClient(admin);
    const { access_token } = await obtainTokens(api, admin, client);
    const second = (await rotate(client)).body.client_secret;
    expect(await isProof(client, client.client_secret!)).toBe(true);
    expect((await admin.send('DELETE', `${CLIENTS}/${client.client_id}/previous-secret`)).status).toBe(204);
    expect((await admin.send('DELETE', `${CLIENTS}/${client.client_id}/previous-secret`)).status).toBe(404);
    expect(await isProof(client, client.client_secret!)).toBe(false);
    expect((await rotate(client, { previous_secret_lifetime_seconds: 0 })).body.previous_secret_expires_at).toBeNull();
    expect(await isProof(client, second)).toBe(false);
    expect((await userinfo(api, access_token)).status).toBe(200);
  });

  it('leaves at most two live secrets, whatever comes at once', async () => {
    const client = await createClient(admin);
    const answers = await Promise.all(Array.from({ length: 6 }, () => rotate(client)));
    expect(answers.map(({ status }) => status)).toEqual(new Array<number>(6).fill(200));
    const secrets = [client.client_secret!, ...answers.map(({ body }) => body.client_secret)];
    const proofs = await Promise.all(secrets.map((secret) => isProof(client, secret)));
    expect(proofs.filter(Boolean)).toHaveLength(2);
    const rows = await api.sql<{ expires_at: Date | null }>('SELECT expires_at FROM client_secret WHERE client_id = $1', [
      client.client_id,
    ]);
    expect(rows.filter((row) => row.expires_at === null)).toHaveLength(1);
  });

  it('counts every use of the previous secret, and audits it once an hour', async () => {
    const client = await createClient(admin);
    await rotate(client);
    const uses = async (times: number) => {
      for (let n = 0; n < times; n += 1) expect(await isProof(client, client.client_secret!)).toBe(true);
    };
    const settled = async (count: number) => {
      const deadline = Date.now() + 6_000;
      while ((await get(client)).previous_secret?.uses !== count && Date.now() < deadline)
        await new Promise((resolve) => setTimeout(resolve, 200));
      const shown = (await get(client)).previous_secret!;
      expect([shown.uses, shown.last_used_ip]).toEqual([count, '127.0.0.1']);
      const audited = await api.sql(`SELECT 1 FROM audit_event WHERE action = 'client.previous_secret_used' AND target_id = $1`, [
        client.client_id,
      ]);
      return audited.length;
    };
    await uses(3);
    expect(await settled(3)).toBe(1);
    await uses(1);
    expect(await settled(4)).toBe(1);
    await api.advance(HOUR + 1);
    await uses(1);
    expect(await settled(5)).toBe(2);
  });
});

describe('pausing', () => {
  const setStatus = (client: TestClient, body: object) => admin.send<Client>('PUT', `${CLIENTS}/${client.client_id}/status`, body);

  it('stops the secret, says why and until when, and ends by itself when that comes', async () => {
    const client = await createClient(admin);
    const resume_at = new Date(Date.now() + HOUR * 1000).toISOString();
    const paused = await setStatus(client, { status: 'disabled', reason: 'looking', resume_at });
    expect(paused.body).toMatchObject({ status: 'disabled', status_reason: 'looking', resume_at });
    expect(await isProof(client, client.client_secret!)).toBe(false);
    await api.advance(HOUR + 1);
    expect(await get(client)).toMatchObject({ status: 'enabled', status_reason: null, resume_at: null });
    expect(await isProof(client, client.client_secret!)).toBe(true);
    const [event] = await api.sql<{ channel: string; reason: string }>(
      `SELECT channel, reason FROM audit_event WHERE action = 'client.resumed' AND target_id = $1`,
      [client.client_id],
    );
    expect(event).toEqual({ channel: 'system', reason: 'scheduled' });
  });

  it('counts once: pausing what is paused moves no epoch and writes no second row', async () => {
    const client = await createClient(admin);
    await Promise.all(Array.from({ length: 5 }, () => setStatus(client, { status: 'disabled' })));
    const [row] = await api.sql<{ epoch: number; version: number }>('SELECT epoch, version FROM oauth_client WHERE client_id = $1', [
      client.client_id,
    ]);
    expect(row).toEqual({ epoch: 1, version: 2 });
    const events = await api.sql(`SELECT 1 FROM audit_event WHERE action = 'client.paused' AND target_id = $1`, [client.client_id]);
    expect(events).toHaveLength(1);
  });

  it('takes no end in the past and no reason for a resumption', async () => {
    const client = await createClient(admin);
    for (const body of [
      { status: 'disabled', resume_at: '2020-01-01T00:00:00Z' },
      { status: 'disabled', resume_at: 'tomorrow' },
      { status: 'disabled', resume_at: '2099-02-30T00:00:00Z' },
      { status: 'enabled', reason: 'x' },
      { status: 'paused' },
    ]) {
      expect([body, (await setStatus(client, body)).status]).toEqual([body, 422]);
    }
  });
});

describe('deleting', () => {
  const bulkDelete = (client_ids: string[]) => admin.post<{ deleted: number; missing: string[] }>(`${CLIENTS}/bulk-delete`, { client_ids });
  const create = async (count: number) => {
    const clients: string[] = [];
    for (let n = 0; n < count; n += 1) clients.push((await createClient(admin, { client_name: `bulk ${n}` })).client_id);
    return clients;
  };
  const left = async (client_ids: string[]) =>
    (await api.sql('SELECT 1 FROM oauth_client WHERE client_id = ANY ($1)', [client_ids])).length;

  it('asks for the exact name; the audit log keeps id and name (AD-04)', async () => {
    const client = await createClient(admin, { client_name: 'Delete me' });
    const path = `${CLIENTS}/${client.client_id}`;
    expect(problem(await admin.send('DELETE', path, { confirm_name: 'delete me' }))).toEqual([422, 'name-mismatch']);
    expect((await admin.send('DELETE', path, { confirm_name: 'Delete me' })).status).toBe(204);
    expect((await admin.post(`${path}/delete`, { confirm_name: 'Delete me' })).status).toBe(404);
    expect(await isProof(client, client.client_secret!)).toBe(false);
    const { body } = await admin.get<Page<{ action: string; target_name: string }>>(`/api/v1/audit-events?target_id=${client.client_id}`);
    expect(body.items.map(({ action, target_name }) => [action, target_name])).toEqual([
      ['client.deleted', 'Delete me'],
      ['client.created', 'Delete me'],
    ]);
  });

  it('takes all or none: one that is gone or foreign saves the rest, and the answer names it (AD-05)', async () => {
    const ids = await create(3);
    for (const stranger of ['never-was', '\u0001', "x'; DROP TABLE oauth_client; --"]) {
      const answer = await bulkDelete([...ids, stranger]);
      expect([...problem(answer), answer.body.missing]).toEqual([409, 'already-gone', [stranger]]);
    }
    const labs = await foreignClient();
    expect((await bulkDelete([...ids, labs])).body.missing).toEqual([labs]);
    expect(await left([...ids, labs])).toBe(4);
    for (const wrong of [[], [ids[0]!, ids[0]!], Array.from({ length: 501 }, (_, n) => `id-${n}`)])
      expect((await bulkDelete(wrong)).status).toBe(422);
    expect((await bulkDelete(ids)).body).toEqual({ deleted: 3 });
    expect(await left(ids)).toBe(0);
  });

  it('takes 500 at once, and none of 499 where one more is gone (AD-05)', async () => {
    const [first] = await create(1);
    const rows = await api.sql<{ client_id: string }>(
      `INSERT INTO oauth_client SELECT (jsonb_populate_record(c, jsonb_build_object('client_id', 'bulk-' || n))).* FROM oauth_client c, generate_series(1, 499) n
        WHERE c.client_id = $1 RETURNING client_id`,
      [first],
    );
    const ids = rows.map(({ client_id }) => client_id);
    const refused = await bulkDelete([...ids, 'gone']);
    expect([...problem(refused), refused.body.missing, await left(ids)]).toEqual([409, 'already-gone', ['gone'], 499]);
    expect((await bulkDelete([...ids, first!])).body).toEqual({ deleted: 500 });
    expect(await left([...ids, first!])).toBe(0);
  });

  it('of two overlapping bulk deletes at once one wins entirely (AD-05)', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b, c, d, e] = (await create(5)) as [string, string, string, string, string];
      const answers = await Promise.all([bulkDelete([a, b, c]), bulkDelete([e, d, c])]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      expect(answers.find(({ status }) => status === 409)!.body.missing).toEqual([c]);
      expect(await left([a, b, c, d, e])).toBe(2);
    }
  });

  /** A client of Acme Labs, which the administrator of Acme cannot see from Acme. */
  async function foreignClient(): Promise<string> {
    const { client_id } = await createClient(admin, { client_name: 'foreign' });
    await api.sql(`UPDATE oauth_client SET organization_id = (SELECT id FROM organization WHERE name = 'Acme Labs') WHERE client_id = $1`, [
      client_id,
    ]);
    return client_id;
  }

  it('reaches no client of another organization: every route answers 404 (AD-01)', async () => {
    const path = `${CLIENTS}/${await foreignClient()}`;
    const answers = [
      await admin.get(path),
      await admin.send('PATCH', path, { version: 1, client_name: 'x' }),
      await admin.post(`${path}/preview`, { client_name: 'x' }),
      await admin.send('PUT', `${path}/status`, { status: 'disabled' }),
      await admin.post(`${path}/rotate-secret`, { confirm_name: 'foreign' }),
      await admin.send('DELETE', `${path}/previous-secret`),
      await admin.send('DELETE', path, { confirm_name: 'foreign' }),
      await admin.post(`${path}/delete`, { confirm_name: 'foreign' }),
      await admin.post(`${CLIENTS}/impact`, { client_ids: [path.slice(CLIENTS.length + 1)] }),
    ];
    expect(answers.map(problem)).toEqual(answers.map(() => [404, 'not-found']));
  });
});

it('reading needs OAUTH_CLIENT_READ, everything else OAUTH_CLIENT_MANAGE (AD-01)', async () => {
  const client = await createClient(admin);
  const [security, labs] = [await browserOf(api, SECURITY), await browserOf(api, LABS)];
  expect((await security.get(`${CLIENTS}/${client.client_id}`)).status).toBe(200);
  expect((await labs.get(CLIENTS)).body['permission']).toBe('OAUTH_CLIENT_READ');
  for (const [method, path] of [
    ['POST', ''],
    ['PATCH', `/${client.client_id}`],
    ['POST', `/${client.client_id}/preview`],
    ['PUT', `/${client.client_id}/status`],
    ['POST', `/${client.client_id}/rotate-secret`],
    ['DELETE', `/${client.client_id}/previous-secret`],
    ['DELETE', `/${client.client_id}`],
    ['POST', `/${client.client_id}/delete`],
    ['POST', '/impact'],
    ['POST', '/bulk-delete'],
  ] as const) {
    const answer = await security.send(method, CLIENTS + path, {});
    expect([method, path, answer.status, answer.body['permission']]).toEqual([method, path, 403, 'OAUTH_CLIENT_MANAGE']);
  }
});

it('every order of 10,000 clients is read from an index: no page sorts them', async () => {
  await api.sql(
    `INSERT INTO oauth_client (client_id, organization_id, client_name, client_type, app_type, team_selection, team_restrictions, access_preset,
       access_token_lifetime_seconds, issue_refresh_token, refresh_token_lifetime_seconds, redirect_uris, resource_server, created_at, updated_at, last_used_at)
     SELECT 'many-' || n, o.id, 'many ' || n, 'public', 'user_authorized', 'single', '{"team_ids":[],"organization_ids":[]}', 'read_only',
            300 + n % 9, false, 3600, ARRAY['https://app.test/callback'], false, now() - make_interval(secs => n), now(),
            CASE WHEN n % 10 > 0 THEN now() - make_interval(secs => n) END
       FROM generate_series(1, 10000) n, (SELECT id FROM organization WHERE name = 'Acme') o`,
  );
  await api.sql('ANALYZE oauth_client');
  const [{ organization_id } = { organization_id: '' }] = await api.sql<{ organization_id: string }>(
    `SELECT id AS organization_id FROM organization WHERE name = 'Acme'`,
  );
  for (const sort of Object.keys(CLIENT_PLAN.sorts).flatMap((key) => [key, `-${key}`])) {
    for (const { text, values } of await firstPages(organization_id, sort)) {
      const plan = JSON.stringify(await api.sql(`EXPLAIN (FORMAT JSON) ${text}`, values));
      expect([sort, /"Sort Key"/.test(plan)]).toEqual([sort, false]);
    }
  }
  await api.sql(`DELETE FROM oauth_client WHERE client_id LIKE 'many-%'`);
});

it('pages show every client once, whatever the order, with nulls last', async () => {
  for (let n = 0; n < 25; n += 1) await createClient(admin, { client_name: `page ${n % 5}` });
  await api.sql(`UPDATE oauth_client SET created_at = '2020-01-01', last_used_at = CASE WHEN client_name < 'page 2' THEN '2020-01-01'::timestamptz + version * interval '1 second' END
                  WHERE client_name LIKE 'page %'`);
  const expected = new Set(
    (await api.sql<{ client_id: string }>(`SELECT client_id FROM oauth_client WHERE client_name LIKE 'page %'`)).map(
      (row) => row.client_id,
    ),
  );
  for (const key of [
    'client_name',
    'created_at',
    'last_used_at',
    'status',
    'access_preset',
    'team_selection',
    'access_token_lifetime_seconds',
    'refresh_token_lifetime_seconds',
  ]) {
    for (const sort of [key, `-${key}`]) {
      const seen: Client[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const { body }: { body: Page<Client> } = await admin.get<Page<Client>>(
          `${CLIENTS}?search=page&limit=7&sort=${sort}${cursor && `&cursor=${cursor}`}`,
        );
        expect(body).toMatchObject({ total: 25, total_is_capped: false });
        seen.push(...body.items);
        cursor = body.next_cursor;
      }
      expect([sort, seen.length, new Set(seen.map(({ client_id }) => client_id))]).toEqual([sort, 25, expected]);
      const values = seen.map((client) => client[key as keyof Client] as string | number | null);
      const known = values.filter((value) => value !== null);
      expect(values.slice(0, known.length)).toEqual(known);
      const ascending = [...known].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      expect(known).toEqual(sort.startsWith('-') ? ascending.reverse() : ascending);
    }
  }
});
