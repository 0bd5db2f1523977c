import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, signIn, watchPolicy } from '../support/console.js';
import { type Examples, startExamples } from '../support/examples.js';
import { McpProvider } from '../support/mcp.js';
import { ADMIN } from '../support/people.js';
import { arrived, loopbackServer } from '../support/relying-party.js';

let examples: Examples;

test.beforeAll(async ({ baseURL }) => {
  examples = await startExamples(baseURL!, ['api.js', 'web-app.js', 'browser-app/server.js', 'mcp-server.js']);
});
test.afterAll(() => examples.stop());

async function allow(page: Page, client_name: string): Promise<void> {
  await expect(page.getByRole('heading', { name: client_name })).toBeVisible();
  await page.getByRole('radio', { name: 'Production' }).check();
  await page.getByRole('button', { name: 'Allow' }).click();
}

async function setStatus(page: Page, client_id: string, status: 'enabled' | 'disabled'): Promise<void> {
  expect((await page.request.put(`/api/v1/oauth-clients/${client_id}/status`, { data: { status } })).status()).toBe(200);
}

/** All that scripts and the browser itself keep for a page, and the page. */
async function heldBy(page: Page, url: string): Promise<string> {
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  const cookies = (await page.context().cookies(url)).map(({ value }) => value);
  return [stored, ...cookies, await page.content()].join('\n');
}

test('the web app example signs in without a token in the browser, and is refused on the first click after a pause', async ({ page }) => {
  const { WEB_APP_URL: url = '', WEB_APP_CLIENT_ID: client_id = '' } = examples.settings;
  await signIn(page, ADMIN);
  await page.goto(url);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await allow(page, 'Example web app');
  const status = page.getByRole('status');
  await expect(status).toHaveText(`Signed in as ${ADMIN}: 0 orders`);
  await expectAccessible(page);
  expect(await heldBy(page, url)).not.toMatch(/bhf_[ar]t_/);
  const cookie = (await page.context().cookies(url)).find(({ name }) => name === 'web-app');
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });

  await setStatus(page, client_id, 'disabled');
  await page.reload();
  await expect(status).toHaveText('Your access has ended.');
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();

  await setStatus(page, client_id, 'enabled');
  await page.getByRole('button', { name: 'Sign in' }).click();
  // Nothing is asked again: the pause ended the tokens, and left the consent as it was.
  await expect(status).toHaveText(`Signed in as ${ADMIN}: 0 orders`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
});

test('the browser app example signs in under its policy, calls the API from its page, and is refused after a pause', async ({ page }) => {
  const { BROWSER_APP_URL: url = '', BROWSER_APP_CLIENT_ID: client_id = '' } = examples.settings;
  await signIn(page, ADMIN);
  const policy = watchPolicy(page);
  await page.goto(url);
  const status = page.getByRole('status');
  await expect(status).toHaveText('You are signed out');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await allow(page, 'Example browser app');
  await expect(status).toHaveText(`Signed in as ${ADMIN}`);
  // The code is gone from the address.
  await expect(page).toHaveURL(`${url}/`);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(status).toHaveText('0 orders');

  await setStatus(page, client_id, 'disabled');
  await page.getByRole('button', { name: 'Load orders' }).click();
  await expect(status).toHaveText('Your access has ended');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  expect(await heldBy(page, url)).not.toMatch(/bhf_[ar]t_/);
  expect(policy).toEqual({ refused: [], foreign: [] });
});

test('an agent with the official MCP client finds its way to the example, acts as its user, and is refused after a pause', async ({
  page,
}) => {
  const { MCP_SERVER_URL = '', AGENT_CLIENT_ID: client_id = '' } = examples.settings;
  const loopback = await loopbackServer();
  try {
    const redirect_uri = `http://127.0.0.1:${loopback.port}/callback`;
    const provider = new McpProvider(client_id, redirect_uri, 'read');
    await signIn(page, ADMIN);
    await expect(listOrders(MCP_SERVER_URL, provider)).rejects.toThrow('Unauthorized');
    await page.goto(provider.authorization_url!.href);
    await allow(page, 'Example MCP client');
    const code = new URL(await arrived(page, redirect_uri)).searchParams.get('code')!;
    await new StreamableHTTPClientTransport(new URL(MCP_SERVER_URL), { authProvider: provider }).finishAuth(code);
    expect(JSON.parse(await listOrders(MCP_SERVER_URL, provider))).toMatchObject({ for: ADMIN, orders: [] });

    await setStatus(page, client_id, 'disabled');
    await expect(listOrders(MCP_SERVER_URL, provider)).rejects.toThrow();
  } finally {
    loopback.server.close();
  }
});

async function listOrders(url: string, authProvider: McpProvider): Promise<string> {
  const client = new Client({ name: 'journey', version: '1.0.0' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }));
  try {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(['list_orders', 'create_order']);
    const { content } = await client.callTool({ name: 'list_orders' });
    return (content as { text: string }[])[0]!.text;
  } finally {
    await client.close();
  }
}
