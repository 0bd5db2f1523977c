import { OAUTH_ERRORS, PROBLEMS } from '@behalf/domain';
import type { Foreign } from './world.js';
import { ANSWER_DEADLINE_MS, type Exchange, type RawAnswer } from './wire.js';

/** Every header that an answer of ours may have; another one was injected, or is the framework's. */
const HEADERS = new Set(
  [
    'access-control-allow-headers access-control-allow-methods access-control-allow-origin access-control-expose-headers',
    'access-control-max-age accept-ranges allow audit-event-id cache-control connection content-disposition content-length',
    'content-range content-security-policy content-type cross-origin-opener-policy date etag keep-alive last-modified',
    'location pragma referrer-policy retry-after set-cookie transfer-encoding vary www-authenticate x-content-type-options',
    'x-frame-options x-request-id',
  ].flatMap((line) => line.split(' ')),
);

/** What shows that a framework, a driver or a stack spoke in our place. */
const INSIDES =
  /FST_ERR|"statusCode":|node_modules|node:internal|\bat .+\.(?:js|ts):\d+|QueryFailedError|ECONN|violates .* constraint|syntax error at/;
const COOKIE = /^bhf_(?:session|request_[0-9a-f-]{36})=[\w-]*; .*Path=\/.*HttpOnly; SameSite=Lax$/;
const PROBLEM_TYPE = /\/errors#([a-z-]+)$/;

/** What is said to a request whose method and address could not be read. */
const UNREADABLE = '{"error":"invalid_request"}';

/** How an address tells of its faults. */
type Dialect = 'oauth' | 'problem' | 'page';

export interface Expected {
  /** The raw target that was sent, or null where the request was not one that can be told apart. */
  readonly target: string | null;
  readonly head?: boolean;
  /** The server may hang up without a word: what came was no whole request. */
  readonly silence?: boolean;
}

/** Everything that is wrong with what came back; empty where nothing is. */
export function complaintsOf(given: Exchange, expected: Expected, foreign: Foreign): string[] {
  const answers = given.answers.filter(({ status }) => status >= 200);
  return [
    ...(given.ended === 'refused' ? ['nobody listens any more'] : []),
    ...(!expected.silence && given.wait_ms !== null && given.wait_ms > ANSWER_DEADLINE_MS
      ? [`the answer took ${Math.round(given.wait_ms)} ms`]
      : []),
    ...(answers.length || expected.silence ? [] : [`no answer; the connection was ${given.ended}`]),
    ...(given.ended === 'deadline' && answers.length ? ['the connection stayed open after the answer'] : []),
    ...(given.rest && !(expected.head && given.rest === UNREADABLE)
      ? [`bytes that are no answer: ${JSON.stringify(given.rest.slice(0, 120))}`]
      : []),
    ...answers.flatMap((answer) => complaintsOfAnswer(answer, expected, foreign)),
  ];
}

function complaintsOfAnswer(answer: RawAnswer, { target, head }: Expected, foreign: Foreign): string[] {
  const { status, body } = answer;
  const text = body.toString();
  const shown = `${status} ${text.slice(0, 160)}`;
  return [
    ...(status >= 500 ? [`a fault of the server: ${shown}`] : []),
    ...(INSIDES.test(text) && !text.startsWith('<!doctype') ? [`the inside shows: ${shown}`] : []),
    ...foreign.secrets.filter((secret) => text.includes(secret)).map((secret) => `${secret} of another organization was told`),
    ...complaintsOfHeaders(answer),
    ...(status >= 400 && !head ? [complaintOfShape(answer, target)].flatMap((each) => (each ? [`${each}: ${shown}`] : [])) : []),
    ...(status >= 300 && status < 400 && status !== 304 ? complaintsOfRedirect(answer) : []),
  ];
}

function complaintsOfHeaders({ headers }: RawAnswer): string[] {
  const names = headers.map(([name]) => name);
  const twice = names.filter((name, index) => name !== 'set-cookie' && names.indexOf(name) !== index);
  return [
    ...names.filter((name) => !HEADERS.has(name)).map((name) => `the answer has a header ${name}`),
    ...twice.map((name) => `the answer has two headers ${name}`),
    ...headers.filter(([, value]) => /[^\x20-\x7e]/.test(value)).map(([name]) => `the header ${name} holds what is not printable`),
    ...headers.filter(([name, value]) => name === 'set-cookie' && !COOKIE.test(value)).map(([, value]) => `an odd cookie: ${value}`),
    ...(names.includes('x-request-id') ? [] : ['the answer has no X-Request-Id']),
  ];
}

/** Only the authorization endpoint redirects: to our own pages, or to where a client is registered. */
function complaintsOfRedirect({ status, headers }: RawAnswer): string[] {
  const location = headers.find(([name]) => name === 'location')?.[1] ?? '';
  const known = /^(\/(login|consent|oauth2\/authorize\/resume)\?request_id=[0-9a-f-]{36}|https:\/\/app\.test\/callback\?.*)$/.test(
    location,
  );
  return status === 303 && known ? [] : [`a redirect ${status} to ${JSON.stringify(location)}`];
}

function complaintOfShape({ status, headers, body }: RawAnswer, target: string | null): string | null {
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  const spoken = dialectSpoken(type, body.toString(), status);
  if (!spoken) return `an error of ${type || 'no type'} that is none of ours`;
  // Too long a head is refused before its address is known.
  const dialects = target === null || body.toString() === UNREADABLE ? [] : dialectsOf(target);
  return dialects.length && !dialects.includes(spoken) ? `an error in the dialect ${spoken}` : null;
}

function dialectSpoken(type: string, text: string, status: number): Dialect | null {
  if (type.startsWith('text/html')) return text.startsWith('<!doctype html>') ? 'page' : null;
  let document: { type?: unknown; status?: unknown; error?: unknown };
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    return null;
  }
  if (type.startsWith('application/problem+json')) {
    const name = PROBLEM_TYPE.exec(String(document.type))?.[1] ?? '';
    return Object.hasOwn(PROBLEMS, name) && document.status === status ? 'problem' : null;
  }
  const known = Object.hasOwn(OAUTH_ERRORS, String(document.error)) || document.error === 'not_found';
  return type.startsWith('application/json') && known ? 'oauth' : null;
}

/** What an address may answer in: the authorization endpoint shows pages to people, and JSON for what is no request at all. */
function dialectsOf(target: string): Dialect[] {
  if (target.startsWith('/oauth2/authorize')) return ['page', 'oauth'];
  if (/^\/(oauth2|\.well-known)(\/|\?|$)/.test(target)) return ['oauth'];
  if (/^\/(api|health)(\/|\?|$)/.test(target)) return ['problem'];
  return ['page', 'problem'];
}
