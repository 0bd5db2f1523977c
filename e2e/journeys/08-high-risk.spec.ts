import { expect, test } from '@playwright/test';
import { choose, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';

test.beforeEach(({ page }) => signIn(page, ADMIN));

test('a client that becomes high-risk is confirmed on create and on edit, by the server too, and the audit log keeps it', async ({
  page,
}) => {
  await page.goto('/settings/oauth-clients/new');
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await drawer.getByLabel('Client name').fill('risky');
  await drawer.getByRole('textbox', { name: 'Redirect URI 1' }).fill('https://app.test/callback');
  await drawer.getByRole('radio', { name: 'Full access' }).click();
  await choose(page, drawer, 'Access token lifetime', 'Custom');
  await drawer.getByRole('textbox', { name: 'Access token lifetime value' }).fill('3601');
  await choose(page, drawer, 'Access token lifetime unit', 'Seconds');
  await drawer.getByRole('textbox', { name: 'Access token lifetime value' }).fill('3601');
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  const dialog = page.getByRole('dialog', { name: 'Confirm high-risk configuration' });
  await expect(dialog).toContainText('risky can change data for a long time with a single token.');
  await expect(dialog.getByRole('button', { name: 'Go back' })).toBeFocused();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Go back' }).click();
  await expect(drawer.getByLabel('Client name')).toHaveValue('risky');
  await drawer.getByRole('button', { name: 'Create OAuth client' }).click();
  await dialog.getByRole('button', { name: 'Create anyway' }).click();
  await page.getByRole('dialog', { name: 'Save your client credentials' }).getByRole('button', { name: 'I have saved the secret' }).click();
  await expect(page.getByRole('row', { name: /risky/ })).toContainText('High risk');
  await page.goto('/security/audit-log?action=client.created');
  const event = page.getByRole('row', { name: /risky/ });
  await event.click();
  await expect(page.getByText('Full access with a long access token lifetime')).toBeVisible();
});

test('an edit is confirmed only where it enters the state or makes it worse', async ({ page }) => {
  await createClient(page, { client_name: 'becoming risky', access_token_lifetime_seconds: 8 * 3600 });
  const drawer = await openClient(page, 'becoming risky');
  const dialog = page.getByRole('dialog', { name: 'Confirm high-risk configuration' });
  const save = drawer.getByRole('button', { name: 'Save changes' });
  await drawer.getByRole('radio', { name: 'Full access' }).click();
  await save.click();
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Save anyway' }).click();
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  await choose(page, drawer, 'Access token lifetime', '12 Hours');
  await save.click();
  await dialog.getByRole('button', { name: 'Go back' }).click();
  await choose(page, drawer, 'Access token lifetime', '1 Hour');
  await save.click();
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  await expect(dialog).toHaveCount(0);
});

test('the server demands the confirmation whatever the page does', async ({ page }) => {
  const client = await createClient(page, { client_name: 'risky by API', access_preset: 'full_access' });
  const settings = {
    client_name: 'x',
    redirect_uris: ['https://app.test/x'],
    access_preset: 'full_access',
    access_token_lifetime_seconds: 7200,
  };
  const create = await page.request.post('/api/v1/oauth-clients', { data: settings });
  const edit = await page.request.patch(`/api/v1/oauth-clients/${client.client_id}`, {
    data: { access_token_lifetime_seconds: 7200, version: client.version },
  });
  for (const answer of [create, edit]) {
    expect(answer.status()).toBe(409);
    expect(await answer.json()).toMatchObject({ risks: ['long_lived_full_access'] });
  }
});
