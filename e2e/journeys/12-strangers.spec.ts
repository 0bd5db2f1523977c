import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, type Page, test } from '@playwright/test';
import { createClient, expectAccessible, signIn, watchPolicy } from '../support/console.js';
import { McpProvider, mcpServer } from '../support/mcp.js';
import { ADMIN, DEV } from '../support/people.js';
import { arrived, loopbackServer } from '../support/relying-party.js';
import { hostSpa } from '../support/spa.js';

const LIFETIME_SECONDS = 8;

test('oidc-client-ts runs in a page of another site: discovery, PKCE, userinfo, silent renewal, revocation (CO-01, CD-01)', async ({
  page,
  baseURL,
}) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, {
    client_name: 'browser app',
    client_type: 'public',
    redirect_uris: ['http://127.0.0.1/callback'],
    issue_refresh_token: true,
    access_token_lifetime_seconds: LIFETIME_SECONDS,
  });
  const { origin, server } = await hostSpa({ authority: baseURL!, client_id: client.client_id, scope: 'openid email read' });
  try {
    const refused: string[] = [];
    page.on('console', (message) => /CORS policy/.test(message.text()) && refused.push(message.text()));
    await page.goto(origin);
    await expect(page.getByRole('status')).toHaveText('Signed out');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'browser app' })).toBeVisible();
    await page.getByRole('radio', { name: 'Production' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await expect(page).toHaveURL(new RegExp(`^${origin}/callback`));
    const status = page.getByRole('status');
    await expect(status).toHaveText(`${ADMIN} · openid email read · renewed 0 times`);
    const held = () => page.evaluate(async () => (await window.manager.getUser())!);
    const first = await held();
    expect(first.profile).toMatchObject({ email: ADMIN, authorized_teams: [{ name: 'Production' }] });

    await expect(status).toHaveText(`${ADMIN} · openid email read · renewed 1 times`, { timeout: 2 * LIFETIME_SECONDS * 1000 });
    const renewed = await held();
    expect([renewed.access_token === first.access_token, renewed.refresh_token === first.refresh_token]).toEqual([false, false]);
    expect(await isAccepted(page, renewed.access_token)).toBe(true);

    await page.getByRole('button', { name: 'Revoke' }).click();
    await expect(status).toHaveText('Revoked');
    expect(await isAccepted(page, renewed.access_token)).toBe(false);
    expect(refused).toEqual([]);
  } finally {
    server.close();
  }
});

/** Asks as the app does, from its own page. */
function isAccepted(page: Page, access_token: string): Promise<boolean> {
  return page.evaluate(async (token) => {
    const metadata = await window.manager.metadataService.getMetadata();
    return (await fetch(metadata.userinfo_endpoint!, { headers: { authorization: `Bearer ${token}` } })).ok;
  }, access_token);
}

for (const scope of [undefined, 'read openid']) {
  test(`an MCP client authorizes ${scope ? 'with the scope of its settings' : 'without a scope'}, calls its server, and refreshes (MC-01)`, async ({
    page,
    baseURL,
  }) => {
    await signIn(page, ADMIN);
    const resource_server = await createClient(page, { client_name: 'mcp server', resource_server: true, redirect_uris: [] });
    const client = await createClient(page, {
      client_name: 'mcp client',
      client_type: 'public',
      redirect_uris: ['http://localhost/callback'],
      issue_refresh_token: true,
      access_token_lifetime_seconds: LIFETIME_SECONDS,
    });
    const { client_id, client_secret, version } = resource_server;
    const [mcp, loopback] = [await mcpServer(baseURL!, { client_id, client_secret }), await loopbackServer()];
    try {
      // Where the organization has named a resource, in whichever journey, each one has to be.
      const named = await page.request.patch(`/api/v1/oauth-clients/${client_id}`, { data: { version, resources: [mcp.url.href] } });
      expect(named.status()).toBe(200);
      const redirect_uri = `http://localhost:${loopback.port}/callback`;
      const provider = new McpProvider(client.client_id, redirect_uri, scope);
      const whoAmI = () => callTool(mcp.url, provider);
      await expect(whoAmI()).rejects.toThrow('Unauthorized');
      const asked = provider.authorization_url!.searchParams;
      expect([asked.get('resource'), asked.get('scope')]).toEqual([mcp.url.href, scope ?? null]);

      await page.goto(provider.authorization_url!.href);
      await expect(page.getByText(`It will be used at ${mcp.url.host}`)).toBeVisible();
      await page.getByRole('radio', { name: 'Production' }).check();
      await page.getByRole('button', { name: 'Allow' }).click();
      const answer = new URL(await arrived(page, redirect_uri)).searchParams;
      expect([answer.get('iss'), answer.get('state')]).toEqual([baseURL, provider.state()]);
      await new StreamableHTTPClientTransport(mcp.url, { authProvider: provider }).finishAuth(answer.get('code')!);
      expect(provider.tokens()).toMatchObject({ token_type: 'Bearer', scope: scope ? 'openid read' : 'read' });
      expect(await whoAmI()).toBe(ADMIN);
      await page.goto('/security/active-sessions');
      await expect(page.getByText(`Used at ${mcp.url.host}`)).toBeVisible();
      await expectAccessible(page);
      await page.goto('/account');
      const approval = page.getByRole('table', { name: 'approved apps' }).getByRole('row').filter({ hasText: mcp.url.host });
      await expect(approval).toContainText('mcp client');
      await expect(approval).toContainText(`Used at ${mcp.url.host}`);
      await expectAccessible(page);

      await page.waitForTimeout((LIFETIME_SECONDS + 1) * 1000);
      expect(await whoAmI()).toBe(ADMIN);
      const [first, second, ...more] = provider.issued;
      expect([more.length, second!.refresh_token === first!.refresh_token]).toEqual([0, false]);
    } finally {
      mcp.server.close();
      loopback.server.close();
    }
  });
}

/** One session of an MCP client with its server. */
async function callTool(url: URL, authProvider: McpProvider): Promise<string> {
  const client = new Client({ name: 'journey', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(url, { authProvider }));
  try {
    const { content } = await client.callTool({ name: 'whoami' });
    return (content as { text: string }[])[0]!.text;
  } finally {
    await client.close();
  }
}

test('a visit from another site keeps the session, which its scripts cannot use (UX-04)', async ({ page, context, baseURL }) => {
  await context.route('https://app.test/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>Elsewhere</title><a href="${baseURL!}/settings/oauth-clients">Open</a>`,
    }),
  );
  await signIn(page, DEV);
  await page.goto('https://app.test/');
  const read = await page.evaluate(
    async (url) =>
      fetch(url, { credentials: 'include' }).then(
        ({ status }) => status,
        () => 'refused',
      ),
    `${baseURL!}/api/v1/session`,
  );
  expect(read).toBe('refused');
  await page.getByRole('link', { name: 'Open' }).click();
  await expect(page).toHaveURL(`${baseURL!}/settings/oauth-clients`);
  expect(await page.evaluate(async () => (await fetch('/api/v1/session')).status)).toBe(200);
  expect(await page.evaluate(() => document.cookie)).toBe('');
});

test('a name full of markup is text on the consent page, and runs nothing (UX-09)', async ({ page }) => {
  await signIn(page, ADMIN);
  const client_name = '<img src=x onerror="document.title=1"><b>bold</b>';
  const client = await createClient(page, { client_name, redirect_uris: ['https://app.test/callback'] });
  const policy = watchPolicy(page);
  const query = { response_type: 'code', client_id: client.client_id, code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
  await page.goto(`/oauth2/authorize?${new URLSearchParams(query).toString()}`);
  await expect(page.getByRole('heading', { name: client_name })).toBeVisible();
  expect([await page.locator('img[src="x"]').count(), await page.title()]).toEqual([0, expect.not.stringMatching(/^1$/)]);
  expect(policy).toEqual({ refused: [], foreign: [] });
});
