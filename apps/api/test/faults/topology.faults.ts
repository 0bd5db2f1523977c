import type { TokenResponse } from '@behalf/domain';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Browser, browserOf, createClient, introspect, obtainTokens, refresh, type TestClient, userinfo } from '../support/browser.js';
import { ADMIN, DEV } from '../support/constants.js';
import { ROOT } from '../support/image.js';
import { note } from './figures.js';
import { PLAYWRIGHT, type Proxy } from './proxy.js';
import { startTopology, type Topology } from './topology.js';

jest.setTimeout(150_000);

const CALLERS = 6;

let topology: Topology;
let proxy: Proxy;

beforeAll(async () => {
  topology = await startTopology();
  ({ proxy } = topology);
});

afterAll(() => topology?.stop());

const through = () => ({ issuer: proxy.origin });

it('ends TLS, insists on it, and does not believe what a caller says of its own address', async () => {
  const answer = await fetch(`${proxy.origin}/oauth2/jwks`);
  expect([answer.status, answer.headers.get('strict-transport-security')]).toEqual([200, 'max-age=31536000; includeSubDomains']);
  const moved = await fetch(`${proxy.plain_origin}/login?x=1`, { redirect: 'manual' });
  expect([moved.status, moved.headers.get('location')]).toEqual([301, 'https://127.0.0.1/login?x=1']);
  expect((await fetch(`${proxy.plain_origin}/oauth2/token`, { method: 'POST' })).status).toBe(403);
  const browser = new Browser(through());
  const forged = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9', 'x-forwarded-host': 'evil.test' };
  const credentials = { email: DEV, password: 'correct horse battery' };
  expect((await browser.send('POST', '/api/v1/session', credentials, forged)).status).toBe(201);
  const { body } = await browser.get<{ items: { ip_address: string; current: boolean }[] }>('/api/v1/ui-sessions');
  expect(body.items.find(({ current }) => current)?.ip_address).toBe('127.0.0.1');
});

/** What callers saw who asked all the time. */
interface Seen {
  asked: number;
  lost: string[];
  /** Answers of a live token to a question that was asked after the pause had been acknowledged. */
  late: number;
}

/** How far the pause is: from when it was sent on it may be seen, from when it was acknowledged on it must be. */
interface State {
  pausing: boolean;
  paused: boolean;
  over: boolean;
}

/** Asks again and again whether a token lives, as APIs do, until told to stop. */
async function keepAsking(client: TestClient, { access_token }: TokenResponse, seen: Seen, state: State) {
  for (let round = 0; !state.over; round += 1) {
    const was_paused = state.paused;
    const asks = round % 2 ? introspect(through(), client, access_token) : userinfo(through(), access_token);
    const { status, body } = await asks.catch((error: unknown) => ({
      status: 0,
      body: { error: String(error) } as Record<string, unknown>,
    }));
    seen.asked += 1;
    if (status === 0 || status >= 500) seen.lost.push(`${status} ${JSON.stringify(body)}`);
    const lives = round % 2 ? body?.['active'] === true : status === 200;
    if (was_paused ? lives : !lives && !state.pausing && status < 500 && status > 0) {
      if (was_paused) seen.late += 1;
      else seen.lost.push(`a live token was refused: ${status} ${JSON.stringify(body)}`);
    }
  }
}

it('loses no question while each replica is killed, refreshes on, and honours no token after the pause was acknowledged', async () => {
  const admin = await browserOf(through(), ADMIN);
  const paused = await createClient(admin, { client_name: 'display' });
  const asking = await createClient(admin, { client_name: 'api', resource_server: true, redirect_uris: [] });
  const user = await browserOf(through(), DEV);
  const tokens = await obtainTokens(through(), user, paused);
  const chained = await obtainTokens(through(), user, paused, { parameters: { prompt: 'consent' } });
  const seen: Seen = { asked: 0, lost: [], late: 0 };
  const state: State = { pausing: false, paused: false, over: false };
  const callers = Array.from({ length: CALLERS }, () => keepAsking(asking, tokens, seen, state));

  let current = chained.refresh_token!;
  let rotations = 0;
  const refreshing = (async () => {
    while (!state.paused) {
      // Whoever gets no answer sends the same refresh token again.
      const answer = await refresh(through(), paused, current).catch(() => null);
      if (answer?.status === 200) {
        current = answer.body.refresh_token!;
        rotations += 1;
      } else if (answer && answer.status < 500 && !state.pausing) seen.lost.push(`refresh: ${answer.status} ${answer.text}`);
      await sleep(20);
    }
  })();
  await topology.killEach();
  state.pausing = true;
  const answer = await admin.send('PUT', `/api/v1/oauth-clients/${paused.client_id}/status`, { status: 'disabled' });
  state.paused = answer.status === 200;
  expect(answer.status).toBe(200);
  await topology.killEach();
  state.over = true;
  await Promise.all([...callers, refreshing]);
  note('questions asked through the proxy while replicas were killed', seen.asked);
  note('rotations meanwhile', rotations);
  expect(seen).toEqual({ asked: expect.any(Number), lost: [], late: 0 });
  expect([seen.asked > 100, rotations > 10]).toEqual([true, true]);
  expect([400, 401]).toContain((await refresh(through(), paused, current)).status);
});

it('takes a browser through sign-in, consent, code, token, userinfo, refresh and pause while a replica is killed', async () => {
  // Playwright refuses to run where it finds itself within Jest.
  const env = { ...process.env, E2E_ISSUER: proxy.origin, JEST_WORKER_ID: undefined };
  const journey = ['test', '--reporter=line', 'journeys/02-authorize.spec.ts', '-g', 'openid-client signs a user in'];
  const playwright = spawn(PLAYWRIGHT, journey, { cwd: join(ROOT, 'e2e'), env });
  let said = '';
  for (const stream of [playwright.stdout, playwright.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
  const ended = new Promise<number | null>((resolve) => playwright.once('close', resolve));
  const killing = sleep(5_000).then(() => topology.killEach());
  const code = await ended;
  await killing;
  expect({ code, said }).toEqual({ code: 0, said: expect.stringContaining('1 passed') });
});

it('writes down the path of a request, and nothing of its query', () => {
  const lines = proxy.accessLog().trim().split('\n');
  const paths = lines.map((line) => (JSON.parse(line) as { path: string }).path);
  expect(paths).toContain('/oauth2/authorize');
  expect(lines.filter((line) => /[?]|code_challenge|state=|request_id=/.test(line))).toEqual([]);
});
