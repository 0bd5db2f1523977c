import { expect, test } from '@playwright/test';
import * as oidc from 'openid-client';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';
import { arrived, loopbackServer, relyingParty } from '../support/relying-party.js';

test('an administrator edits, rotates and deletes a client', async ({ page }) => {
  await signIn(page, ADMIN);
  await createClient(page, { client_name: 'nightly-report' });
  await page.goto('/settings/oauth-clients?search=nightly');
  await page.getByRole('row', { name: /nightly-report/ }).click();
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toHaveValue('nightly-report');
  await expectAccessible(page);
  await drawer.getByRole('textbox', { name: 'Client name' }).fill('nightly-export');
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  const row = page.getByRole('row', { name: /nightly-export/ });

  await row.hover();
  await row.getByRole('button', { name: 'Rotate secret of nightly-export' }).click();
  const rotate = page.getByRole('dialog', { name: 'Rotate client secret' });
  await expect(rotate.getByRole('button', { name: 'Rotate secret' })).toBeDisabled();
  await rotate.getByLabel('Type nightly-export to confirm').fill('nightly-export');
  await expectAccessible(page);
  await rotate.getByRole('button', { name: 'Rotate secret' }).click();
  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  await expect(credentials.getByText(/^bhf_cs_/)).toBeVisible();
  await credentials.getByRole('button', { name: 'I have saved the secret' }).click();
  await expect(row).toContainText('Previous secret works');

  await row.hover();
  await row.getByRole('button', { name: 'Delete nightly-export' }).click();
  const remove = page.getByRole('dialog', { name: 'Delete OAuth client' });
  await remove.getByLabel('Type nightly-export to confirm').fill('nightly-export');
  await expectAccessible(page);
  await remove.getByRole('button', { name: 'Delete client' }).click();
  await expect(row).toHaveCount(0);
});

test('a user sees what has access, cuts it off, and the audit log tells who did what', async ({ page, baseURL }) => {
  await signIn(page, ADMIN);
  const { port, server } = await loopbackServer();
  try {
    const redirect_uri = `http://localhost:${port}/callback`;
    const client = await createClient(page, { client_name: 'ticket-bot', redirect_uris: [redirect_uri], issue_refresh_token: true });
    const rp = await relyingParty(baseURL!, client.client_id, client.client_secret, redirect_uri);
    await page.goto((await rp.authorizationUrl()).href);
    await page.getByRole('radio', { name: 'Production' }).check();
    await page.getByRole('button', { name: 'Allow' }).click();
    const tokens = await rp.finish(await arrived(page, redirect_uri));

    await page.goto('/security/active-sessions');
    await expect(page.getByRole('tab', { name: 'Connected apps' })).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByText('ticket-bot').first()).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Revoke all tokens of ticket-bot' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke access' });
    await expect(dialog).toContainText('The integration must reconnect through the OAuth flow on its next call');
    await expectAccessible(page);
    const revoked = page.waitForResponse(
      (response) => response.request().method() === 'DELETE' && response.url().includes('/connected-apps/'),
    );
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    expect((await revoked).status()).toBe(200);
    await expect(page.getByRole('button', { name: 'Revoke all tokens of ticket-bot' })).toHaveCount(0);
    await expect(oidc.fetchUserInfo(rp.config, tokens.access_token, oidc.skipSubjectCheck)).rejects.toThrow();

    await page.getByRole('tab', { name: 'UI sessions' }).click();
    await expect(page.getByText('This session')).toBeVisible();
    await expectAccessible(page);
    await page.goto('/security/audit-log');
    await expect(page.getByRole('row', { name: /ticket-bot/ }).first()).toBeVisible();
    await expectAccessible(page);
  } finally {
    server.close();
  }
});

test('users, teams and the own account are there for who may see them', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto('/settings/users');
  await expect(page.getByText('dev@acme.example')).toBeVisible();
  await expectAccessible(page);
  await page.goto('/account');
  await expect(page.getByRole('button', { name: 'Change password' })).toBeVisible();
  await expectAccessible(page);
});
