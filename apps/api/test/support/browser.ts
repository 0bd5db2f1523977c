import type {
  AuthorizationRequestDetails,
  Client,
  ClientSettings,
  CreatedClient,
  Page,
  SessionInfo,
  Team,
  TokenResponse,
} from '@behalf/domain';
import { createHash, randomBytes } from 'node:crypto';
import type { Api } from './api.js';
import { PASSWORD } from './constants.js';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, where it is. */
  readonly body: T;
}

/** A browser's worth of cookies, without a browser: it follows no redirect by itself. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(readonly api: Pick<Api, 'issuer'>) {}

  async send<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(path.startsWith('http') ? path : this.api.issuer + path, {
      method,
      redirect: 'manual',
      headers: { ...(cookie ? { cookie } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    for (const line of response.headers.getSetCookie()) this.#take(line);
    return toAnswer<T>(response);
  }

  get<T = Record<string, unknown>>(path: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.send<T>('GET', path, undefined, headers);
  }

  post<T = Record<string, unknown>>(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.send<T>('POST', path, body, headers);
  }

  /** Signs in; the browser acts in the user's home organization afterwards. */
  async signIn(email: string): Promise<SessionInfo> {
    const answer = await this.post<SessionInfo>('/api/v1/session', { email, password: PASSWORD });
    if (answer.status !== 201) throw new Error(`sign-in answered ${answer.status} ${answer.text}`);
    return answer.body;
  }

  /** The same browser, cookies and all, at another process. */
  at(api: Pick<Api, 'issuer'>): Browser {
    const browser = new Browser(api);
    for (const [name, value] of this.cookies) browser.cookies.set(name, value);
    return browser;
  }

  #take(line: string): void {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split('=');
    if (attributes.some((each) => each === 'Max-Age=0' || each.startsWith('Expires=Thu, 01 Jan 1970'))) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** A signed-in browser. */
export async function browserOf(api: Pick<Api, 'issuer'>, email: string): Promise<Browser> {
  const browser = new Browser(api);
  await browser.signIn(email);
  return browser;
}

/** Sends a form, as clients do; a list of pairs may repeat a name. */
export async function form<T = Record<string, unknown>>(
  api: Pick<Api, 'issuer'>,
  path: string,
  fields: Record<string, string> | [string, string][] | string,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const response = await fetch(api.issuer + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: typeof fields === 'string' ? fields : new URLSearchParams(fields).toString(),
  });
  return toAnswer<T>(response);
}

async function toAnswer<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  let body: unknown = undefined;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  return { status: response.status, headers: response.headers, text, body: body as T };
}

export const REDIRECT_URI = 'https://app.test/callback';

/** A client as a test knows it: with its secret. */
export interface TestClient extends Client {
  readonly client_secret: string | undefined;
}

/** Registers a client as the administrator; confidential, with refresh tokens, unless said otherwise. */
export async function createClient(admin: Browser, settings: Partial<ClientSettings> = {}): Promise<TestClient> {
  const body = {
    client_name: 'test client',
    redirect_uris: [REDIRECT_URI],
    issue_refresh_token: true,
    confirmed_risks: ['long_lived_full_access'],
    ...settings,
  };
  const answer = await admin.post<CreatedClient>('/api/v1/oauth-clients', body);
  if (answer.status !== 201) throw new Error(`create answered ${answer.status} ${answer.text}`);
  return { ...answer.body.client, client_secret: answer.body.client_secret };
}

export interface Pkce {
  readonly code_verifier: string;
  readonly code_challenge: string;
}

export function newPkce(): Pkce {
  const code_verifier = randomBytes(32).toString('base64url');
  return { code_verifier, code_challenge: createHash('sha256').update(code_verifier).digest('base64url') };
}

/** The parameters of a good authorization request; a test changes what it is about. */
export function authorizeQuery(
  client: Pick<Client, 'client_id' | 'redirect_uris'>,
  pkce: Pkce,
  changed: Record<string, string | undefined> = {},
): string {
  const parameters: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0],
    code_challenge: pkce.code_challenge,
    code_challenge_method: 'S256',
    state: 'state-1',
    ...changed,
  };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given).toString();
}

export interface Consented {
  readonly code: string;
  readonly pkce: Pkce;
  readonly redirect: URL;
  readonly request_id: string | null;
}

/** Runs the flow up to the code: authorize, the page, allow; straight through where the consent is remembered. */
export async function consent(
  browser: Browser,
  client: Pick<Client, 'client_id' | 'redirect_uris'>,
  options: { teams?: string[]; parameters?: Record<string, string | undefined> } = {},
): Promise<Consented> {
  const pkce = newPkce();
  const authorize = await browser.get(`/oauth2/authorize?${authorizeQuery(client, pkce, options.parameters)}`);
  if (authorize.status !== 303) throw new Error(`authorize answered ${authorize.status} ${authorize.text}`);
  const location = new URL(authorize.headers.get('location')!, browser.api.issuer);
  const request_id = location.searchParams.get('request_id');
  const redirect = request_id === null ? location : await allow(browser, request_id, options.teams);
  const code = redirect.searchParams.get('code');
  if (!code) throw new Error(`no code in ${redirect.href}`);
  return { code, pkce, redirect, request_id };
}

/** Looks at the consent page and allows it, on the named teams or the first one offered. */
export async function allow(browser: Browser, request_id: string, names?: string[]): Promise<URL> {
  const path = `/api/v1/authorization-requests/${request_id}`;
  const page = await browser.get<AuthorizationRequestDetails>(path);
  if (page.status !== 200 || !page.body.user) throw new Error(`the page answered ${page.status} ${page.text}`);
  const teams = page.body.selectable_teams.filter((team, index) => (names ? names.includes(team.name) : index === 0));
  const decision = await browser.post<{ redirect_to: string }>(`${path}/decision`, {
    decision: 'allow',
    team_ids: teams.map(({ id }) => id),
  });
  if (decision.status !== 200) throw new Error(`the decision answered ${decision.status} ${decision.text}`);
  return new URL(decision.body.redirect_to);
}

/** The credentials of a client as form fields. */
export function credentials(client: Pick<TestClient, 'client_id' | 'client_secret'>): Record<string, string> {
  return { client_id: client.client_id, ...(client.client_secret === undefined ? {} : { client_secret: client.client_secret }) };
}

/** Exchanges a code. */
export function exchange(
  api: Pick<Api, 'issuer'>,
  client: Pick<TestClient, 'client_id' | 'client_secret'>,
  { code, pkce }: Pick<Consented, 'code' | 'pkce'>,
  changed: Record<string, string> = {},
): Promise<Answer<TokenResponse & { error?: string }>> {
  return form(api, '/oauth2/token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: pkce.code_verifier,
    ...credentials(client),
    ...changed,
  });
}

/** Refreshes. */
export function refresh(
  api: Pick<Api, 'issuer'>,
  client: Pick<TestClient, 'client_id' | 'client_secret'>,
  refresh_token: string,
  changed: Record<string, string> = {},
): Promise<Answer<TokenResponse & { error?: string }>> {
  return form(api, '/oauth2/token', { grant_type: 'refresh_token', refresh_token, ...credentials(client), ...changed });
}

/** The whole flow: tokens that the user of the browser granted. */
export async function obtainTokens(
  api: Pick<Api, 'issuer'>,
  browser: Browser,
  client: TestClient,
  options: { teams?: string[]; parameters?: Record<string, string | undefined> } = {},
): Promise<TokenResponse> {
  const answer = await exchange(api, client, await consent(browser, client, options));
  if (answer.status !== 200) throw new Error(`the exchange answered ${answer.status} ${answer.text}`);
  return answer.body;
}

export function introspect(api: Pick<Api, 'issuer'>, client: TestClient, token: string): Promise<Answer> {
  return form(api, '/oauth2/introspect', { token, ...credentials(client) });
}

export function revoke(api: Pick<Api, 'issuer'>, client: TestClient, token: string, changed: Record<string, string> = {}): Promise<Answer> {
  return form(api, '/oauth2/revoke', { token, ...credentials(client), ...changed });
}

export function userinfo(api: Pick<Api, 'issuer'>, access_token: string): Promise<Answer> {
  return new Browser(api).get('/oauth2/userinfo', { authorization: `Bearer ${access_token}` });
}

/** The organization's team of a name, as the browser's user sees it. */
export async function teamNamed(browser: Browser, name: string): Promise<Team> {
  const { body } = await browser.get<Page<Team>>('/api/v1/teams');
  const team = body.items.find((each) => each.name === name);
  if (!team) throw new Error(`no team ${name}`);
  return team;
}
