import { expect, test } from '@playwright/test';
import { clientRows, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { isProof } from '../support/grant.js';
import { ADMIN } from '../support/people.js';

test.beforeEach(({ page }) => signIn(page, ADMIN));

test('a rotation asks for the exact name, shows the new secret once, and keeps the old one for as long as was chosen', async ({ page }) => {
  const client = await createClient(page, { client_name: 'Rotate Me' });
  expect(await isProof(page.request, client, client.client_secret)).toBe(true);
  const row = await clientRows(page, 'Rotate Me');
  await row('Rotate Me').hover();
  await row('Rotate Me').getByRole('button', { name: 'Rotate secret of Rotate Me' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate client secret' });
  const rotate = dialog.getByRole('button', { name: 'Rotate secret' });
  const field = dialog.getByLabel('Type Rotate Me to confirm');
  await expect(field).toBeFocused();
  for (const typed of ['rotate me', ' Rotate Me', 'Rotate Me ']) {
    await field.fill(typed);
    await expect(rotate).toBeDisabled();
  }
  const keeps = dialog.getByRole('radiogroup', { name: 'Previous secret keeps working for' });
  await expect(keeps.getByRole('radio', { name: '24 hours' })).toBeChecked();
  await dialog.getByRole('checkbox', { name: 'The secret was exposed' }).check();
  await expect(keeps.getByRole('radio', { name: 'Stop now' })).toBeChecked();
  await expect(dialog.getByText('Integrations that still use it fail at once.')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'The secret was exposed' }).uncheck();
  await keeps.getByRole('radio', { name: '1 hour' }).click();
  await field.fill('Rotate Me');
  await expectAccessible(page);
  await rotate.click();

  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  const second = await credentials.getByText(/^bhf_cs_/).innerText();
  await expect(credentials.getByText(/previous secret works until/i)).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await page.mouse.click(5, 5);
  await expect(credentials).toBeVisible();
  await credentials.getByRole('button', { name: 'I have saved the secret' }).click();
  expect([await isProof(page.request, client, client.client_secret), await isProof(page.request, client, second)]).toEqual([true, true]);

  await expect(row('Rotate Me')).toContainText('Previous secret works');
  await expect(row('Rotate Me')).toContainText(second.slice(-4));
  // A use is told within seconds: when, and from where.
  await expect(async () => {
    await page.reload();
    await row('Rotate Me').getByText('Previous secret works').focus();
    await expect(page.getByRole('tooltip')).toContainText(/Last used .* from (127\.0\.0\.1|::1)/, { timeout: 1000 });
  }).toPass({ timeout: 30_000 });

  const drawer = await openClient(page, 'Rotate Me');
  await expect(drawer.getByText(`Client secret ••••${second.slice(-4)}`)).toContainText('Last used');
  await expect(drawer.getByText('The previous secret works until')).toBeVisible();
  await expect(drawer.getByText('was used 1 time')).toContainText(client.client_secret.slice(-4));
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'End previous secret now' }).click();
  await expect(drawer.getByText('The previous secret works until')).toHaveCount(0);
  expect([await isProof(page.request, client, client.client_secret), await isProof(page.request, client, second)]).toEqual([false, true]);
  await page.goto(`/security/audit-log?target_id=${client.client_id}`);
  await expect(page.getByRole('row', { name: /Previous secret used/i })).toHaveCount(1);
});

test('an exposed secret stops with the rotation', async ({ page }) => {
  const client = await createClient(page, { client_name: 'Exposed' });
  const row = await clientRows(page, 'Exposed');
  await row('Exposed').hover();
  await row('Exposed').getByRole('button', { name: 'Rotate secret of Exposed' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate client secret' });
  await dialog.getByRole('checkbox', { name: 'The secret was exposed' }).check();
  await dialog.getByLabel('Type Exposed to confirm').fill('Exposed');
  await dialog.getByRole('button', { name: 'Rotate secret' }).click();
  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  await expect(credentials.getByText(/previous secret has stopped/i)).toBeVisible();
  await credentials.getByRole('button', { name: 'I have saved the secret' }).click();
  await expect(row('Exposed')).not.toContainText('Previous secret works');
  expect(await isProof(page.request, client, client.client_secret)).toBe(false);
});

test('a public client has no secret to rotate', async ({ page }) => {
  await createClient(page, { client_name: 'Secretless', client_type: 'public', redirect_uris: ['http://127.0.0.1/callback'] });
  const row = await clientRows(page, 'Secretless');
  await row('Secretless').hover();
  await expect(row('Secretless').getByRole('button', { name: 'Delete Secretless' })).toBeVisible();
  await expect(row('Secretless').getByRole('button', { name: /Rotate/ })).toHaveCount(0);
});
