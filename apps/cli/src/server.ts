import { OAUTH_ENDPOINTS, type ProblemDocument, type TokenResponse } from '@behalf/domain';
import { type Credentials, readCredentials, writeCredentials } from './credentials.js';
import { fail } from './fault.js';

const MILLISECONDS = 1000;
/** Renewed this long before it ends, so that none ends on its way. */
const EARLY_MILLISECONDS = 30_000;
const PATIENCE_MILLISECONDS = 30_000;

/** Sends a form to one of the protocol's endpoints. */
export async function sendForm(issuer: string, path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
  return send(issuer + path, { method: 'POST', body: new URLSearchParams(fields) });
}

export function credentialsOf(issuer: string, client_id: string, tokens: TokenResponse): Credentials {
  const { access_token, refresh_token, expires_in } = tokens;
  return { issuer, client_id, access_token, refresh_token, expires_at: Date.now() + expires_in * MILLISECONDS };
}

/** The server, called as whoever has signed in. */
export class Server {
  #credentials: Credentials;

  /** @throws Fault where nobody has signed in */
  constructor(private readonly file: string) {
    this.#credentials = readCredentials(file) ?? fail('You are not signed in: run behalf login.');
  }

  get issuer(): string {
    return this.#credentials.issuer;
  }

  /** Of the client that the sign-in belongs to. */
  get client_id(): string {
    return this.#credentials.client_id;
  }

  /**
   * Calls a route.
   *
   * @throws Fault with what the server says
   */
  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${await this.#token()}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const response = await send(this.issuer + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
    const problem = (await response.json().catch(() => ({}))) as Partial<ProblemDocument>;
    if (response.status === 401) fail('Your sign-in has ended: run behalf login.');
    fail(
      [problem.title ?? `The server answered ${response.status}`, problem.permission].filter(Boolean).join(': '),
      ...(problem.errors ?? []).map(({ pointer, detail }) => `  ${pointer}: ${detail}`),
      ...(problem.detail ? [`  ${problem.detail}`] : []),
    );
  }

  async #token(): Promise<string> {
    const { issuer, client_id, refresh_token, expires_at, access_token } = this.#credentials;
    if (Date.now() < expires_at - EARLY_MILLISECONDS) return access_token;
    if (!refresh_token) return fail('Your sign-in has ended: run behalf login.');
    const response = await sendForm(issuer, OAUTH_ENDPOINTS.token, { grant_type: 'refresh_token', refresh_token, client_id });
    if (!response.ok) return fail('Your sign-in has ended: run behalf login.');
    this.#credentials = credentialsOf(issuer, client_id, (await response.json()) as TokenResponse);
    writeCredentials(this.file, this.#credentials);
    return this.#credentials.access_token;
  }
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, { ...init, redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MILLISECONDS) });
  } catch (error) {
    return fail(`${new URL(address).origin} does not answer: ${(error as Error).message}.`);
  }
}
