import { METADATA_MAX_AGE_SECONDS } from '@behalf/domain';
import type { Send } from './http.js';
import { wellKnownUrl } from './metadata.js';
import { isSecureUrl } from './options.js';

const MILLISECONDS = 1000;
/** From one try to read old metadata anew to the next. */
const RETRY_SECONDS = 10;

/**
 * Where the authorization server is asked, by its own metadata (RFC 8414). Read when it is first needed; once it is old it is
 * read anew while nobody waits, since an old answer, which only says where the questions go, is good enough until then.
 */
export class Discovery {
  #known: { readonly endpoint: string; read_anew_at: number } | null = null;
  #reading: Promise<string> | null = null;

  constructor(
    private readonly issuer: string,
    private readonly send: Send,
    private readonly timeout_seconds: number,
  ) {}

  /** @throws Error when nothing is known and the server does not say, or is not the one it should be */
  async introspectionEndpoint(): Promise<string> {
    const known = this.#known;
    if (!known) return this.#readOnce();
    if (performance.now() >= known.read_anew_at) {
      known.read_anew_at = inSeconds(RETRY_SECONDS);
      this.#readOnce().catch(() => undefined);
    }
    return known.endpoint;
  }

  #readOnce(): Promise<string> {
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    return this.#reading;
  }

  async #read(): Promise<string> {
    const signal = AbortSignal.timeout(this.timeout_seconds * MILLISECONDS);
    const { status, body } = await this.send(wellKnownUrl(this.issuer, 'oauth-authorization-server'), { method: 'GET', signal });
    if (status !== 200) throw new Error(`the issuer's metadata answered ${status}`);
    const endpoint = endpointIn(body, this.issuer);
    this.#known = { endpoint, read_anew_at: inSeconds(METADATA_MAX_AGE_SECONDS) };
    return endpoint;
  }
}

const inSeconds = (seconds: number) => performance.now() + seconds * MILLISECONDS;

/** RFC 8414 §3.3: metadata of another issuer is none; and the secret travels to no address that others can listen at. */
export function endpointIn(body: unknown, issuer: string): string {
  const { issuer: named, introspection_endpoint } = (body ?? {}) as { issuer?: unknown; introspection_endpoint?: unknown };
  if (named !== issuer) throw new Error("the issuer's metadata names another issuer");
  if (typeof introspection_endpoint !== 'string' || !isSecureUrl(introspection_endpoint))
    throw new Error("the issuer's metadata names no usable introspection_endpoint");
  return introspection_endpoint;
}
