import { expect, type Locator, type Page, test } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';
import { arrived, hostApp } from '../support/relying-party.js';

const run = promisify(execFile);

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test.beforeEach(({ page }) => signIn(page, ADMIN));

const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const language = (drawer: Locator, name: string) => drawer.getByRole('radio', { name, exact: true });

async function openConnect(page: Page, name: string): Promise<Locator> {
  const drawer = await openClient(page, name);
  await drawer.getByRole('tab', { name: 'Connect' }).click();
  await expect(page).toHaveURL(/tab=connect/);
  return drawer;
}

/** Copies a piece of code as a developer would. */
async function copied(page: Page, drawer: Locator, title: string): Promise<string> {
  await drawer.getByRole('button', { name: `Copy: ${title}` }).click();
  return clipboard(page);
}

test('identifiers and addresses are copied, and say so', async ({ page, baseURL }) => {
  const client = await createClient(page, { client_name: 'connect copies' });
  const drawer = await openConnect(page, 'connect copies');
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Copy client ID' }).click();
  await expect(drawer.getByRole('status').filter({ hasText: 'Copied' })).toHaveCount(1);
  expect(await clipboard(page)).toBe(client.client_id);
  for (const [name, path] of [
    ['Issuer', ''],
    ['Authorize', '/oauth2/authorize'],
    ['Token', '/oauth2/token'],
    ['Revoke', '/oauth2/revoke'],
    ['Introspect', '/oauth2/introspect'],
    ['Userinfo', '/oauth2/userinfo'],
    ['Metadata', '/.well-known/oauth-authorization-server'],
  ] as const) {
    await drawer.getByRole('button', { name: `Copy ${name}`, exact: true }).click();
    expect(await clipboard(page)).toBe(baseURL! + path);
  }
});

test('the Node snippets run as they stand, with this client’s own values and no secret', async ({ page, context, baseURL }) => {
  await hostApp(context);
  const client = await createClient(page, { client_name: 'connect runs', issue_refresh_token: true });
  const drawer = await openConnect(page, 'connect runs');
  const [authorize, exchange, renew] = [
    await copied(page, drawer, 'Send the user to consent'),
    await copied(page, drawer, 'Exchange the code'),
    await copied(page, drawer, 'Renew the access token'),
  ];
  // The developer's own part: keep the address for the user, and the one the browser came back to.
  const directory = await mkdtemp(join(import.meta.dirname, '../test-results/snippet-'));
  try {
    const [program, url, callback] = ['snippet.mjs', 'url', 'callback'].map((name) => join(directory, name));
    const glue = `
import { readFile, writeFile } from 'node:fs/promises'
await writeFile(${JSON.stringify(url)}, url.href)
const come = async () => { for (;;) { try { return await readFile(${JSON.stringify(callback)}, 'utf8') } catch { await new Promise((resolve) => setTimeout(resolve, 50)) } } }
const callbackUrl = new URL(await come())`;
    const show = 'console.log(JSON.stringify([tokens, renewed]))';
    await writeFile(program!, [authorize, glue, exchange, renew, show].join('\n'));
    const env = { PATH: process.env['PATH'], BEHALF_CLIENT_SECRET: client.client_secret };
    const running = run(process.execPath, [program!], { env, timeout: 30_000 });
    running.catch(() => undefined);
    await expect.poll(() => readFile(url!, 'utf8').catch(() => '')).toContain(baseURL!);
    await page.goto(await readFile(url!, 'utf8'));
    await page.getByRole('radio', { name: 'Production' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    await writeFile(callback!, await arrived(page, 'https://app.test/callback'));
    const [tokens, renewed] = JSON.parse((await running).stdout) as [Record<string, string>, Record<string, string>];
    expect(tokens['scope']).toBe('read');
    expect(renewed['access_token']).toMatch(/^bhf_at_/);
    expect(renewed['refresh_token']).not.toBe(tokens['refresh_token']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

test('every language has this client’s values filled in, and never a secret', async ({ page, baseURL }) => {
  const confidential = await createClient(page, { client_name: 'connect words', issue_refresh_token: true, access_preset: 'full_access' });
  const shown = await createClient(page, {
    client_name: 'connect public',
    client_type: 'public',
    redirect_uris: ['http://localhost:7777/callback'],
  });
  for (const client of [confidential, shown]) {
    const drawer = await openConnect(page, client.client_name);
    for (const [name, words] of [
      ['Node', ['openid-client', 'calculatePKCECodeChallenge']],
      ['Python', ['authlib', "code_challenge_method='S256'"]],
      ['Go', ['oauth2.Config', 'S256ChallengeOption']],
      ['curl', ['code_challenge_method=S256', 'code_verifier']],
      ['MCP', ['mcpServers', 'callbackPort']],
    ] as const) {
      await language(drawer, name).click();
      const code = (await drawer.locator('pre').allInnerTexts()).join('\n');
      for (const word of [...words, client.client_id, baseURL!]) expect(code).toContain(word);
      expect(code).not.toContain('bhf_cs_');
      if (name !== 'MCP') expect(code.includes('BEHALF_CLIENT_SECRET')).toBe(client.client_type === 'confidential');
    }
    await expectAccessible(page);
  }
  const configuration = JSON.parse(await page.locator('pre').first().innerText()) as { mcpServers: { [name: string]: { oauth: object } } };
  expect(configuration.mcpServers['my-server']!.oauth).toEqual({ clientId: shown.client_id, callbackPort: 7777, scopes: 'read' });
  await expect(page.getByText('Treat access tokens as short-lived credentials.')).toBeVisible();
  await expect(page.getByText('Pick the authorizing user carefully.')).toBeVisible();
});

test('new credentials are copied or saved as .env, ready to be read', async ({ page, baseURL }) => {
  await page.goto('/settings/oauth-clients/new');
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await drawer.getByLabel('Client name').fill('connect env');
  await drawer.getByRole('textbox', { name: 'Redirect URI 1' }).fill('https://app.test/callback');
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  await expect(credentials.getByRole('button', { name: 'Copy Client secret' })).toBeFocused();
  await page.keyboard.press('Enter');
  const secret = await clipboard(page);
  expect(secret).toMatch(/^bhf_cs_[A-Za-z0-9_-]{43}$/);
  const waiting = page.waitForEvent('download');
  await credentials.getByRole('button', { name: 'Download as .env' }).click();
  const text = await readFile(await (await waiting).path(), 'utf8');
  const values = Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^[A-Z_]+=/.test(line))
      .map((line) => line.split(/=(.*)/s).slice(0, 2)),
  ) as Record<string, string>;
  expect(values).toMatchObject({ BEHALF_ISSUER: baseURL!, BEHALF_CLIENT_SECRET: secret });
  expect(values['BEHALF_CLIENT_ID']).toMatch(/^[A-Za-z0-9_-]{20}$/);
  await credentials.getByRole('button', { name: 'I have saved the secret' }).click();
});
