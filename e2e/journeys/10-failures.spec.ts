import { expect, test } from '@playwright/test';
import { createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';

test.beforeEach(({ page }) => signIn(page, ADMIN));

test('the managers of a client see within seconds why its requests were refused', async ({ page, context }) => {
  const client = await createClient(page, { client_name: 'failing' });
  const { client_id } = client;
  const drawer = await openClient(page, 'failing');
  await drawer.getByRole('tab', { name: 'Recent failures' }).click();
  await expect(page).toHaveURL(/tab=failures/);
  await expect(drawer.getByText('No recent failures')).toBeVisible();
  await expectAccessible(page);

  // A user's browser shows a page with the ID of the request, and nothing that would help an attacker.
  const user = await context.newPage();
  const redirect_uri = 'https://app.test/Callback/';
  await user.goto(`/oauth2/authorize?${new URLSearchParams({ client_id, redirect_uri, response_type: 'code' }).toString()}`);
  await expect(user.getByRole('heading')).toHaveText('The redirect URI is not registered');
  await expectAccessible(user);
  const request_id = /[0-9a-f]{8}-[0-9a-f-]{27}/.exec(await user.locator('body').innerText())![0];
  await user.close();

  const failure = (title: string) => drawer.getByRole('listitem').filter({ hasText: title });
  const mismatch = failure('The redirect URI is not registered');
  await expect(mismatch).toBeVisible({ timeout: 30_000 });
  await expect(mismatch).toContainText(request_id);
  const [received, registered] = [mismatch.locator('dd').nth(0), mismatch.locator('dd').nth(1)];
  await expect(received).toHaveText('https://app.test/Callback/');
  await expect(registered).toHaveText('https://app.test/callback');
  await expect(received.locator('mark')).toHaveText(['C', '/']);
  await expect(registered.locator('mark')).toHaveText(['c']);

  const { request } = page;
  const authorize = { client_id, redirect_uri: 'https://app.test/callback', response_type: 'code' };
  await request.get('/oauth2/authorize', { params: authorize, maxRedirects: 0 });
  const pkce = { code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };
  await request.get('/oauth2/authorize', { params: { ...authorize, ...pkce, scope: 'read write' }, maxRedirects: 0 });
  const wrong = `bhf_cs_${'w'.repeat(39)}HINT`;
  await request.post('/oauth2/token', { form: { client_id, client_secret: wrong, grant_type: 'refresh_token' } });
  const rotation = { confirm_name: 'failing', previous_secret_lifetime_seconds: 0 };
  await request.post(`/api/v1/oauth-clients/${client_id}/rotate-secret`, { data: rotation });
  await request.post('/oauth2/token', { form: { client_id, client_secret: client.client_secret, grant_type: 'refresh_token' } });
  await request.put(`/api/v1/oauth-clients/${client_id}/status`, { data: { status: 'disabled' } });
  await request.get('/oauth2/authorize', { params: authorize });

  await expect(failure('The client is paused')).toBeVisible({ timeout: 30_000 });
  await expect(failure('The PKCE challenge is missing')).toContainText('Turn PKCE on');
  await expect(failure('The scope is wider than the client’s access permissions')).toContainText('read write');
  await expect(failure('The client secret is wrong')).toContainText('••••HINT');
  await expect(failure('A previous client secret was used after its end')).toContainText(`••••${client.client_secret.slice(-4)}`);
  await expect(drawer.getByRole('tab', { name: 'Recent failures' })).toContainText('6');
  await expect(drawer).not.toContainText(client.client_secret);
  await expectAccessible(page);
});
