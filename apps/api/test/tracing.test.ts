import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Api, startApi } from './support/api.js';
import { type Browser, browserOf, createClient, form, introspect, obtainTokens, type TestClient } from './support/browser.js';
import { ADMIN } from './support/constants.js';

jest.setTimeout(60_000);

/** A span as OTLP writes it in JSON. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string; readonly intValue?: number } }[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
}

const SERVER = 2;
const CLIENT = 3;

let collector: Server;
const bodies: string[] = [];
const spans = () =>
  bodies.flatMap((body) =>
    (JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] }).resourceSpans.flatMap(({ scopeSpans }) =>
      scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
const attribute = (span: Span, name: string) => {
  const value = span.attributes.find(({ key }) => key === name)?.value;
  return value?.stringValue ?? value?.intValue;
};
const newTrace = (sampled: boolean) => {
  const trace = randomBytes(16).toString('hex');
  const parent = randomBytes(8).toString('hex');
  return { trace, parent, header: `00-${trace}-${parent}-0${sampled ? 1 : 0}` };
};

let api: Api;
let admin: Browser;
let client: TestClient;

beforeAll(async () => {
  const take = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (request.url === '/v1/traces') bodies.push(body);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  };
  collector = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  const { port } = collector.address() as { port: number };
  // Of what nobody has decided nothing is traced: each test decides for itself.
  const decided = { OTEL_TRACES_SAMPLER_ARG: '0', TRACE_TRUST_PARENT: '1' };
  api = await startApi({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, ...decided });
  admin = await browserOf(api, ADMIN);
  client = await createClient(admin, { client_name: 'traced' });
});
afterAll(async () => {
  await api.stop();
  await new Promise((resolve) => collector.close(resolve));
});

async function spansOf(trace: string, least: number): Promise<Span[]> {
  const deadline = performance.now() + 15_000;
  const found = () => spans().filter(({ traceId }) => traceId === trace);
  while (found().length < least && performance.now() < deadline) await sleep(100);
  return found();
}

const secret = () => ({ client_id: client.client_id, client_secret: client.client_secret! });

it('a request goes on in the trace of a caller that is trusted, and the statements that it needed are its children', async () => {
  const { access_token } = await obtainTokens(api, admin, client);
  const { trace, parent, header } = newTrace(true);
  const answer = await form(api, '/oauth2/introspect', { token: access_token, ...secret() }, { traceparent: header });
  expect(answer.body['active']).toBe(true);
  const found = await spansOf(trace, 2);
  const request = found.find(({ kind }) => kind === SERVER);
  expect(request).toMatchObject({ name: 'POST /oauth2/introspect', parentSpanId: parent });
  expect(attribute(request!, 'http.route')).toBe('/oauth2/introspect');
  expect(attribute(request!, 'http.response.status_code')).toBe(200);
  expect(attribute(request!, 'behalf.request_id')).toBe(answer.headers.get('x-request-id'));
  const statements = found.filter(({ kind }) => kind === CLIENT);
  expect(statements.map(({ name }) => name).toSorted()).toEqual(['live_calls']);
  for (const each of statements) {
    expect(each.parentSpanId).toBe(request!.spanId);
    expect(attribute(each, 'db.system.name')).toBe('postgresql');
  }
});

it('a statement that several requests share is one span, with links to the others', async () => {
  const traces = Array.from({ length: 20 }, () => newTrace(true));
  // Both lanes wait meanwhile, so that all others share what comes next.
  const release = await api.hold('LOCK TABLE oauth_client IN ACCESS EXCLUSIVE MODE');
  const answers = traces.map(({ header }) =>
    form(api, '/oauth2/introspect', { token: 'bhf_at_none', ...secret() }, { traceparent: header }),
  );
  await sleep(1_000);
  await release();
  await Promise.all(answers);
  for (const { trace } of traces) await spansOf(trace, 1);
  const ours = new Set(traces.map(({ trace }) => trace));
  const shared = spans().filter(({ name, traceId }) => name === 'live_calls' && ours.has(traceId));
  const requests = shared.flatMap(({ traceId, links = [] }) => [traceId, ...links.map((link) => link.traceId)]);
  expect(shared.length).toBeLessThanOrEqual(4);
  expect(requests.toSorted()).toEqual([...ours].toSorted());
});

it('nothing is traced where the caller decided against it, nor where the share is none', async () => {
  const { trace, header } = newTrace(false);
  await form(api, '/oauth2/token', { grant_type: 'refresh_token', ...secret() }, { traceparent: header });
  await introspect(api, client, 'bhf_at_none');
  const marked = newTrace(true);
  await form(api, '/oauth2/revoke', { token: 'bhf_at_none', ...secret() }, { traceparent: marked.header });
  await spansOf(marked.trace, 2);
  expect(await spansOf(trace, 0)).toEqual([]);
  expect(spans().filter(({ name }) => name === 'POST /oauth2/token')).toEqual([]);
});

describe('where callers are not trusted', () => {
  const asked = (there: Api, header: string) =>
    form(there, '/oauth2/introspect', { token: 'bhf_at_none', ...secret() }, { traceparent: header, tracestate: 'vendor=its-state' });

  it('none can keep its request from being traced, and its own trace is linked and nothing more', async () => {
    const all = await api.replica({ OTEL_TRACES_SAMPLER_ARG: '1', TRACE_TRUST_PARENT: '0' });
    const { trace, parent, header } = newTrace(false);
    const { headers } = await asked(all, header);
    const ours = () => spans().find((span) => attribute(span, 'behalf.request_id') === headers.get('x-request-id'));
    for (const end = performance.now() + 15_000; !ours() && performance.now() < end;) await sleep(100);
    expect(ours()).toMatchObject({ name: 'POST /oauth2/introspect', links: [{ traceId: trace, spanId: parent }] });
    expect(ours()!.parentSpanId).toBeUndefined();
    expect(spans().filter(({ traceId }) => traceId === trace)).toEqual([]);
    expect(bodies.join('\n')).not.toContain('its-state');
  });

  it('none can have its request traced', async () => {
    const none = await api.replica({ TRACE_TRUST_PARENT: '0' });
    const { trace, header } = newTrace(true);
    for (let time = 0; time < 5; time += 1) await asked(none, header);
    const known = newTrace(true);
    await form(api, '/oauth2/introspect', { token: 'bhf_at_none', ...secret() }, { traceparent: known.header });
    await spansOf(known.trace, 1);
    // As long as another process keeps spans before it sends them.
    await sleep(6_000);
    expect(bodies.join('\n')).not.toContain(trace);
  });
});

it('a trace tells a refusal by its code, and holds no token, secret, query, address or parameter', async () => {
  const { access_token, refresh_token } = await obtainTokens(api, admin, client);
  const { trace, header } = newTrace(true);
  const headers = { traceparent: header };
  await form(api, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: 'bhf_rt_none', ...secret() }, headers);
  await form(api, '/oauth2/token', { grant_type: 'refresh_token', refresh_token: refresh_token!, ...secret() }, headers);
  await admin.get(`/api/v1/audit-events?client_id=${client.client_id}`, headers);
  await admin.get(`/oauth2/authorize?client_id=${client.client_id}&state=its-state`, headers);
  await admin.get('/no/such/page?its-query', headers);
  const found = await spansOf(trace, 10);
  const refused = found.filter((span) => attribute(span, 'error.type') === 'invalid_grant');
  expect(refused).toHaveLength(1);
  expect(found.filter(({ kind }) => kind === SERVER)).toHaveLength(5);
  const all = bodies.join('\n');
  const hidden = [
    access_token,
    refresh_token!,
    client.client_secret!,
    client.client_id,
    'its-state',
    'its-query',
    'no/such',
    ADMIN,
    'bhf_',
    '127.0.0.1',
  ];
  for (const value of hidden) expect(all).not.toContain(value);
});
