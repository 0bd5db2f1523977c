import type { Client } from '@behalf/domain';
import { expect, type Locator, test } from '@playwright/test';
import { choose, clientRows, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { grant, isAccepted } from '../support/grant.js';
import { ADMIN, DEV, PASSWORD, SECURITY } from '../support/people.js';

test.beforeEach(({ page }) => signIn(page, ADMIN));

const save = (drawer: Locator) => drawer.getByRole('button', { name: 'Save changes' }).click();

test('a row opens its client prefilled, by mouse and by keyboard, and gives the focus back', async ({ page }) => {
  await createClient(page, {
    client_name: 'edit prefilled',
    team_selection: 'multiple',
    access_preset: 'full_access',
    access_token_lifetime_seconds: 1800,
    issue_refresh_token: true,
    refresh_token_lifetime_seconds: 45 * 60 * 60,
    redirect_uris: ['https://app.test/one', 'https://app.test/two'],
  });
  const row = await clientRows(page, 'edit prefilled');
  // Anywhere in the row that is no control of its own.
  await row('edit prefilled').getByText('30 min').click();
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toHaveValue('edit prefilled');
  await expect(drawer.getByRole('switch', { name: 'Require client secret' })).toBeDisabled();
  await expect(drawer.getByText('Fixed when the client was created.')).toBeVisible();
  await expect(drawer.getByRole('radio', { name: 'Multiple teams' })).toBeChecked();
  await expect(drawer.getByRole('radio', { name: 'Full access' })).toBeChecked();
  await expect(drawer.getByRole('combobox', { name: 'Access token lifetime', exact: true })).toHaveValue('30 Minutes');
  // 45 hours are no entry of the list.
  await expect(drawer.getByRole('combobox', { name: 'Refresh token lifetime', exact: true })).toHaveValue('Custom');
  await expect(drawer.getByRole('textbox', { name: 'Refresh token lifetime value' })).toHaveValue('45');
  await expect(drawer.getByRole('combobox', { name: 'Refresh token lifetime unit' })).toHaveValue('Hours');
  await expect(drawer.getByRole('textbox', { name: 'Redirect URI 2' })).toHaveValue('https://app.test/two');
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toBeDisabled();
  await expectAccessible(page);

  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  const link = page.getByRole('link', { name: 'edit prefilled' });
  await link.focus();
  await page.keyboard.press('Enter');
  await expect(drawer.getByRole('tab', { name: 'Settings' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(link).toBeFocused();
});

test('what is typed is guarded, and faults stand at their fields', async ({ page }) => {
  await createClient(page, { client_name: 'edit guarded' });
  const drawer = await openClient(page, 'edit guarded');
  const name = drawer.getByRole('textbox', { name: 'Client name' });
  await name.fill('');
  await save(drawer);
  await expect(name).toBeFocused();
  await expect(drawer.getByText('Enter a client name.')).toBeVisible();
  await expect(drawer.getByText('1 field needs attention')).toBeVisible();
  await expectAccessible(page);
  await name.fill('edit guarded too');
  await drawer.getByRole('button', { name: 'Cancel' }).click();
  const ask = page.getByRole('dialog', { name: 'Discard what you typed' });
  await expectAccessible(page);
  await ask.getByRole('button', { name: 'Keep editing' }).click();
  await expect(name).toHaveValue('edit guarded too');
  await page.goBack();
  await ask.getByRole('button', { name: 'Discard' }).click();
  await expect(drawer).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'edit guarded', exact: true })).toBeVisible();
});

test('the drawer says before saving what an edit does to live grants, and it does just that', async ({ page, playwright, baseURL }) => {
  const client = await createClient(page, {
    client_name: 'edit effects',
    team_selection: 'multiple',
    access_preset: 'full_access',
    issue_refresh_token: true,
  });
  const [both, one] = [
    await grant(playwright, baseURL!, client, DEV, ['Production', 'Staging']),
    await grant(playwright, baseURL!, client, DEV, ['Production']),
  ];
  const drawer = await openClient(page, 'edit effects');
  const effects = drawer.getByRole('status').filter({ hasText: 'What saving does at once' });
  await drawer.getByRole('radio', { name: 'Read-only access' }).click();
  await expect(effects).toContainText('2 authorizations are narrowed.');
  await drawer.getByRole('radio', { name: 'Full access' }).click();
  await drawer.getByRole('radio', { name: 'Single team' }).click();
  await expect(effects).toContainText('1 authorization ends for good.');
  await expectAccessible(page);
  expect([await isAccepted(page.request, both), await isAccepted(page.request, one)]).toEqual([true, true]);
  await save(drawer);
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  expect([await isAccepted(page.request, both), await isAccepted(page.request, one)]).toEqual([false, true]);

  await drawer.getByRole('button', { name: 'Add redirect URI' }).click();
  await drawer.getByRole('textbox', { name: 'Redirect URI 2' }).fill('https://app.test/new');
  await drawer.getByRole('button', { name: 'Remove redirect URI 1' }).click();
  await expect(effects).toContainText('live tokens stay');
  await drawer.getByRole('checkbox', { name: 'Also revoke the client’s live tokens' }).check();
  await save(drawer);
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  expect(await isAccepted(page.request, one)).toBe(false);
});

test('two administrators who edit at once see both versions and lose neither', async ({ page }) => {
  const client = await createClient(page, { client_name: 'edit twice' });
  const drawer = await openClient(page, 'edit twice');
  const theirs = { client_name: 'edit twice, theirs', access_token_lifetime_seconds: 900, version: client.version };
  expect((await page.request.patch(`/api/v1/oauth-clients/${client.client_id}`, { data: theirs })).status()).toBe(200);
  await drawer.getByRole('textbox', { name: 'Client name' }).fill('edit twice, mine');
  await save(drawer);
  const conflict = drawer.getByRole('alert').filter({ hasText: 'Someone else changed this client meanwhile' });
  const versions = conflict.getByRole('table');
  await expect(versions.getByRole('row', { name: /Client name/ }).getByRole('cell')).toHaveText(['edit twice, mine', 'edit twice, theirs']);
  await expect(versions.getByRole('row', { name: /Access token lifetime/ }).getByRole('cell')).toHaveText(['1 Hour', '15 Minutes']);
  await expectAccessible(page);
  const stored = async () => (await (await page.request.get(`/api/v1/oauth-clients/${client.client_id}`)).json()) as Client;
  expect((await stored()).client_name).toBe('edit twice, theirs');

  await conflict.getByRole('button', { name: 'Keep mine' }).click();
  await expect(drawer.getByRole('combobox', { name: 'Access token lifetime', exact: true })).toHaveValue('15 Minutes');
  await save(drawer);
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  expect(await stored()).toMatchObject({ client_name: 'edit twice, mine', access_token_lifetime_seconds: 900 });

  const { version } = await stored();
  await page.request.patch(`/api/v1/oauth-clients/${client.client_id}`, { data: { client_name: 'edit twice, again', version } });
  await drawer.getByRole('textbox', { name: 'Client name' }).fill('never stored');
  await save(drawer);
  await drawer.getByRole('button', { name: 'Take theirs' }).click();
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toHaveValue('edit twice, again');
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
});

test('an edit survives a session that ends, and is sent once however often it is clicked', async ({ page, context }) => {
  await createClient(page, { client_name: 'edit session' });
  const drawer = await openClient(page, 'edit session');
  await drawer.getByRole('textbox', { name: 'Client name' }).fill('edit session kept');
  await choose(page, drawer, 'Access token lifetime', '15 Minutes');
  await context.clearCookies();
  await save(drawer);
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await expectAccessible(page);
  await again.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await again.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(again).toHaveCount(0);
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toHaveValue('edit session kept');
  let sent = 0;
  await page.route('**/api/v1/oauth-clients/*', async (route) => {
    if (route.request().method() === 'PATCH') sent += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
  await drawer.getByRole('button', { name: 'Save changes' }).dblclick();
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  expect(sent).toBe(1);
});

test('who may look but not change sees the settings and no way to change them', async ({ page, browser }) => {
  await createClient(page, { client_name: 'edit readonly' });
  const context = await browser.newContext();
  const reader = await context.newPage();
  await signIn(reader, SECURITY);
  const drawer = await openClient(reader, 'edit readonly');
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toBeDisabled();
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toHaveCount(0);
  await expectAccessible(reader);
  await context.close();
});
