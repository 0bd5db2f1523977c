import { expect, test } from '@playwright/test';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { createClient, expectAccessible, signIn, watchPolicy } from '../support/console.js';
import { ADMIN, DEV, LABS, PASSWORD, VIEWER } from '../support/people.js';
import { arrived, hostApp, loopbackServer, relyingParty } from '../support/relying-party.js';

test('openid-client signs a user in, calls userinfo, refreshes, and is cut off by a pause in the console (UX-02, UX-08)', async ({
  browser,
  baseURL,
}) => {
  const issuer = baseURL!;
  const console_ = await (await browser.newContext({ baseURL: issuer })).newPage();
  await signIn(console_, ADMIN);
  const { port, server } = await loopbackServer();
  const redirect_uri = `http://localhost:${port}/callback`;
  const client = await createClient(console_, { client_name: 'wall-display', redirect_uris: [redirect_uri], issue_refresh_token: true });

  const page = await (await browser.newContext({ baseURL: issuer })).newPage();
  const policy = watchPolicy(page);
  const rp = await relyingParty(issuer, client.client_id, client.client_secret, redirect_uri);
  await page.goto((await rp.authorizationUrl({ scope: 'openid email read' })).href);
  await expect(page.getByText('wall-display')).toBeVisible();
  await signIn(page, DEV);

  await expect(page.getByRole('heading', { name: 'wall-display' })).toBeVisible();
  await expect(page.getByText('wants to act on your behalf at Acme')).toBeVisible();
  await expect(page.getByText('dev@acme.example')).toBeVisible();
  await expect(page.getByText('Read-only access')).toBeVisible();
  await expect(page.getByText('1 hour at a time, renewed on its own until')).toBeVisible();
  await expect(page.getByText('You will be sent back to localhost')).toBeVisible();
  await expectAccessible(page);
  const allow = page.getByRole('button', { name: 'Allow' });
  await expect(allow).toBeDisabled();
  const teams = page.getByRole('radiogroup', { name: 'Choose a team' });
  await expect(teams.getByRole('radio')).toHaveCount(2);
  await teams.getByRole('radio', { name: 'Staging' }).check();
  await allow.click();
  const tokens = await rp.finish(await arrived(page, redirect_uri));
  expect(policy).toEqual({ refused: [], foreign: [] });

  const info = await oidc.fetchUserInfo(rp.config, tokens.access_token, tokens.claims()!.sub);
  expect(info).toMatchObject({ email: DEV, authorized_teams: [{ name: 'Staging' }] });
  const renewed = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token!);
  expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  expect((await oidc.tokenIntrospection(rp.config, renewed.access_token)).active).toBe(true);

  await page.goto((await rp.authorizationUrl({ scope: 'openid email read' })).href);
  await arrived(page, redirect_uri);

  await console_.goto('/settings/oauth-clients');
  await console_.getByRole('switch', { name: 'Status of wall-display' }).click();
  const dialog = console_.getByRole('dialog', { name: 'Pause OAuth client' });
  await expect(dialog).toContainText('Existing tokens stop working immediately');
  await expect(dialog).toContainText('1 live token of 1 user');
  await expectAccessible(console_);
  await dialog.getByRole('button', { name: 'Pause client' }).click();
  await expect(console_.getByText('wall-display is paused')).toBeVisible();
  await expect(oidc.fetchUserInfo(rp.config, renewed.access_token, oidc.skipSubjectCheck)).rejects.toThrow();
  await page.goto((await rp.authorizationUrl()).href);
  await expect(page.getByRole('heading', { name: 'The application is not known here' })).toBeVisible();
  await expectAccessible(page);
  server.close();
});

test('a public client on loopback comes back to a port that nobody registered, on several teams (UX-08)', async ({ page, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, {
    client_name: 'acme-agent',
    client_type: 'public',
    redirect_uris: ['http://127.0.0.1/callback'],
    team_selection: 'multiple',
    access_preset: 'full_access',
    issue_refresh_token: true,
  });
  const { port, server } = await loopbackServer();
  try {
    const redirect_uri = `http://127.0.0.1:${port}/callback`;
    const rp = await relyingParty(baseURL!, client.client_id, undefined, redirect_uri);
    await page.goto((await rp.authorizationUrl()).href);
    await expect(page.getByText('Any program on this device could be asking')).toBeVisible();
    await expect(page.getByText('modify and delete')).toBeVisible();
    await expectAccessible(page);
    const teams = page.getByRole('group', { name: 'Choose teams' });
    await teams.getByRole('checkbox', { name: 'Select all' }).check();
    await expect(teams.getByText('3 of 3')).toBeVisible();
    await teams.getByRole('checkbox', { name: 'Security' }).uncheck();
    await expect(teams.getByText('2 of 3')).toBeVisible();
    await page.getByRole('button', { name: 'Allow' }).click();
    const tokens = await rp.finish(await arrived(page, redirect_uri));
    expect(tokens.scope).toBe('read write');
    const info = await oidc.fetchUserInfo(rp.config, tokens.access_token, oidc.skipSubjectCheck);
    expect((info['authorized_teams'] as { name: string }[]).map(({ name }) => name)).toEqual(['Production', 'Staging']);

    await page.goto((await rp.authorizationUrl()).href);
    await expect(page.getByRole('heading', { name: 'acme-agent' })).toBeVisible();
    await expect(page.getByRole('checkbox', { name: 'Production' })).toBeChecked();
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(new URL(await arrived(page, redirect_uri)).searchParams.get('error')).toBe('access_denied');
  } finally {
    server.close();
  }
});

test('oauth4webapi finds the wire right: refresh, revoke, and a lowered role that bites on the next call', async ({ browser, baseURL }) => {
  const admin = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signIn(admin, ADMIN);
  const redirect_uri = 'https://app.test/callback';
  const registered = await createClient(admin, {
    client_name: 'strict',
    access_preset: 'full_access',
    issue_refresh_token: true,
    redirect_uris: [redirect_uri],
  });
  const context = await browser.newContext({ baseURL: baseURL! });
  await hostApp(context);
  const page = await context.newPage();

  const insecure = { [oauth.allowInsecureRequests]: true };
  const issuer = new URL(baseURL!);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
  const client: oauth.Client = { client_id: registered.client_id };
  const authentication = oauth.ClientSecretPost(registered.client_secret);
  const code_verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(as.authorization_endpoint!);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri,
    response_type: 'code',
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(code_verifier),
    code_challenge_method: 'S256',
  }).toString();
  await page.goto(url.href);
  await signIn(page, VIEWER);
  await expect(page.getByRole('radio', { name: 'Production' })).toBeChecked();
  await page.getByRole('button', { name: 'Allow' }).click();
  const parameters = oauth.validateAuthResponse(as, client, new URL(await arrived(page, redirect_uri)), state);
  const answer = await oauth.authorizationCodeGrantRequest(as, client, authentication, parameters, redirect_uri, code_verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, answer);

  const call = (access_token: string) => fetch(`${baseURL!}/api/v1/users`, { headers: { authorization: `Bearer ${access_token}` } });
  expect((await call(tokens.access_token)).status).toBe(403);
  const users = (await (await admin.request.get('/api/v1/users?search=viewer')).json()) as {
    items: { id: string; teams: { id: string }[] }[];
  };
  const [user] = users.items;
  const role = (name: string) => admin.request.put(`/api/v1/teams/${user!.teams[0]!.id}/members/${user!.id}`, { data: { role: name } });
  expect((await role('standard_user')).status()).toBe(200);
  expect((await call(tokens.access_token)).status).toBe(200);
  expect((await role('read_only_user')).status()).toBe(200);
  expect((await call(tokens.access_token)).status).toBe(403);

  const refreshed = await oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, authentication, tokens.refresh_token!, insecure),
  );
  const revocation = await oauth.revocationRequest(as, client, authentication, refreshed.refresh_token!, insecure);
  await oauth.processRevocationResponse(revocation);
  const introspection = await oauth.introspectionRequest(as, client, authentication, refreshed.access_token, insecure);
  expect((await oauth.processIntrospectionResponse(as, client, introspection)).active).toBe(false);
});

test('another account can be used, an outsider can only cancel, and an answered request has ended', async ({ page, context, baseURL }) => {
  await hostApp(context);
  await signIn(page, ADMIN);
  const redirect_uri = 'https://app.test/callback';
  const client = await createClient(page, { client_name: 'sales-sync', redirect_uris: [redirect_uri] });
  const rp = await relyingParty(baseURL!, client.client_id, client.client_secret, redirect_uri);
  await page.goto((await rp.authorizationUrl()).href);
  const address = page.url();
  await page.getByRole('button', { name: 'Use another account' }).click();
  await expect(page).toHaveURL(/\/login/);
  await signIn(page, LABS);
  await expect(page.getByText('None of your teams can be used')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Allow' })).toBeDisabled();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Cancel' }).click();
  expect(new URL(await arrived(page, redirect_uri)).searchParams.get('error')).toBe('access_denied');
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'This request has ended' })).toBeVisible();
  await expectAccessible(page);
});

for (const [what, settings, landing] of [
  ['another origin', { redirect_uris: ['https://app.test/callback'] }, /^https:\/\/app\.test\/callback\?code=/],
  ['a program on this device', { redirect_uris: ['http://127.0.0.1/callback'] }, /^http:\/\/127\.0\.0\.1:\d+\/callback\?code=/],
  ['a client that redirects on to a third origin', { redirect_uris: ['https://app.test/hop'] }, 'https://third.test/landing'],
] as const) {
  test(`the last hop reaches ${what}, from the consent page and from the sign-in page (UX-03)`, async ({ page, context, baseURL }) => {
    await hostApp(context);
    await context.route('https://third.test/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Third</title><h1>Third</h1>' }),
    );
    await context.route('https://app.test/hop**', (route) =>
      route.fulfill({ status: 302, headers: { location: 'https://third.test/landing' } }),
    );
    await signIn(page, ADMIN);
    const { port, server } = await loopbackServer();
    const [redirect_uri] = settings.redirect_uris;
    const client = await createClient(page, { client_name: 'hopper', redirect_uris: [redirect_uri] });
    const rp = await relyingParty(baseURL!, client.client_id, client.client_secret, redirect_uri.replace('127.0.0.1', `127.0.0.1:${port}`));
    await page.goto((await rp.authorizationUrl()).href);
    await page.getByRole('radio', { name: 'Production' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page).toHaveURL(landing);
    await context.clearCookies();
    await page.goto((await rp.authorizationUrl()).href);
    await page.getByLabel('Email').fill(ADMIN);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(landing);
    server.close();
  });
}
