import { expect, test } from '@playwright/test';
import { expectAccessible, signIn, watchPolicy } from '../support/console.js';
import { ADMIN, DEV } from '../support/people.js';

test.describe.configure({ mode: 'serial' });

test('an administrator registers the first client in the browser', async ({ page }) => {
  const policy = watchPolicy(page);
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('Email').fill(ADMIN);
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Wrong email or password')).toBeVisible();
  await signIn(page, ADMIN);

  await expect(page.getByRole('heading', { name: 'OAuth Clients' })).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Create OAuth client' }).click();
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await expect(drawer.getByLabel('Client name')).toBeFocused();
  await expect(page).toHaveURL(/\/settings\/oauth-clients\/new$/);
  for (const name of ['Details', 'Client type', 'Team access', 'Access permissions', 'Token settings', 'Allowed redirect URIs']) {
    await expect(drawer.getByRole('group', { name, exact: true })).toBeVisible();
  }
  await expect(drawer.getByRole('radio', { name: 'User-authorized app' })).toBeChecked();
  await expect(drawer.getByRole('radio', { name: 'Service to service' })).toBeDisabled();
  await expect(drawer.getByRole('radio', { name: 'Single team' })).toBeChecked();
  await expect(drawer.getByRole('radio', { name: 'Read-only access' })).toBeChecked();
  await expect(drawer.getByRole('switch', { name: 'Require client secret' })).toBeChecked();
  await expect(drawer.getByRole('switch', { name: 'Issue a refresh token' })).not.toBeChecked();
  await expect(drawer.getByLabel('Refresh token lifetime')).toHaveCount(0);

  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  await expect(drawer.getByText('Enter a client name.')).toBeVisible();
  await expect(drawer.getByText('2 fields need attention')).toBeVisible();
  await expect(drawer.getByLabel('Client name')).toBeFocused();
  await expectAccessible(page);

  await drawer.getByLabel('Client name').fill('deploy-bot');
  await drawer.getByRole('radio', { name: 'Multiple teams' }).click();
  await drawer.getByRole('radio', { name: 'Full access' }).click();
  await expect(drawer.getByText('can modify and delete data')).toBeVisible();
  await drawer.getByRole('switch', { name: 'Issue a refresh token' }).click();
  const warning = drawer.getByRole('group', { name: 'Refresh token' }).getByRole('status');
  await expect(warning).toContainText('can renew access on its own for 7 days');
  for (const [option, text] of [
    ['60 Days', 'Security warning'],
    ['90 Days', 'Security warning'],
    ['180 Days', 'High-severity warning'],
  ] as const) {
    await drawer
      .getByRole('combobox', { name: 'Refresh token lifetime' })
      .or(drawer.getByRole('textbox', { name: 'Refresh token lifetime' }))
      .first()
      .click();
    await page.getByRole('option', { name: option, exact: true }).click();
    await expect(warning).toContainText(text);
  }
  await expectAccessible(page);

  const uri = drawer.getByRole('textbox', { name: 'Redirect URI 1' });
  await uri.fill('http://app.test/callback');
  await uri.blur();
  await expect(drawer.getByText('Use https. Plain http works only for localhost and 127.0.0.1.')).toBeVisible();
  await uri.fill('');
  await drawer.getByRole('button', { name: 'https://myapp.company.com/oauth/callback' }).click();
  await expect(uri).toHaveValue('https://myapp.company.com/oauth/callback');

  await drawer
    .getByRole('combobox', { name: 'Access token lifetime' })
    .or(drawer.getByRole('textbox', { name: 'Access token lifetime' }))
    .first()
    .click();
  await page.getByRole('option', { name: '8 Hours', exact: true }).click();
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  const risk = page.getByRole('dialog', { name: 'Confirm high-risk configuration' });
  await expect(risk.getByRole('button', { name: 'Go back' })).toBeFocused();
  await expectAccessible(page);
  await risk.getByRole('button', { name: 'Go back' }).click();
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  await risk.getByRole('button', { name: 'Create anyway' }).click();

  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  await expect(credentials.getByText('You will not see this secret again')).toBeVisible();
  const secret = await credentials.getByText(/^bhf_cs_/).innerText();
  expect(secret).toMatch(/^bhf_cs_[A-Za-z0-9_-]{43}$/);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(credentials).toBeVisible();
  const download = page.waitForEvent('download');
  await credentials.getByRole('button', { name: 'Download as .env' }).click();
  expect((await download).suggestedFilename()).toBe('deploy-bot.env');
  await credentials.getByRole('button', { name: 'I have saved the secret' }).click();

  const row = page.getByRole('row', { name: /deploy-bot/ });
  await expect(row).toContainText('Confidential');
  await expect(row).toContainText('High risk');
  await expect(row).toContainText(secret.slice(-4));
  await expect(row).toContainText('All teams');
  await expect(row).toContainText('Multiple');
  await expect(row).toContainText('Full access');
  await expect(row).toContainText('8 hours');
  await expect(row).toContainText('180 days');
  await expect(row).toContainText('Never');
  await expect(page.getByText('1 client', { exact: true })).toBeVisible();
  await expectAccessible(page);
  expect(policy).toEqual({ refused: [], foreign: [] });
});

test('a public client gets its Client ID alone', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/settings/oauth-clients/new');
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await drawer.getByLabel('Client name').fill('acme-cli');
  await drawer.getByRole('switch', { name: 'Require client secret' }).click();
  await expect(drawer.getByText('code_verifier').first()).toBeVisible();
  await drawer.getByRole('button', { name: 'http://127.0.0.1/callback' }).click();
  await drawer.getByRole('button', { name: 'Create OAuth client' }).dblclick();
  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  await expect(credentials.getByText('bhf_cs_')).toHaveCount(0);
  await credentials.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row', { name: /acme-cli/ })).toHaveCount(1);
  await expect(page.getByRole('row', { name: /acme-cli/ })).toContainText('None (PKCE)');
});

test('typed input is not thrown away without asking, and survives a session that ends', async ({ page, context }) => {
  await signIn(page, ADMIN);
  await page.goto('/settings/oauth-clients/new');
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await drawer.getByLabel('Client name').fill('half-typed');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Discard what you typed' }).getByRole('button', { name: 'Keep editing' }).click();
  await expect(drawer.getByLabel('Client name')).toHaveValue('half-typed');
  await drawer.getByRole('textbox', { name: 'Redirect URI 1' }).fill('https://app.test/callback');
  await context.clearCookies();
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(again).toHaveCount(0);
  await expect(drawer.getByLabel('Client name')).toHaveValue('half-typed');
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  await expect(page.getByRole('dialog', { name: 'Save your client credentials' })).toBeVisible();
});

test('a lost answer to the creation is told as what it is', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/settings/oauth-clients/new');
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await drawer.getByLabel('Client name').fill('lost-answer');
  await drawer.getByRole('textbox', { name: 'Redirect URI 1' }).fill('https://app.test/callback');
  await page.route('**/api/v1/oauth-clients', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  await expect(drawer.getByText('The client may have been created')).toBeVisible();
  await expect(drawer.getByLabel('Client name')).toHaveValue('lost-answer');
});

test('the list finds, filters and sorts by address', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/settings/oauth-clients');
  await page.getByLabel('Search').fill('acme');
  await expect(page).toHaveURL(/search=acme/);
  await expect(page.getByRole('row', { name: /deploy-bot/ })).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole('row', { name: /acme-cli/ })).toBeVisible();
  await page.getByLabel('Search').fill('matches nothing at all');
  await expect(page.getByText('No client matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('button', { name: 'Name' }).click();
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(page.getByRole('row').nth(1)).toContainText('acme-cli');
});

test('a user without the permission is told which one is missing', async ({ page }) => {
  await signIn(page, DEV);
  await expect(page.getByRole('link', { name: 'OAuth Clients' })).toHaveCount(0);
  await page.goto('/settings/oauth-clients');
  await expect(page.getByText('OAUTH_CLIENT_READ')).toBeVisible();
  await expectAccessible(page);
});

test('works from 360 px on', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await signIn(page, ADMIN);
  await page.goto('/settings/oauth-clients');
  await expect(page.getByText('deploy-bot')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create OAuth client' }).click();
  await expect(page.getByRole('dialog', { name: 'Create a new OAuth client' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});
