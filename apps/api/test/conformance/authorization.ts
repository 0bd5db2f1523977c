import type { AuthorizationRequestDetails } from '@behalf/domain';
import type { Api } from '../support/api.js';
import { type Answer, authorizeQuery, type Browser, newPkce, REDIRECT_URI, type TestClient } from '../support/browser.js';

export type Changed = Record<string, string | undefined>;

/** Origin that `pageOf` gives to an address of our own, which carries none. */
const HERE = 'http://here.test';

/** Sends a good authorization request, but for what is changed. */
export function authorize(
  browser: Browser,
  client: Pick<TestClient, 'client_id' | 'redirect_uris'>,
  changed: Changed = {},
): Promise<Answer> {
  return browser.get(`/oauth2/authorize?${authorizeQuery(client, newPkce(), changed)}`);
}

/** Where an answer sends the browser. */
export function pageOf(answer: Pick<Answer, 'headers'>): URL {
  return new URL(answer.headers.get('location')!, HERE);
}

export function requestIdOf(answer: Pick<Answer, 'headers'>): string {
  return pageOf(answer).searchParams.get('request_id')!;
}

/** The fault was shown here, and the browser sent nowhere. */
export function expectPage(answer: Pick<Answer, 'status' | 'headers'>): void {
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
  expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
}

/** The refusal went to the client: with the error, who answers, and the state as it was sent. */
export function expectRefusal({ issuer }: Pick<Api, 'issuer'>, answer: Answer, error: string, state: string | null = 'state-1'): void {
  expect(answer.status).toBe(303);
  const location = pageOf(answer);
  expect(location.href.startsWith(`${REDIRECT_URI}?`)).toBe(true);
  expect(Object.fromEntries(location.searchParams)).toEqual({
    error,
    error_description: expect.any(String),
    iss: issuer,
    ...(state === null ? {} : { state }),
  });
}

/** What the page reads. */
export function show(browser: Browser, request_id: string): Promise<Answer<AuthorizationRequestDetails>> {
  return browser.get<AuthorizationRequestDetails>(`/api/v1/authorization-requests/${request_id}`);
}

/** What the page sends. */
export function decide(
  browser: Browser,
  request_id: string,
  team_ids: string[],
  decision = 'allow',
): Promise<Answer<{ redirect_to: string }>> {
  return browser.post<{ redirect_to: string }>(`/api/v1/authorization-requests/${request_id}/decision`, { decision, team_ids });
}

/** A request whose consent page the browser is looking at. */
export async function pending(
  browser: Browser,
  client: TestClient,
  changed: Changed = {},
): Promise<{ request_id: string; details: AuthorizationRequestDetails }> {
  const answer = await authorize(browser, client, { prompt: 'consent', ...changed });
  expect(pageOf(answer).pathname).toBe('/consent');
  const request_id = requestIdOf(answer);
  return { request_id, details: (await show(browser, request_id)).body };
}

/** How many codes were made so far. */
export async function countGrants(api: Api): Promise<number> {
  const [row] = await api.sql<{ count: number }>('SELECT count(*)::int4 AS count FROM authorization_grant');
  return row!.count;
}

export function setStatus(admin: Browser, client: TestClient, status: 'enabled' | 'disabled'): Promise<Answer> {
  return admin.send('PUT', `/api/v1/oauth-clients/${client.client_id}/status`, { status });
}
