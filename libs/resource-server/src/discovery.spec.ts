import { METADATA_MAX_AGE_SECONDS } from '@behalf/domain';
import { createServer, type ServerResponse } from 'node:http';
import { Discovery } from './discovery.js';
import { Http } from './http.js';

const TIMEOUT_SECONDS = 1;

let issuer: string;
/** How the metadata address behaves now. */
let answer: (response: ServerResponse) => void;
let asked = 0;
/** Seconds that the clock was put forward. */
let ahead = 0;

const server = createServer((_request, response) => {
  asked += 1;
  answer(response);
});
const http = new Http(4);
const naming = (path: string) => (response: ServerResponse) =>
  void response.end(JSON.stringify({ issuer, introspection_endpoint: issuer + path }));
const hanging = () => undefined;
const until = async (done: () => boolean | Promise<boolean>) => {
  while (!(await done())) await new Promise((go) => setTimeout(go, 10));
};

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + ahead * 1_000);
});
afterAll(async () => {
  jest.restoreAllMocks();
  await http.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('a known address is told at once while the metadata hangs, is asked for anew now and then, and is replaced when it answers', async () => {
  const discovery = new Discovery(issuer, http.send, TIMEOUT_SECONDS);
  answer = naming('/old');
  expect(await discovery.introspectionEndpoint()).toBe(`${issuer}/old`);

  answer = hanging;
  ahead += METADATA_MAX_AGE_SECONDS + 1;
  asked = 0;
  const start = process.hrtime.bigint();
  for (let n = 0; n < 50; n += 1) expect(await discovery.introspectionEndpoint()).toBe(`${issuer}/old`);
  expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(TIMEOUT_SECONDS * 1_000);
  await new Promise((go) => setTimeout(go, TIMEOUT_SECONDS * 1_200));
  for (let n = 0; n < 50; n += 1) await discovery.introspectionEndpoint();
  await until(() => asked > 0);
  expect(asked).toBe(1);

  answer = naming('/new');
  ahead += 11;
  await until(async () => (await discovery.introspectionEndpoint()) === `${issuer}/new`);
  expect(asked).toBe(2);
});

it('while no address is known, whoever asks waits no longer than the deadline, and the next one asks again', async () => {
  const discovery = new Discovery(issuer, http.send, TIMEOUT_SECONDS);
  answer = hanging;
  asked = 0;
  await Promise.all(Array.from({ length: 5 }, () => expect(discovery.introspectionEndpoint()).rejects.toThrow('aborted due to timeout')));
  expect(asked).toBe(1);
  answer = naming('/first');
  expect(await discovery.introspectionEndpoint()).toBe(`${issuer}/first`);
});
