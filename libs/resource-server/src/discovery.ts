import { METADATA_MAX_AGE_SECONDS } from '@behalf/domain';
import type { Send } from './http.js';
import { wellKnownUrl } from './metadata.js';
import { isSecureUrl } from './options.js';

const MILLISECONDS = 1000;

/**
 * Where the authorization server is asked, by its own metadata (RFC 8414). Read when it is first needed and again when it
 * is old; an old answer is good enough while there is no new one, since it only says where the questions go.
 */
export class Discovery {
  #known: { readonly endpoint: string; readonly read_at: number } | null = null;
  #reading: Promise<string> | null = null;

  constructor(
    private readonly issuer: string,
    private readonly send: Send,
    private readonly timeout_seconds: number,
  ) {}

  /** @throws Error when nothing is known and the server does not say, or is not the one it should be */
  async introspectionEndpoint(): Promise<string> {
    const known = this.#known;
    if (known && performance.now() - known.read_at < METADATA_MAX_AGE_SECONDS * MILLISECONDS) return known.endpoint;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
    if (!known) return this.#reading;
    return this.#reading.catch(() => known.endpoint);
  }

  async #read(): Promise<string> {
    const signal = AbortSignal.timeout(this.timeout_seconds * MILLISECONDS);
    const { status, body } = await this.send(wellKnownUrl(this.issuer, 'oauth-authorization-server'), { method: 'GET', signal });
    if (status !== 200) throw new Error(`the issuer's metadata answered ${status}`);
    const endpoint = endpointIn(body, this.issuer);
    this.#known = { endpoint, read_at: performance.now() };
    return endpoint;
  }
}

/** RFC 8414 §3.3: metadata of another issuer is none; and the secret travels to no address that others can listen at. */
export function endpointIn(body: unknown, issuer: string): string {
  const { issuer: named, introspection_endpoint } = (body ?? {}) as { issuer?: unknown; introspection_endpoint?: unknown };
  if (named !== issuer) throw new Error("the issuer's metadata names another issuer");
  if (typeof introspection_endpoint !== 'string' || !isSecureUrl(introspection_endpoint))
    throw new Error("the issuer's metadata names no usable introspection_endpoint");
  return introspection_endpoint;
}
