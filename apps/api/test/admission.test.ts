import { once } from 'node:events';
import { connect } from 'node:net';
import { IN_FLIGHT_MAX } from '../src/platform/http/limits.js';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, createClient, credentials, form, introspect, obtainTokens, type TestClient } from './support/browser.js';
import { ADMIN, DEV } from './support/constants.js';

const MORE = 20;

let api: Api;
let admin: Browser;
let client: TestClient;

beforeAll(async () => {
  api = await startApi();
  admin = await browserOf(api, ADMIN);
  client = await createClient(admin);
});

afterAll(() => api.stop());

const list = (signal?: AbortSignal) => {
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  return fetch(`${api.issuer}/api/v1/oauth-clients`, { headers: { cookie }, ...(signal && { signal }) });
};
const ask = () => form(api, '/oauth2/introspect', { token: 'x', ...credentials(client) });

/** Sends so many at once while the clients cannot be read, and lets them be read once `turned_away` were answered. */
async function crowd<Answer extends { status: number }>(size: number, turned_away: number, send: () => Promise<Answer>): Promise<Answer[]> {
  const release = await api.hold('LOCK TABLE oauth_client IN ACCESS EXCLUSIVE MODE');
  let answered = 0;
  let seen: () => void = () => undefined;
  const enough = new Promise<void>((resolve) => (seen = resolve));
  const answers = Array.from({ length: size }, async () => {
    const answer = await send();
    answered += 1;
    if (answered === turned_away) seen();
    return answer;
  });
  await enough;
  await release();
  return Promise.all(answers);
}

it('turns away what is too much at the management API at once, and serves all that it has admitted', async () => {
  const answers = await crowd(IN_FLIGHT_MAX.management + MORE, MORE, () => list());
  const refused = answers.filter(({ status }) => status === 503);
  expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([IN_FLIGHT_MAX.management, MORE]);
  for (const answer of refused) {
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(answer.headers.get('x-request-id')).toBeTruthy();
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ type: expect.stringMatching(/#unavailable$/), status: 503 });
  }
  expect((await list()).status).toBe(200);
});

it('turns away what is too much at the OAuth endpoints in their own words', async () => {
  const release = await api.hold('LOCK TABLE oauth_client IN ACCESS EXCLUSIVE MODE');
  const body = new URLSearchParams({ token: 'x', ...credentials(client) }).toString();
  const headers = `host: ${new URL(api.issuer).host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}`;
  // Behind each other in a few connections: as many on their own would take longer to open than the lock is waited for.
  const request = `POST /oauth2/introspect HTTP/1.1\r\n${headers}\r\n\r\n${body}`;
  const sent = await Promise.all(Array.from({ length: LINES }, () => pipeline(request, (IN_FLIGHT_MAX.oauth + MORE) / LINES)));
  while (api.logs().split(TURNED_AWAY).length <= MORE) await new Promise((go) => setTimeout(go, 20));
  await release();
  const answers = (await Promise.all(sent.map((all) => all()))).flat();
  const refused = answers.filter((answer) => answer.startsWith('503'));
  expect([answers.filter((answer) => answer.startsWith('200')).length, refused.length]).toEqual([IN_FLIGHT_MAX.oauth, MORE]);
  for (const answer of refused) {
    expect(answer).toMatch(/^retry-after: 1\r$/m);
    expect(answer).toContain('"error":"temporarily_unavailable"');
  }
  expect((await ask()).status).toBe(200);
});

const LINES = 10;
const TURNED_AWAY = 'too many requests under way';

/** Sends a request so many times over one connection without waiting; answers how to read all answers, each from its status on. */
async function pipeline(request: string, times: number): Promise<() => Promise<string[]>> {
  const { hostname, port } = new URL(api.issuer);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.write(request.repeat(times));
  return async () => {
    for (;;) {
      const answers = text.split('HTTP/1.1 ').slice(1);
      if (answers.length === times && text.endsWith('}')) {
        socket.destroy();
        return answers;
      }
      await once(socket, 'data');
    }
  };
}

it('a crowd at the management API takes no place of the OAuth endpoints, nor of health and pages', async () => {
  const { access_token } = await obtainTokens(api, await browserOf(api, DEV), client);
  const release = await api.hold('LOCK TABLE ui_session IN ACCESS EXCLUSIVE MODE');
  const waiting = Array.from({ length: IN_FLIGHT_MAX.management }, () => list());
  while ((await list(AbortSignal.timeout(300)).catch(() => null))?.status !== 503);
  expect((await introspect(api, client, access_token)).body['active']).toBe(true);
  for (const path of ['/health/live', '/', '/oauth2/jwks']) expect((await fetch(api.issuer + path)).status).toBe(200);
  await release();
  for (const { status } of await Promise.all(waiting)) expect([200, 503]).toContain(status);
});

it('a caller who hangs up makes no room while there is work on the request, and gives the place back after it', async () => {
  const release = await api.hold('LOCK TABLE oauth_client IN ACCESS EXCLUSIVE MODE');
  const leaving = new AbortController();
  const left = Array.from({ length: IN_FLIGHT_MAX.management }, () => list(leaving.signal).catch(() => null));
  while ((await list(AbortSignal.timeout(300)).catch(() => null))?.status !== 503);
  leaving.abort();
  await Promise.all(left);
  expect((await list()).status).toBe(503);
  await release();
  while ((await list()).status === 503);
  const answers = await crowd(IN_FLIGHT_MAX.management + MORE, MORE, () => list());
  expect(answers.filter(({ status }) => status === 503)).toHaveLength(MORE);
});

it('a connection that closes with requests waiting behind each other leaves no place taken', async () => {
  const release = await api.hold('LOCK TABLE oauth_client IN ACCESS EXCLUSIVE MODE');
  const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const { hostname, port, host } = new URL(api.issuer);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(`GET /api/v1/oauth-clients HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\n\r\n`.repeat(IN_FLIGHT_MAX.management));
  while ((await list(AbortSignal.timeout(300)).catch(() => null))?.status !== 503);
  socket.destroy();
  await release();
  while ((await list()).status === 503);
  const answers = await crowd(IN_FLIGHT_MAX.management + MORE, MORE, () => list());
  expect(answers.filter(({ status }) => status === 503)).toHaveLength(MORE);
});
