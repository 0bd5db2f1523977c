import { type ActiveToken, isSameResource, isThumbprint } from '@behalf/domain';
import { LRUCache } from 'lru-cache';
import { createHash } from 'node:crypto';
import type { Settings } from './options.js';

const MILLISECONDS = 1000;

/** Asks about one token. @throws Error when there is no answer to rely on */
export type Ask = (token: string) => Promise<ActiveToken | null>;

interface Waiting {
  readonly answer: Promise<ActiveToken | null>;
  readonly send: () => void;
}

/**
 * Live introspection. Requests with the same token that arrive in the same tick share one question; none joins a question that
 * was already sent, since an answer older than the request would make a revocation late.
 */
export class LiveIntrospection {
  readonly #waiting = new Map<string, Waiting>();
  readonly #cache: LRUCache<string, ActiveToken> | null;
  #open = 0;

  constructor(
    private readonly ask: Ask,
    private readonly settings: Pick<Settings, 'cache_seconds' | 'cache_max_tokens' | 'max_open'>,
  ) {
    const { cache_seconds, cache_max_tokens: max } = settings;
    this.#cache = cache_seconds > 0 ? new LRUCache({ max, ttl: cache_seconds * MILLISECONDS, ttlResolution: 0 }) : null;
  }

  /** What the token may do now; null when it is not active. @throws Error when there is no answer to rely on */
  introspect(token: string): Promise<ActiveToken | null> {
    const cached = this.#cache?.get(keyOf(token));
    // By this machine's clock too: no cache outlives the token.
    if (cached && cached.exp * MILLISECONDS > Date.now()) return Promise.resolve(cached);
    const waiting = this.#waiting.get(token);
    if (waiting) return waiting.answer;
    if (this.#open >= this.settings.max_open) return Promise.reject(new Error('too many questions are open'));
    return this.#wait(token);
  }

  #wait(token: string): Promise<ActiveToken | null> {
    if (!this.#waiting.size) setImmediate(() => this.#send());
    this.#open += 1;
    const { promise: gate, resolve: send } = withResolvers();
    const answer = gate.then(() => this.#asked(token)).finally(() => (this.#open -= 1));
    this.#waiting.set(token, { answer, send });
    return answer;
  }

  /** From here on nobody joins. */
  #send(): void {
    const leaving = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { send } of leaving) send();
  }

  async #asked(token: string): Promise<ActiveToken | null> {
    const asked_at = performance.now();
    const answer = await this.ask(token);
    // An answer ages from when it was asked for, so that the promised delay holds whatever the way took.
    const ttl = this.settings.cache_seconds * MILLISECONDS - (performance.now() - asked_at);
    if (answer && this.#cache && ttl > 0) this.#cache.set(keyOf(token), answer, { ttl });
    return answer;
  }
}

/** A memory dump of the cache gives no token away. */
function keyOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

/**
 * The token that an introspection answer speaks of (RFC 7662 §2.2); null for anything but an active access token of this issuer that is
 * meant for this API. A refresh token, which its own client may introspect, has no `token_type` and opens nothing.
 *
 * @throws Error for an answer that is none
 */
export function activeToken(body: unknown, { issuer, resource }: Pick<Settings, 'issuer' | 'resource'>): ActiveToken | null {
  const answer = (typeof body === 'object' && body !== null ? body : {}) as Partial<Omit<ActiveToken, 'active'>> & { active?: unknown };
  if (answer.active === false) return null;
  if (answer.active !== true) throw new Error('the introspection answer does not say whether the token is active');
  const audiences = [answer.aud].flat().filter((each) => typeof each === 'string');
  if (!isAccessToken(answer) || answer.iss !== issuer) return null;
  if (!audiences.includes(issuer) && (resource === null || !audiences.some((each) => isSameResource(each, resource)))) return null;
  const texts = [answer.sub, answer.client_id, answer.token_id, answer.scope];
  if (!texts.every((text) => typeof text === 'string') || typeof answer.exp !== 'number' || !Array.isArray(answer.authorized_team_ids))
    throw new Error('the introspection answer lacks a member');
  return answer as ActiveToken;
}

/** A bearer token, or one that is bound to a key we know how to ask for: any other binding is none that could be held to (RFC 9449 §6.2, RFC 8705 §3). */
function isAccessToken({ token_type, cnf }: Partial<Omit<ActiveToken, 'active'>>): boolean {
  if (token_type === 'Bearer') return cnf === undefined;
  return token_type === 'DPoP' && typeof cnf?.jkt === 'string' && isThumbprint(cnf.jkt) && Object.keys(cnf).length === 1;
}
