import type { AuthorizationRequestDetails, Client, TokenResponse } from '@behalf/domain';
import { type APIRequestContext, expect, type PlaywrightWorkerArgs } from '@playwright/test';
import { createHash, randomBytes } from 'node:crypto';
import { PASSWORD } from './people.js';

type Granted = Client & { readonly client_secret: string };

/** Runs the flow as a user without a browser, for journeys that are about something else: a live authorization. */
export async function grant(
  { request }: PlaywrightWorkerArgs['playwright'],
  baseURL: string,
  client: Granted,
  email: string,
  teams: readonly string[],
): Promise<TokenResponse> {
  const context = await request.newContext({ baseURL });
  try {
    expect((await context.post('/api/v1/session', { data: { email, password: PASSWORD } })).status()).toBe(201);
    const code_verifier = randomBytes(32).toString('base64url');
    const code = await consent(context, client, code_verifier, teams);
    const { client_id, client_secret } = client;
    const form = { grant_type: 'authorization_code', code, code_verifier, client_id, ...(client_secret && { client_secret }) };
    const answer = await context.post('/oauth2/token', { form });
    expect(answer.status()).toBe(200);
    return (await answer.json()) as TokenResponse;
  } finally {
    await context.dispose();
  }
}

/** Whether a token works now. */
export async function isAccepted(context: APIRequestContext, { access_token }: TokenResponse): Promise<boolean> {
  const answer = await context.get('/oauth2/userinfo', { headers: { authorization: `Bearer ${access_token}` } });
  return answer.status() === 200;
}

/** What the management API answers an integration that writes to a team: 200 for whoever may manage it. */
export async function callTeam(context: APIRequestContext, { access_token }: TokenResponse, team_id: string): Promise<number> {
  const headers = { authorization: `Bearer ${access_token}` };
  const path = `/api/v1/teams/${team_id}`;
  const team = await context.get(path, { headers });
  if (team.status() !== 200) return team.status();
  const { name } = (await team.json()) as { name: string };
  return (await context.patch(path, { headers, data: { name } })).status();
}

/** Whether a secret proves the client: introspection answers 200 then, else 401. */
export async function isProof(
  context: APIRequestContext,
  { client_id }: Pick<Client, 'client_id'>,
  client_secret: string,
): Promise<boolean> {
  const answer = await context.post('/oauth2/introspect', { form: { token: 'x', client_id, client_secret } });
  return answer.status() === 200;
}

async function consent(context: APIRequestContext, client: Client, verifier: string, teams: readonly string[]): Promise<string> {
  const params = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0]!,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    // Each authorization on the teams that it is asked for, whatever was consented to before.
    prompt: 'consent',
  };
  const authorize = await context.get('/oauth2/authorize', { params, maxRedirects: 0 });
  const request_id = new URL(authorize.headers()['location']!, 'http://here').searchParams.get('request_id')!;
  const path = `/api/v1/authorization-requests/${request_id}`;
  const { selectable_teams } = (await (await context.get(path)).json()) as AuthorizationRequestDetails;
  const team_ids = selectable_teams.filter(({ name }) => teams.includes(name)).map(({ id }) => id);
  const decision = await context.post(`${path}/decision`, { data: { decision: 'allow', team_ids } });
  const { redirect_to } = (await decision.json()) as { redirect_to: string };
  return new URL(redirect_to).searchParams.get('code')!;
}
