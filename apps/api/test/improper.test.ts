import { exchange, type Part, type RawAnswer } from './fuzz/wire.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, startApi } from './support/api.js';
import { form } from './support/browser.js';

let api: Api;
beforeAll(async () => {
  api = await startApi();
}, 60_000);
afterAll(() => api.stop());

const REFUSED = '{"error":"invalid_request"}';
const HOST = 'Host: localhost\r\n';
const END = 'Connection: close\r\n\r\n';

async function answersTo(...parts: (string | number)[]): Promise<readonly RawAnswer[]> {
  const port = Number(new URL(api.issuer).port);
  const bytes = parts.map((part): Part => (typeof part === 'number' ? part : Buffer.from(part, 'latin1')));
  return (await exchange(port, [...bytes, 'end'])).answers;
}

const header = ({ headers }: RawAnswer, name: string) => headers.find(([each]) => each === name)?.[1];

/** What every answer has, the id of its one line in the log among it, at the default level and without an address. */
async function expectCommon(answer: RawAnswer): Promise<void> {
  expect(['x-content-type-options', 'cache-control'].map((name) => header(answer, name))).toEqual(['nosniff', 'no-store']);
  const id = header(answer, 'x-request-id')!;
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const lines = () =>
    api
      .logs()
      .split('\n')
      .filter((line) => line.includes(id) && line.includes('"level":"info"'));
  // The log comes through a pipe of its own.
  for (let tries = 0; tries < 100 && !lines().length; tries += 1) await sleep(20);
  expect(lines().map((line) => JSON.parse(line) as object)).toEqual([expect.objectContaining({ reqId: id, status: answer.status })]);
  expect(lines().join()).not.toMatch(/127\.0\.0\.1|::1/);
}

it.each([
  ['names no host', `GET /api/v1/roles HTTP/1.1\r\n${END}`],
  ['names two hosts', `GET /api/v1/roles HTTP/1.1\r\n${HOST}host: other\r\n${END}`],
  ['is of HTTP/0.9', 'GET /health/live\r\n\r\n'],
  ['is of HTTP/2', `POST /oauth2/token HTTP/2.0\r\n${HOST}${END}`],
  ['has two lengths', `POST /oauth2/token HTTP/1.1\r\n${HOST}Content-Length: 0\r\nContent-Length: 4\r\n\r\nGET `],
  [
    'has a length and chunks',
    `POST /oauth2/token HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /`,
  ],
])('a request that %s is refused once, and its connection is closed', async (_, request) => {
  const answers = await answersTo(request);
  expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([[400, REFUSED]]);
  expect(header(answers[0]!, 'connection')).toBe('close');
  await expectCommon(answers[0]!);
});

it('no header is dropped for the number of those before it: the last of 2,100 still counts', async () => {
  const junk = Array.from({ length: 2_100 }, (_, n) => `X-${n}: 1\r\n`).join('');
  const [answer] = await answersTo(`GET /oauth2/userinfo HTTP/1.1\r\n${HOST}${junk}Authorization: Bearer unknown\r\n${END}`);
  // Without its credentials it would be a request that brought none, which is told no error.
  expect([answer!.status, header(answer!, 'www-authenticate')]).toEqual([401, expect.stringContaining('error="invalid_token"')]);
});

it('an expectation that nobody meets is refused in words, like any other', async () => {
  const [answer] = await answersTo(`GET /health/live HTTP/1.1\r\n${HOST}Expect: wonders\r\n${END}`);
  expect([answer!.status, answer!.body.toString()]).toEqual([417, REFUSED]);
  await expectCommon(answer!);
});

it.each([
  ['/api/v1/nothing', 404, 'application/problem+json'],
  ['/oauth2/nothing', 404, 'application/json'],
  ['?x', 200, 'text/html'],
])('an absolute address is answered as its path is: %s', async (path, status, type) => {
  const [answer] = await answersTo(`GET http://elsewhere.test${path} HTTP/1.1\r\n${HOST}${END}`);
  expect(answer!.status).toBe(status);
  expect(header(answer!, 'content-type')).toContain(type);
});

it('an address that is no text, or longer than any, is one that does not exist, and its answer has an id as well', async () => {
  for (const id of ['%', '%C0%AF', 'a'.repeat(300)]) {
    const [answer] = await answersTo(`GET /api/v1/teams/${id} HTTP/1.1\r\n${HOST}${END}`);
    expect([answer!.status, JSON.parse(answer!.body.toString()).type]).toEqual([404, `${api.issuer}/errors#not-found`]);
    expect(header(answer!, 'x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  }
});

it('who hangs up amid a body is neither a fault of ours nor a database that is away', async () => {
  const head = `POST /oauth2/token HTTP/1.1\r\n${HOST}Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ngrant_type=`;
  await answersTo(head, 50);
  expect((await form(api, '/oauth2/token', { grant_type: 'x' })).status).toBe(401);
  // Lines come through a pipe of their own, and a few milliseconds late.
  for (let tries = 0; tries < 100 && !api.logs().includes('aborted'); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(api.logs()).toContain('aborted');
  expect(api.logs()).not.toContain('"level":"error"');
});
