/** What was sent or answered, as the recorder of traffic writes it. */
export interface Message {
  readonly is_answer?: true;
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body?: string;
}

/** A value that must stand in no log; one of the redirect may rest in its row until it is answered, and nowhere else. */
export interface Secret {
  readonly kind: string;
  readonly value: string;
}

/** What may stand in the table of pending requests, but in no log and no audit row. */
export const REDIRECT = 'redirect';

const NAMED = new Set([
  'password',
  'current_password',
  'new_password',
  'client_secret',
  'code',
  'code_verifier',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'device_code',
]);
const OF_REDIRECT = new Set(['state', 'nonce']);
/** In JSON a `code` is the name of a fault. */
const CODE = 'code';
const HANDLE = /bhf_[a-z]{2}_[A-Za-z0-9_-]{40,}/g;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SCHEME = /^(Bearer|Basic) +(\S+)$/i;

/** Every secret that a message carries, by its name, its place or its form. */
export function secretsIn({ url = '', headers = {}, body = '' }: Message): Secret[] {
  const { authorization, cookie, location, 'set-cookie': set } = headers;
  return [
    ...ofQuery(url),
    ...[location].flat().flatMap((address) => ofQuery(address ?? '')),
    ...ofAuthorization(String(authorization ?? '')),
    ...[cookie, set].flat().flatMap((line) => ofCookies(line ?? '')),
    ...ofBody(body),
    ...ofForm(JSON.stringify([url, headers]) + body),
  ];
}

/**
 * The secrets of a whole conversation. Tests also send what is public in a secret's place, to see it refused: what the
 * server itself calls a client's id, a challenge that was asked with, and every UUID, is none.
 */
export function secretsOf(messages: readonly Message[]): Secret[] {
  const known = new Set(messages.flatMap(publicIn));
  return messages.flatMap(secretsIn).filter(({ value }) => !UUID.test(value) && !known.has(value));
}

function publicIn({ is_answer, url = '', body = '' }: Message): string[] {
  const named = is_answer ? body.matchAll(/"client_id":"([^"]+)"/g) : `${url}&${body}`.matchAll(/[?&]code_challenge=([^&]+)/g);
  return [...named].map(([, value]) => value!);
}

function ofQuery(address: string): Secret[] {
  const mark = address.indexOf('?');
  return mark < 0 ? [] : ofPairs([...new URLSearchParams(address.slice(mark + 1))]);
}

function ofPairs(pairs: readonly [string, string][]): Secret[] {
  return pairs
    .filter(([name]) => NAMED.has(name) || OF_REDIRECT.has(name))
    .map(([name, value]) => ({ kind: OF_REDIRECT.has(name) ? REDIRECT : name, value }));
}

/** The header's value, and what is inside of a Basic one (RFC 6749 §2.3.1). */
function ofAuthorization(header: string): Secret[] {
  const [, scheme = '', credentials = ''] = SCHEME.exec(header) ?? [];
  if (scheme.toLowerCase() !== 'basic') return [{ kind: 'authorization', value: credentials }];
  const text = Buffer.from(credentials, 'base64').toString();
  const secret = text.slice(text.indexOf(':') + 1);
  const pairs: [string, string][] = [...new URLSearchParams(`client_secret=${secret}`)];
  return [{ kind: 'authorization', value: credentials }, { kind: 'client_secret', value: secret }, ...ofPairs(pairs)];
}

function ofCookies(line: string): Secret[] {
  const pairs = line.split('; ').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]);
  return pairs.filter(([name]) => /bhf_(session|request_)/.test(name!)).map(([, value]) => ({ kind: 'cookie', value: value! }));
}

function ofBody(body: string): Secret[] {
  try {
    return ofJson(JSON.parse(body) as unknown);
  } catch {
    return ofPairs([...new URLSearchParams(body)]);
  }
}

function ofJson(value: unknown): Secret[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    if (typeof inner !== 'string') return ofJson(inner);
    if (name === 'invitation_url') return [{ kind: 'link', value: inner.slice(inner.indexOf('#') + 1) }];
    if (name === 'redirect_to') return ofQuery(inner);
    return NAMED.has(name) && name !== CODE ? [{ kind: name, value: inner }] : [];
  });
}

/** Whatever looks like one of our handles, wherever it stands. */
function ofForm(text: string): Secret[] {
  return [...text.matchAll(HANDLE)].map(([value]) => ({ kind: 'handle', value }));
}
