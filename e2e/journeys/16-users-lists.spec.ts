import type { Page as ListPage, User } from '@behalf/domain';
import { expect, test } from '@playwright/test';
import { choose, expectAccessible, signIn } from '../support/console.js';
import { userDrawer, userRow, USERS, userTable } from '../support/directory.js';
import { ADMIN, DEV, SECURITY, VIEWER } from '../support/people.js';

/** Each stop is looked at by axe twice. */
test.describe.configure({ timeout: 180_000 });

test('a list is searched, narrowed and ordered by the server, and its address can be shared, drawer and all', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto(USERS);
  await expect(userRow(page, DEV)).toContainText('Standard User in Production, Staging');
  await expect(userRow(page, ADMIN)).toContainText('You');
  const { total, items } = (await (await page.request.get('/api/v1/users?sort=-name')).json()) as ListPage<User>;
  await expect(page.getByText(`${total} users`, { exact: true })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Name' }).click();
  await expect(page).toHaveURL(/sort=-name/);
  await expect(userTable(page).getByRole('link').first()).toHaveText(items[0]!.name);
  await page.getByRole('button', { name: 'Email' }).click();
  await expect(userTable(page).getByRole('link').first()).toHaveText('Ada Admin');
  await page.getByLabel('Search').fill('SECUR');
  await expect(page).toHaveURL(/search=SECUR/);
  await expect(userTable(page).getByRole('link')).toHaveText(['Sam Security']);
  await userTable(page).getByRole('link', { name: 'Sam Security' }).click();
  await expect(page).toHaveURL(/\/settings\/users\/[0-9a-f-]{36}\?.*search=SECUR/);
  await expect(userDrawer(page).getByRole('combobox', { name: 'Role in Security' })).toHaveValue('Security User');
  await page.reload();
  await expect(userDrawer(page).getByText(SECURITY)).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL(/users\?.*search=SECUR/);
  await page.goBack();
  await expect(userDrawer(page)).toBeVisible();
  await page.keyboard.press('Escape');

  await choose(page, page.locator('body'), 'Status', 'Disabled');
  await expect(page.getByText('No user matches')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page.getByText(`${total} users`, { exact: true })).toBeVisible();

  await page.goto(`${USERS}/00000000-0000-4000-8000-000000000000`);
  await expect(page.getByText('There is no such user here')).toBeVisible();
  await expectAccessible(page);
});

test('a list that cannot be loaded says so, and is there after another try', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.route('**/api/v1/users?**', (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto(USERS);
  await expect(page.getByText('The users could not be loaded')).toBeVisible();
  await expectAccessible(page);
  await page.unrouteAll();
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(userRow(page, DEV)).toBeVisible();
});

test('who may only read sees everything and no way to change it; who may not read is told what is missing', async ({ page }) => {
  await signIn(page, DEV);
  await page.goto(`${USERS}/invite`);
  await expect(page.getByText('Users: Manage')).toBeVisible();
  await expectAccessible(page);
  await page.goto(USERS);
  await expect(userRow(page, ADMIN)).toBeVisible();
  await expect(page.getByRole('button', { name: /Invite|Actions|Edit|Disable|Reset/ })).toHaveCount(0);
  await userRow(page, VIEWER).getByRole('link').click();
  const drawer = userDrawer(page);
  await expect(drawer.getByRole('listitem')).toContainText('Read-Only User');
  await expect(drawer.getByRole('textbox')).toHaveCount(0);
  await expect(drawer.getByRole('combobox')).toHaveCount(0);
  await expect(drawer.getByRole('button')).toHaveText([/^$/, /Copied|^$/, 'Close']);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Teams' }).click();
  await expect(page.getByRole('button', { name: 'Create team' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Staging' }).click();
  const team = page.getByRole('dialog', { name: 'Team' });
  await expect(team.getByText(DEV)).toBeVisible();
  await expect(team.getByRole('combobox')).toHaveCount(0);
  await expectAccessible(page);
});

test('on a phone and by keyboard alone everything is there', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await signIn(page, ADMIN);
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await page.goto(`${USERS}?search=dev@`);
  const card = page.getByRole('list', { name: 'users' }).getByRole('listitem');
  await expect(card).toContainText('Standard User in Production, Staging');
  await fits();
  await expectAccessible(page);
  await card.getByRole('button', { name: 'Actions of Devin Developer' }).focus();
  await page.keyboard.press('Enter');
  const item = page.getByRole('menuitem', { name: 'Reset password of Devin Developer' });
  await expect(item).toBeVisible();
  for (let presses = 0; presses < 3 && !(await item.evaluate((element) => element === document.activeElement)); presses += 1) {
    await page.keyboard.press('ArrowDown');
  }
  await page.keyboard.press('Enter');
  const reset = page.getByRole('dialog', { name: 'Reset password' });
  await expect(reset.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await fits();
  await page.keyboard.press('Escape');
  await expect(card.getByRole('button', { name: 'Actions of Devin Developer' })).toBeFocused();
  await card.getByRole('link').focus();
  await page.keyboard.press('Enter');
  await expect(userDrawer(page).getByText(DEV)).toBeVisible();
  await fits();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(card.getByRole('link')).toBeFocused();
  await page.goto(`${USERS}/invite`);
  await expect(page.getByRole('dialog', { name: 'Invite user' })).toBeVisible();
  await fits();
  await expectAccessible(page);
});
