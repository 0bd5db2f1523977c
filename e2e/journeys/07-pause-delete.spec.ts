import type { Client, Page as ListPage } from '@behalf/domain';
import { expect, type Page, test } from '@playwright/test';
import { clientRows, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { grant, isAccepted, isProof } from '../support/grant.js';
import { ADMIN, DEV } from '../support/people.js';

test.beforeEach(({ page }) => signIn(page, ADMIN));

const stored = async (page: Page, { client_id }: Client) => (await page.request.get(`/api/v1/oauth-clients/${client_id}`)).status();

test('a pause says what it ends, ends it at once, and resuming revives nothing', async ({ page, playwright, baseURL }) => {
  const client = await createClient(page, { client_name: 'pause me', issue_refresh_token: true });
  const tokens = await grant(playwright, baseURL!, client, DEV, ['Production']);
  const row = await clientRows(page, 'pause me');
  const toggle = page.getByRole('switch', { name: 'Status of pause me' });
  await expect(toggle).toBeChecked();
  await toggle.click();
  const dialog = page.getByRole('dialog', { name: 'Pause OAuth client' });
  await expect(dialog).toContainText('Existing tokens stop working immediately');
  await expect(dialog.getByRole('status')).toContainText('1 live token of 1 user ends for good.');
  await expectAccessible(page);
  await dialog.getByLabel('Reason').fill('Looking into it');
  await dialog.getByLabel('Resume automatically at').fill('2020-01-01T00:00');
  await expect(dialog.getByText('Choose a time in the future.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Pause client' })).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByLabel('Resume automatically at').fill('2099-01-01T00:00');
  await dialog.getByRole('button', { name: 'Pause client' }).click();
  await expect(toggle).not.toBeChecked();
  await expect(row('pause me')).toContainText('Disabled');
  await expect.poll(() => isAccepted(page.request, tokens)).toBe(false);
  expect(await isProof(page.request, client, client.client_secret)).toBe(false);

  const drawer = await openClient(page, 'pause me');
  await expect(drawer.getByText('Paused: Looking into it.')).toContainText('Resumes 1 Jan 2099, 00:00:00 UTC.');
  await page.keyboard.press('Escape');
  await toggle.click();
  await expect(toggle).toBeChecked();
  await expect.poll(() => isProof(page.request, client, client.client_secret)).toBe(true);
  expect(await isAccepted(page.request, tokens)).toBe(false);
});

test('a client resumes by itself when its time has come', async ({ page }) => {
  const client = await createClient(page, { client_name: 'pause briefly' });
  const resume_at = new Date(Date.now() + 2500).toISOString();
  await page.request.put(`/api/v1/oauth-clients/${client.client_id}/status`, { data: { status: 'disabled', resume_at } });
  await clientRows(page, 'pause briefly');
  await expect(page.getByRole('switch', { name: 'Status of pause briefly' })).not.toBeChecked();
  // The list that is open shows it by itself.
  await expect(page.getByRole('switch', { name: 'Status of pause briefly' })).toBeChecked({ timeout: 20_000 });
});

test('a status that the server refuses rolls back', async ({ page }) => {
  const client = await createClient(page, { client_name: 'pause refused' });
  await clientRows(page, 'pause refused');
  await page.request.put(`/api/v1/oauth-clients/${client.client_id}/status`, { data: { status: 'disabled' } });
  await page.reload();
  const toggle = page.getByRole('switch', { name: 'Status of pause refused' });
  await page.route('**/status', (route) => route.abort('connectionreset'));
  await toggle.click();
  await expect(page.getByText('The status was not changed')).toBeVisible();
  await expect(toggle).not.toBeChecked();
});

test('a pause that did not arrive keeps what was typed, and rolls back', async ({ page }) => {
  await createClient(page, { client_name: 'pause lost' });
  await clientRows(page, 'pause lost');
  const toggle = page.getByRole('switch', { name: 'Status of pause lost' });
  await toggle.click();
  const dialog = page.getByRole('dialog', { name: 'Pause OAuth client' });
  await dialog.getByLabel('Reason').fill('Under investigation');
  await page.route('**/status', (route) => route.abort('connectionreset'));
  await dialog.getByRole('button', { name: 'Pause client' }).click();
  await expect(dialog.getByText('The client may have been paused')).toBeVisible();
  await expect(toggle).toBeChecked();
  await expectAccessible(page);
  await page.unroute('**/status');
  const problem = { type: 'http://x/errors#validation-failed', title: 'Not valid', status: 422 };
  const errors = [{ pointer: '/resume_at', code: 'in-the-past', detail: 'Choose a time in the future, please.' }];
  await page.route('**/status', (route) =>
    route.fulfill({ status: 422, contentType: 'application/problem+json', body: JSON.stringify({ ...problem, errors }) }),
  );
  await dialog.getByRole('button', { name: 'Pause client' }).click();
  await expect(dialog.getByLabel('Resume automatically at')).toHaveAccessibleDescription(/Choose a time in the future, please\./);
  await page.unroute('**/status');
  await dialog.getByRole('button', { name: 'Pause client' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(toggle).not.toBeChecked();
  await toggle.focus();
  await expect(dialog).toHaveCount(0);
});

test('a deletion asks for the exact name, says what it revokes, and is final', async ({ page, playwright, baseURL }) => {
  const client = await createClient(page, { client_name: 'Delete Me', issue_refresh_token: true });
  const tokens = await grant(playwright, baseURL!, client, DEV, ['Production']);
  const row = await clientRows(page, 'Delete Me');
  await row('Delete Me').hover();
  await row('Delete Me').getByRole('button', { name: 'Delete Delete Me' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete OAuth client' });
  await expect(dialog.getByRole('status')).toContainText('1 live token of 1 user is revoked.');
  const button = dialog.getByRole('button', { name: 'Delete client' });
  const field = dialog.getByLabel('Type Delete Me to confirm');
  for (const typed of ['delete me', 'Delete Me ']) {
    await field.fill(typed);
    await expect(button).toBeDisabled();
  }
  await expectAccessible(page);
  await field.fill('Delete Me');
  await button.click();
  await expect(row('Delete Me')).toHaveCount(0);
  expect(await isAccepted(page.request, tokens)).toBe(false);
  expect(await stored(page, client)).toBe(404);
});

test('a bulk deletion deletes all or nothing, names the missing, and keeps the rest selected', async ({ page }) => {
  const clients: Client[] = [];
  for (let n = 1; n <= 12; n += 1) clients.push(await createClient(page, { client_name: `bulk ${String(n).padStart(2, '0')}` }));
  await clientRows(page, 'bulk');
  await page.getByRole('checkbox', { name: 'Select all clients shown' }).check();
  const toolbar = page.getByRole('toolbar', { name: 'Selected clients' });
  await expect(toolbar).toContainText('12 selected');
  await expectAccessible(page);
  await page.request.post(`/api/v1/oauth-clients/${clients[0]!.client_id}/delete`, { data: { confirm_name: 'bulk 01' } });
  await toolbar.getByRole('button', { name: 'Delete selected' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 12 OAuth clients' });
  await expect(dialog.getByRole('listitem')).toHaveCount(10);
  await expect(dialog.getByText('+ 2 more')).toBeVisible();
  const button = dialog.getByRole('button', { name: 'Delete clients' });
  await dialog.getByLabel('Type delete to confirm').fill('Delete');
  await expect(button).toBeDisabled();
  await dialog.getByLabel('Type delete to confirm').fill('delete');
  await button.click();
  await expect(dialog.getByRole('alert')).toContainText('Nothing was deleted');
  await expect(dialog.getByRole('alert')).toContainText('bulk 01');
  await expectAccessible(page);
  for (const client of clients.slice(1)) expect(await stored(page, client)).toBe(200);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(toolbar).toContainText('11 selected');
  await toolbar.getByRole('button', { name: 'Delete selected' }).click();
  const rest = page.getByRole('dialog', { name: 'Delete 11 OAuth clients' });
  await rest.getByLabel('Type delete to confirm').fill('delete');
  await rest.getByRole('button', { name: 'Delete clients' }).dblclick();
  await expect(page.getByText('11 clients were deleted')).toBeVisible();
  const { total } = (await (await page.request.get('/api/v1/oauth-clients?search=bulk')).json()) as ListPage<Client>;
  expect(total).toBe(0);
});
