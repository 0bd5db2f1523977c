import type { AuditEvent, Page as ListPage } from '@behalf/domain';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { grant, isAccepted } from '../support/grant.js';
import { ADMIN, DEV, SECURITY, VIEWER } from '../support/people.js';

const PAGE = '/security/active-sessions';

const group = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const receipt = (page: Page, title: string) => page.getByRole('status').filter({ hasText: title });

// Many stops, each looked at by axe in light and in dark.
test.setTimeout(180_000);

/** A row's buttons stand in it for the keyboard at all times, and for the eye on hover and focus. */
async function press(row: Locator, name: RegExp): Promise<void> {
  await row.hover();
  await row.getByRole('button', { name }).click();
}

async function revoke(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Revoke access' });
  await expect(dialog).toContainText('The integration must reconnect through the OAuth flow on its next call');
  await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
}

test('a user sees what acts for them, cuts one token off, and the receipt leads to its audit entry', async ({
  page,
  playwright,
  baseURL,
}) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'one of mine', access_preset: 'full_access', issue_refresh_token: true });
  const kept = await grant(playwright, baseURL!, client, ADMIN, ['Production']);
  const ended = await grant(playwright, baseURL!, client, ADMIN, ['Staging']);
  await page.goto(PAGE);
  const app = group(page, 'one of mine');
  await expect(app).toContainText('2 live tokens');
  for (const name of ['Token ID', 'Status', 'Created', 'Last used', 'Expires', 'Permissions']) {
    await expect(app.getByRole('columnheader', { name })).toBeVisible();
  }
  await expect(app.getByRole('columnheader', { name: 'User' })).toHaveCount(0);
  const row = app.getByRole('row', { name: /Full access in Staging/ });
  await expect(row).toContainText('Active');
  await expectAccessible(page);

  await press(row, /^Revoke token /);
  const dialog = page.getByRole('dialog', { name: 'Revoke access' });
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await isAccepted(page.request, ended)).toBe(true);
  await press(row, /^Revoke token /);
  await revoke(page);
  await expect(row).toHaveCount(0);
  const shown = receipt(page, 'Token revoked');
  for (const text of ['one of mine', 'Ada Admin', 'Full access in Staging', 'UTC']) await expect(shown).toContainText(text);
  await expectAccessible(page);
  expect([await isAccepted(page.request, ended), await isAccepted(page.request, kept)]).toEqual([false, true]);

  // What had the focus is gone with its row: the keyboard goes on in the receipt.
  await page.keyboard.press('Tab');
  await expect(shown.getByRole('link', { name: 'View audit entry' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/security\/audit-log\?event=[0-9a-f-]{36}$/);
  const entries = page.getByRole('table', { name: 'audit entries' });
  await expect(entries).toContainText('Token revoked');
  await expect(entries.getByText('What changed')).toBeVisible();
  await expect(entries).toContainText('one of mine');
  await expectAccessible(page);
  await shown.getByRole('button', { name: 'Dismiss receipt' }).click();
  await expect(shown).toHaveCount(0);
  await page.getByRole('link', { name: 'Show the whole log' }).click();
  await expect(page).toHaveURL(/\/security\/audit-log$/);

  await page.goto('/security/audit-log?event=11111111-1111-4111-8111-111111111111');
  await expect(page.getByRole('heading', { name: 'This entry is not here' })).toBeVisible();
  await expectAccessible(page);
});

test('all tokens of an app end at once for me alone, and are found among the ended ones', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'all of mine' });
  const mine = [
    await grant(playwright, baseURL!, client, ADMIN, ['Production']),
    await grant(playwright, baseURL!, client, ADMIN, ['Production']),
  ];
  const theirs = await grant(playwright, baseURL!, client, DEV, ['Production']);
  await page.goto(PAGE);
  await page.getByRole('button', { name: 'Revoke all tokens of all of mine' }).click();
  await revoke(page);
  await expect(group(page, 'all of mine')).toHaveCount(0);
  const shown = receipt(page, '2 tokens revoked');
  for (const text of ['all of mine', 'Ada Admin', 'Forgotten']) await expect(shown).toContainText(text);
  expect([
    await isAccepted(page.request, mine[0]!),
    await isAccepted(page.request, mine[1]!),
    await isAccepted(page.request, theirs),
  ]).toEqual([false, false, true]);
  await page.getByRole('radio', { name: 'Ended' }).check();
  await expect(page).toHaveURL(/status=ended/);
  const app = group(page, 'all of mine');
  await expect(app).toContainText('2 ended tokens');
  await expect(app.getByRole('row', { name: /Revoked/ })).toHaveCount(2);
  await expect(app.getByRole('columnheader', { name: 'Ended' })).toBeVisible();
  await expect(app.getByRole('button', { name: /^Revoke/ })).toHaveCount(0);
  await expectAccessible(page);
});

test('whoever manages sessions ends everyone’s; the log tells who did it to whom', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'of everyone' });
  const tokens = [
    await grant(playwright, baseURL!, client, DEV, ['Production']),
    await grant(playwright, baseURL!, client, VIEWER, ['Production']),
  ];
  await page.context().clearCookies();
  await signIn(page, SECURITY);
  await page.goto(PAGE);
  await expect(page.getByRole('heading', { name: 'No application has access' })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('radio', { name: 'Everyone in the organization' }).check();
  const app = group(page, 'of everyone');
  const row = app.getByRole('row', { name: /Devin Developer/ });
  await expect(app.getByRole('columnheader', { name: 'User' })).toBeVisible();
  await press(row, /^Revoke token /);
  await revoke(page);
  await expect(receipt(page, 'Token revoked')).toContainText('Devin Developer');
  expect([await isAccepted(page.request, tokens[0]!), await isAccepted(page.request, tokens[1]!)]).toEqual([false, true]);
  await page.getByRole('button', { name: 'Revoke all tokens of of everyone' }).click();
  await revoke(page);
  await expect(receipt(page, '1 token revoked')).toContainText('Everyone in Acme');
  expect(await isAccepted(page.request, tokens[1]!)).toBe(false);
  const log = await page.request.get(`/api/v1/audit-events?action=token.revoked&target_id=${client.client_id}`);
  expect(((await log.json()) as ListPage<AuditEvent>).items).toMatchObject([{ user: { email: SECURITY }, target_name: 'of everyone' }]);
});

test('who lacks the permission has no choice of whose, and no link to the log', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'seen by few' });
  await grant(playwright, baseURL!, client, DEV, ['Production']);
  await page.context().clearCookies();
  await signIn(page, DEV);
  await page.goto(`${PAGE}?show=organization`);
  const app = group(page, 'seen by few');
  await expect(app.getByRole('row', { name: /Read-only in Production/ })).toHaveCount(1);
  await expect(page.getByText('Everyone in the organization')).toHaveCount(0);
  await press(app.getByRole('row', { name: /Read-only in Production/ }), /^Revoke token /);
  await revoke(page);
  const shown = receipt(page, 'Token revoked');
  await expect(shown).toContainText('seen by few');
  await expect(shown.getByRole('link')).toHaveCount(0);
});

test('a refused revocation puts the row back, and says why', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'not yet' });
  const tokens = await grant(playwright, baseURL!, client, ADMIN, ['Production']);
  await page.goto(PAGE);
  await page.route('**/api/v1/tokens/*', (route) => route.abort('connectionreset'));
  const row = group(page, 'not yet').getByRole('row', { name: /Read-only in Production/ });
  await press(row, /^Revoke token /);
  await revoke(page);
  await expect(page.getByText('Access was not revoked')).toBeVisible();
  await expect(row).toHaveCount(1);
  expect(await isAccepted(page.request, tokens)).toBe(true);
});

test('many tokens are paged inside their group, in the order of any column, by the keyboard too', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'many' });
  for (let n = 0; n < 27; n += 1) await grant(playwright, baseURL!, client, ADMIN, ['Production']);
  await page.goto(PAGE);
  const app = group(page, 'many');
  const rows = app.getByRole('row', { name: /Read-only/ });
  await expect(rows).toHaveCount(25);
  await expect(app.getByText('1–25 of 27 tokens')).toBeVisible();
  await app.getByRole('button', { name: 'Next' }).press('Enter');
  await expect(rows).toHaveCount(2);
  await expect(app.getByText('26–27 of 27 tokens')).toBeVisible();
  // Where the page stands now, the bar at its top may hide half a button of an app further down, as it may of anything that scrolls.
  await page.evaluate(() => scrollTo(0, 0));
  await expectAccessible(page);
  for (let left = 1; left >= 0; left -= 1) {
    await press(rows.first(), /^Revoke token /);
    await revoke(page);
    if (left) await expect(rows).toHaveCount(left);
  }
  await expect(rows).toHaveCount(25);
  await expect(app.getByRole('button', { name: 'Next' })).toHaveCount(0);
  for (const name of ['Created', 'Last used', 'Expires']) {
    await app.getByRole('columnheader', { name }).getByRole('button').click();
    await expect(app.getByRole('columnheader', { name })).toHaveAttribute('aria-sort', 'ascending');
    await app.getByRole('columnheader', { name }).getByRole('button').click();
    await expect(app.getByRole('columnheader', { name })).toHaveAttribute('aria-sort', 'descending');
  }
});

test('a list that cannot be loaded says so, and is asked for again', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.route('**/api/v1/connected-apps?*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: '{"type":"x/errors#unavailable","title":"Not available","status":503}',
    }),
  );
  await page.goto(PAGE);
  await expect(page.getByRole('alert')).toContainText('The connected apps could not be loaded');
  await expectAccessible(page);
  await page.unroute('**/api/v1/connected-apps?*');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('on a phone a row is a card with a menu, and a receipt is in reach', async ({ page, playwright, baseURL }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'on a phone' });
  const tokens = await grant(playwright, baseURL!, client, ADMIN, ['Production']);
  await page.goto(PAGE);
  const app = group(page, 'on a phone');
  await expect(app.getByRole('listitem')).toHaveCount(1);
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await app.getByRole('button', { name: /^Revoke token / }).focus();
  await page.keyboard.press('Enter');
  await revoke(page);
  await expect(receipt(page, 'Token revoked')).toBeInViewport({ ratio: 1 });
  await expectAccessible(page);
  expect(await isAccepted(page.request, tokens)).toBe(false);
});
