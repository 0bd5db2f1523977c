import type { User } from '@behalf/domain';
import { expect, type Page, test } from '@playwright/test';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { invite } from '../support/directory.js';
import { grant, isAccepted } from '../support/grant.js';
import { ADMIN, PASSWORD } from '../support/people.js';

const NEW_PASSWORD = 'another long password';

/** Each stop is looked at by axe twice. */
test.describe.configure({ timeout: 180_000 });

/** Somebody with a password, in Production; the page is signed in as them afterwards. */
async function become(page: Page, name: string, role: string): Promise<User> {
  await signIn(page, ADMIN);
  const { user, token } = await invite(page, name, role);
  // Or the page that the administrator has open leaves for the sign-in when its session is replaced.
  await page.goto('about:blank');
  expect((await page.request.post('/api/v1/invitations/accept', { data: { token, password: PASSWORD } })).status()).toBe(201);
  await page.goto('/account');
  await expect(page.getByRole('button', { name: `User menu of ${name}` })).toBeVisible();
  return user;
}

/** Another browser of the same user, signed in. */
async function elsewhere(page: Page, email: string): Promise<Page> {
  const other = await (
    await page
      .context()
      .browser()!
      .newContext({ baseURL: new URL(page.url()).origin })
  ).newPage();
  await signIn(other, email);
  return other;
}

test('a password change says how many browsers it signs out, and does; whoever knows only the old one is out', async ({ page }) => {
  const user = await become(page, 'Pia Password', 'read_only_user');
  const others = [await elsewhere(page, user.email), await elsewhere(page, user.email)];
  await page.reload();
  const form = page.getByRole('form', { name: 'Change password' });
  await expect(form.getByText('Signs 2 other browsers out.')).toBeVisible();
  const [current, next] = [form.getByLabel('Current password'), form.getByLabel('New password')];
  const send = form.getByRole('button', { name: 'Change password' });
  await send.click();
  await expect(form.getByText('Enter your current password.')).toBeVisible();
  await current.fill(PASSWORD);
  await next.fill('é'.repeat(37));
  await send.click();
  await expect(form.getByText('Use at most 72 bytes, and no NUL.')).toBeVisible();
  await expectAccessible(page);
  await current.fill('not my password');
  await next.fill(NEW_PASSWORD);
  await send.click();
  await expect(form.getByText('This is not your current password.')).toBeVisible();
  await expect(next).toHaveValue(NEW_PASSWORD);
  for (const other of others) expect((await other.request.get('/api/v1/session')).status()).toBe(200);
  await current.fill(PASSWORD);
  await send.dblclick();
  await expect(page.getByText('Your password was changed. 2 other browsers signed out.')).toBeVisible();
  await expect(current).toHaveValue('');
  await expect(page.getByText('You are signed in nowhere else.')).toBeVisible();
  for (const other of others) {
    await other.goto('/account');
    await expect(other).toHaveURL(/\/login/);
  }
  await page.reload();
  await expect(page.getByText('This session')).toBeVisible();
  const [other] = others;
  await other!.getByLabel('Email').fill(user.email);
  await other!.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await other!.getByRole('button', { name: 'Sign in' }).click();
  await expect(other!.getByText('Wrong email or password')).toBeVisible();
  await other!.getByLabel('Password', { exact: true }).fill(NEW_PASSWORD);
  await other!.getByRole('button', { name: 'Sign in' }).click();
  await expect(other!).not.toHaveURL(/\/login/);
  for (const each of others) await each.context().close();
});

test('one’s own browsers are listed, and each can be signed out from here', async ({ page }) => {
  const user = await become(page, 'Bodo Browser', 'read_only_user');
  const other = await elsewhere(page, user.email);
  await page.reload();
  const sessions = page.getByRole('table', { name: 'browser sessions' });
  await expect(sessions.getByRole('row')).toHaveCount(3);
  await expect(sessions.getByRole('row', { name: /This session/ }).getByRole('button', { name: /^Revoke/ })).toHaveCount(0);
  await expectAccessible(page);
  const revoke = sessions.getByRole('button', { name: /^Revoke session / });
  await revoke.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Revoke access' }).getByRole('button', { name: 'Revoke', exact: true }).click();
  await expect(sessions.getByRole('row')).toHaveCount(2);
  await expect.poll(async () => (await other.request.get('/api/v1/session')).status()).toBe(401);
  await other.context().close();
});

test('a name is changed, and shown at once', async ({ page }) => {
  await become(page, 'Nele Name', 'read_only_user');
  const form = page.getByRole('form', { name: 'Profile' });
  const save = form.getByRole('button', { name: 'Save name' });
  await expect(save).toBeDisabled();
  await form.getByLabel('Name', { exact: true }).fill(' Nele');
  await save.click();
  await expect(form.getByText(/space/)).toBeVisible();
  await expectAccessible(page);
  await form.getByLabel('Name', { exact: true }).fill('Nele Neu');
  await save.click();
  await expect(page.getByText('Your name was saved')).toBeVisible();
  await expect(page.getByRole('button', { name: 'User menu of Nele Neu' })).toBeVisible();
  await expect(save).toBeDisabled();
});

test('an approval is withdrawn with the access that it gave, or without; then the application has to ask again', async ({
  page,
  playwright,
  baseURL,
}) => {
  const admin = await (await page.context().browser()!.newContext({ baseURL: baseURL! })).newPage();
  await signIn(admin, ADMIN);
  const [wiki, board] = [await createClient(admin, { client_name: 'wiki' }), await createClient(admin, { client_name: 'board' })];
  await admin.context().close();
  const user = await become(page, 'Wilma Withdraws', 'standard_user');
  await expect(page.getByText('You have approved no application')).toBeVisible();
  await expectAccessible(page);
  const tokens = [
    await grant(playwright, baseURL!, wiki, user.email, ['Production']),
    await grant(playwright, baseURL!, wiki, user.email, ['Production']),
  ];
  const kept = await grant(playwright, baseURL!, board, user.email, ['Production']);
  await page.reload();
  const apps = page.getByRole('table', { name: 'approved apps' });
  await expect(apps.getByRole('row', { name: /wiki/ })).toContainText('Read-only');

  await apps.getByRole('button', { name: 'Withdraw approval of wiki' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Withdraw approval' });
  await expect(dialog.getByText('2 live tokens stop working at once, for good.')).toBeVisible();
  await expect(dialog.getByRole('checkbox', { name: 'Also end the access that it has now' })).toBeChecked();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(apps.getByRole('button', { name: 'Withdraw approval of wiki' })).toBeFocused();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Withdraw approval' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Your approval of wiki was withdrawn' })).toContainText('2 live tokens');
  await expect(apps.getByText('wiki')).toHaveCount(0);
  for (const token of tokens) expect(await isAccepted(page.request, token)).toBe(false);

  await apps.getByRole('button', { name: 'Withdraw approval of board' }).focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('checkbox', { name: 'Also end the access that it has now' }).uncheck();
  await expect(dialog.getByText('1 live token keeps working until it ends')).toBeVisible();
  await dialog.getByRole('button', { name: 'Withdraw approval' }).click();
  await expect(page.getByText('You have approved no application')).toBeVisible();
  expect(await isAccepted(page.request, kept)).toBe(true);
  await page.goto(
    `/oauth2/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id: board.client_id,
      redirect_uri: board.redirect_uris[0]!,
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    }).toString()}`,
  );
  await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
});

test('the account is there for every role, in the user menu, on a phone too', async ({ page }) => {
  await become(page, 'Rosa Reader', 'read_only_user');
  await page.setViewportSize({ width: 360, height: 780 });
  await page.goto('/');
  await page.getByRole('button', { name: 'User menu of Rosa Reader' }).click();
  await page.getByRole('menuitem', { name: 'Your account' }).click();
  await expect(page).toHaveURL(/\/account$/);
  await expect(page.getByText('This session')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(page);
});

test('a link that is used, unknown or cut short says so', async ({ page }) => {
  await page.goto('/invite#bhf_iv_unknown');
  await expect(page.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
  await expectAccessible(page);
  await page.goto('about:blank');
  await page.goto('/invite');
  await expect(page.getByRole('heading', { name: 'This link is not complete' })).toBeVisible();
  await expectAccessible(page);
});
