import type { AuditEvent, Page as ListPage } from '@behalf/domain';
import { type Browser, expect, type Page, test } from '@playwright/test';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { grant, isAccepted } from '../support/grant.js';
import { ADMIN, DEV, SECURITY, VIEWER } from '../support/people.js';

const PAGE = '/security/active-sessions?tab=ui-sessions';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1';
const FIREFOX = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

// Many stops, each looked at by axe in light and in dark.
test.setTimeout(180_000);

/** Another browser that somebody is signed in with. */
async function elsewhere(browser: Browser, baseURL: string, email: string, userAgent: string): Promise<Page> {
  const context = await browser.newContext({ baseURL, userAgent });
  const page = await context.newPage();
  await signIn(page, email);
  return page;
}

const isSignedIn = async (page: Page) => (await page.request.get('/api/v1/session')).status() === 200;
const receipt = (page: Page, title: string) => page.getByRole('status').filter({ hasText: title });
const table = (page: Page) => page.getByRole('table', { name: 'browser sessions' });

test('a user sees where they are signed in, and ends one browser from afar', async ({ page, browser, baseURL }) => {
  const phone = await elsewhere(browser, baseURL!, VIEWER, IPHONE);
  await signIn(page, VIEWER);
  await page.goto(PAGE);
  for (const name of ['Session', 'Client', 'Location', 'Status', 'IP address', 'Last active', 'Expires']) {
    await expect(table(page).getByRole('columnheader', { name, exact: true })).toBeVisible();
  }
  const here = table(page).getByRole('row', { name: /This session/ });
  await expect(here).toHaveCount(1);
  await expect(here).toContainText(/Chrome \d+ on Linux/);
  await expect(here.getByRole('button', { name: /^Revoke session / })).toHaveCount(0);
  const row = table(page).getByRole('row', { name: /Safari 26 on iOS/ });
  for (const text of ['Local network', '127.0.0.1', 'Active']) await expect(row).toContainText(text);
  await expectAccessible(page);

  await row.hover();
  await row.getByRole('button', { name: /^Revoke session / }).click();
  const dialog = page.getByRole('dialog', { name: 'Revoke access' });
  await expect(dialog).toContainText('Safari 26 on iOS');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(row).toHaveCount(0);
  const shown = receipt(page, 'Browser session ended');
  for (const text of ['Vera Viewer', 'Safari 26 on iOS', 'Local network, 127.0.0.1']) await expect(shown).toContainText(text);
  await expectAccessible(page);
  expect([await isSignedIn(phone), await isSignedIn(page)]).toEqual([false, true]);
  await phone.goto('/security/active-sessions');
  await expect(phone).toHaveURL(/\/login/);
});

test('signing out everywhere else ends the other browsers and leaves apps alone', async ({ page, browser, baseURL, playwright }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'stays connected' });
  await page.context().clearCookies();
  await signIn(page, DEV);
  const tokens = await grant(playwright, baseURL!, client, DEV, ['Production']);
  const others = [await elsewhere(browser, baseURL!, DEV, IPHONE), await elsewhere(browser, baseURL!, DEV, FIREFOX)];
  await page.goto(PAGE);
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign out everywhere else' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Sign out' }).dblclick();
  const shown = receipt(page, 'other browsers signed out');
  await expect(shown).toContainText('Devin Developer');
  await expect(table(page).getByRole('row', { name: /This session/ })).toHaveCount(1);
  await expect(table(page).getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('button', { name: 'Sign out everywhere else' })).toBeDisabled();
  expect([await isSignedIn(page), await isSignedIn(others[0]!), await isSignedIn(others[1]!)]).toEqual([true, false, false]);
  expect(await isAccepted(page.request, tokens)).toBe(true);
});

test('whoever manages sessions ends another’s; the receipt names them and leads to the log', async ({ page, browser, baseURL }) => {
  const victim = await elsewhere(browser, baseURL!, DEV, FIREFOX);
  await signIn(page, SECURITY);
  await page.goto(PAGE);
  await page.getByRole('radio', { name: 'Everyone in the organization' }).check();
  await expect(page.getByRole('button', { name: 'Sign out everywhere else' })).toHaveCount(0);
  await expect(table(page).getByRole('columnheader', { name: 'User' })).toBeVisible();
  const row = table(page)
    .getByRole('row', { name: /Devin Developer.*Firefox 145/ })
    .first();
  await expectAccessible(page);
  await row.hover();
  await row.getByRole('button', { name: /^Revoke session / }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
  const shown = receipt(page, 'Browser session ended');
  await expect(shown).toContainText('Devin Developer');
  expect(await isSignedIn(victim)).toBe(false);
  await shown.getByRole('link', { name: 'View audit entry' }).click();
  const entries = page.getByRole('table', { name: 'audit entries' });
  await expect(entries).toContainText('dev@acme.example');
  const event = new URL(page.url()).searchParams.get('event');
  const { items } = (await (await page.request.get(`/api/v1/audit-events?id=${event}`)).json()) as ListPage<AuditEvent>;
  expect(items).toMatchObject([{ action: 'session.ended', user: { email: SECURITY } }]);
});

test('a withdrawn approval has a receipt on the account page, and the app has to ask again', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'approved once' });
  await grant(playwright, baseURL!, client, ADMIN, ['Production']);
  await page.goto('/account');
  const row = page.getByRole('row', { name: /approved once/ });
  await row.hover();
  await row.getByRole('button', { name: 'Withdraw approval of approved once' }).click();
  const dialog = page.getByRole('dialog', { name: 'Withdraw approval' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Withdraw approval' }).click();
  await expect(row).toHaveCount(0);
  const shown = receipt(page, 'Your approval of approved once was withdrawn');
  for (const text of ['Ada Admin', '1 live token']) await expect(shown).toContainText(text);
  await expectAccessible(page);
  await shown.getByRole('link', { name: 'View audit entry' }).click();
  await expect(page.getByRole('table', { name: 'audit entries' })).toContainText('Token revoked');
});
