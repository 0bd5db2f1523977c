import type { ReplayStore } from './replay-store.js';

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** As many as 24 random bytes take in base64. */
const NONCE_SECRET_MIN_CHARACTERS = 32;

/** Longest time that a revocation may be late by choice. */
const MAX_CACHE_SECONDS = 300;

/** How an API that is called finds its authorization server, and how patient it is. */
export interface ResourceServerOptions {
  /** The authorization server, exactly as its metadata names it: https, or http on loopback. */
  readonly issuer: string;
  /** Of a client on which 'Resource server' is switched on. */
  readonly client_id: string;
  readonly client_secret: string;
  /** This API's own identifier (RFC 9728 §1.2), an address without query or fragment. Without it no metadata is served or named. */
  readonly resource?: string | undefined;
  /** A name for people, in the metadata. */
  readonly resource_name?: string | undefined;
  /** What tokens may be asked to carry, in the metadata. Default: read, write. */
  readonly scopes_supported?: readonly string[] | undefined;
  /**
   * Where this API's addresses begin, as its callers write them: what DPoP proofs are made for (RFC 9449 §4.3). A request's path is put behind
   * it. Default: the origin of `resource`. Without either, tokens that are bound to a key are refused.
   */
  readonly public_url?: string | undefined;
  /** Where several processes remember together which proofs were used. Default: each in its own memory. */
  readonly replay_store?: ReplayStore | undefined;
  /**
   * Proofs that the memory of this process holds at most, each for three minutes and at 22 to 43 bytes; what comes beyond is answered 503.
   * Default: 2000000.
   */
  readonly max_fresh_proofs?: number | undefined;
  /**
   * Demands nonces of our own in proofs (RFC 9449 §9), which no key can sign ahead of time: the secrets that they are made with, of 32
   * characters and more, the same in all processes. The first one makes nonces, those of every one are taken. Default: none, no nonces.
   */
  readonly dpop_nonce_secrets?: readonly string[] | undefined;
  /** In challenges. Default: api. */
  readonly realm?: string | undefined;
  /** How long a caller waits for the authorization server before it is answered 503. Default: 2. */
  readonly timeout_seconds?: number | undefined;
  /** Connections that are kept and reused. Default: 16. */
  readonly connections?: number | undefined;
  /** Questions that may be open at once; what comes beyond is answered 503 at once. Default: 1000. */
  readonly max_open?: number | undefined;
  /** Default: 0, no cache. Else a revocation, a pause, a lowered role may act this many seconds late; at most 300. */
  readonly cache_seconds?: number | undefined;
  /** Tokens that the cache holds at most. Default: 1000. */
  readonly cache_max_tokens?: number | undefined;
  /** Whether the adapters report every call to the audit log. Default: false. */
  readonly report_calls?: boolean | undefined;
  /** Different events that may wait to be reported; what comes beyond is dropped and counted. Default: 10000. */
  readonly max_waiting_events?: number | undefined;
  /** Told of what went wrong behind a 503 or a report that was not taken. It never holds a token or a secret. */
  readonly on_fault?: ((fault: Error) => void) | undefined;
}

/** The options with every default, once they are judged. */
export type Settings = Omit<
  { readonly [Name in keyof ResourceServerOptions]-?: Exclude<ResourceServerOptions[Name], undefined> },
  'resource' | 'resource_name' | 'public_url' | 'replay_store' | 'dpop_nonce_secrets'
> & {
  readonly resource: string | null;
  readonly resource_name: string | null;
  readonly public_url: string | null;
  readonly replay_store: ReplayStore | null;
  readonly dpop_nonce_secrets: readonly string[] | null;
};

const DEFAULTS = {
  scopes_supported: ['read', 'write'],
  realm: 'api',
  timeout_seconds: 2,
  connections: 16,
  max_open: 1000,
  cache_seconds: 0,
  cache_max_tokens: 1000,
  report_calls: false,
  max_waiting_events: 10_000,
  max_fresh_proofs: 2_000_000,
  on_fault: () => undefined,
} as const;

/**
 * Judges the options and fills in the defaults.
 *
 * @throws TypeError that lists every fault
 */
export function readOptions(options: ResourceServerOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const nothing = { resource: null, resource_name: null, public_url: null, replay_store: null, dpop_nonce_secrets: null };
  const settings = { ...DEFAULTS, ...nothing, ...given } as unknown as Settings;
  const faults = faultsOf(settings);
  if (faults.length) throw new TypeError(`The resource server cannot start: ${faults.join('; ')}.`);
  return { ...settings, public_url: publicUrl(settings) };
}

/** Without a slash at its end, since a path begins with one. */
function publicUrl({ public_url, resource }: Settings): string | null {
  if (public_url !== null) return public_url.replace(/\/+$/, '');
  return resource === null ? null : new URL(resource).origin;
}

function faultsOf(settings: Settings): string[] {
  const faults: string[] = [];
  if (!isSecureUrl(settings.issuer)) faults.push('issuer must be an https address, or http on loopback, without query or fragment');
  if (settings.resource !== null && !isSecureUrl(settings.resource)) faults.push('resource must be such an address too');
  if (settings.public_url !== null && !isSecureUrl(settings.public_url)) faults.push('public_url must be such an address too');
  for (const name of ['client_id', 'client_secret'] as const)
    if (typeof settings[name] !== 'string' || !settings[name]) faults.push(`${name} is missing`);
  if (!areNonceSecrets(settings.dpop_nonce_secrets))
    faults.push(`dpop_nonce_secrets must hold at least one secret, each of ${NONCE_SECRET_MIN_CHARACTERS} characters and more`);
  if (!(settings.timeout_seconds > 0)) faults.push('timeout_seconds must be more than 0');
  if (!(settings.cache_seconds >= 0 && settings.cache_seconds <= MAX_CACHE_SECONDS))
    faults.push(`cache_seconds must be from 0 to ${MAX_CACHE_SECONDS}`);
  for (const name of ['connections', 'max_open', 'cache_max_tokens', 'max_waiting_events', 'max_fresh_proofs'] as const)
    if (!Number.isInteger(settings[name]) || settings[name] < 1) faults.push(`${name} must be a whole number from 1`);
  return faults;
}

/** An empty list is no way to switch nonces off: it is what a variable looks like that was not set. */
function areNonceSecrets(secrets: unknown): boolean {
  if (secrets === null) return true;
  if (!Array.isArray(secrets) || !secrets.length) return false;
  return secrets.every((each) => typeof each === 'string' && each.length >= NONCE_SECRET_MIN_CHARACTERS);
}

/** https, or http where nobody can listen in; RFC 8414 §2 and RFC 9728 §1.2 allow no query and no fragment. */
export function isSecureUrl(text: string): boolean {
  if (typeof text !== 'string' || !URL.canParse(text) || /[?#]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return !username && !password && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname)));
}
