import type { ClientSettings } from '@behalf/domain';
import { expect, type Page, test } from '@playwright/test';
import * as oidc from 'openid-client';
import { clientRows, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { ADMIN, DEV, VIEWER } from '../support/people.js';
import { relyingParty } from '../support/relying-party.js';

const WRONG_CODES = 10;
const DISPLAY: Partial<ClientSettings> = {
  client_name: 'Wall display',
  client_type: 'public',
  device_authorization: true,
  redirect_uris: [],
};

/** A display on a wall: a real client library, which asks until somebody has decided. */
async function display(baseURL: string, client_id: string) {
  const { config } = await relyingParty(baseURL, client_id, undefined, '');
  const shown = await oidc.initiateDeviceAuthorization(config, { scope: 'openid email read' });
  const tokens = oidc.pollDeviceAuthorizationGrant(config, shown);
  // It is looked at after the user's part, and may fail before.
  tokens.catch(() => undefined);
  return { config, shown, tokens };
}

async function register(page: Page) {
  await signIn(page, ADMIN);
  return createClient(page, DISPLAY);
}

const code = (page: Page) => page.getByLabel('Code', { exact: true });

test('a display gets tokens from a user who enters its code elsewhere, is listed, and is revoked (DV-01, DV-02)', async ({
  page,
  browser,
  baseURL,
}) => {
  const client = await register(page);
  const { config, shown, tokens } = await display(baseURL!, client.client_id);
  const context = await browser.newContext({ baseURL: baseURL!, viewport: { width: 360, height: 780 } });
  const phone = await context.newPage();
  await phone.goto(shown.verification_uri);
  await expect(phone).toHaveURL(/\/login/);
  await signIn(phone, DEV);
  await expect(phone.getByRole('heading', { name: 'Connect a device' })).toBeVisible();
  await expect(code(phone)).toBeFocused();
  await expectAccessible(phone);

  await phone.keyboard.press('Enter');
  await expect(phone.getByText('Enter the code.')).toBeVisible();
  await code(phone).fill('BBBB-BBBB');
  await phone.keyboard.press('Enter');
  await expect(phone.getByText('No device is waiting under this code.')).toBeVisible();
  await expectAccessible(phone);

  await code(phone).fill(shown.user_code.toLowerCase().replace('-', ' '));
  await phone.keyboard.press('Enter');
  await expect(phone.getByRole('heading', { name: 'Wall display' })).toBeVisible();
  await expect(phone.getByText('A device is waiting for this')).toBeVisible();
  await expect(phone.getByText('Local network')).toBeVisible();
  await expect(phone.getByText(/sent back to/)).toHaveCount(0);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await expectAccessible(phone);
  await phone.getByRole('radio', { name: 'Production' }).check();
  await phone.getByRole('button', { name: 'Allow' }).click();
  await expect(phone.getByRole('heading', { name: 'The device is connected' })).toBeVisible();
  await expectAccessible(phone);

  const { access_token } = await tokens;
  expect((await oidc.fetchUserInfo(config, access_token, oidc.skipSubjectCheck))['email']).toBe(DEV);
  await phone.getByRole('link', { name: 'See Active Sessions' }).click();
  await phone.getByRole('button', { name: 'Revoke all tokens of Wall display' }).click();
  await phone.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(phone.getByRole('button', { name: 'Revoke all tokens of Wall display' })).toHaveCount(0);
  await expect(oidc.fetchUserInfo(config, access_token, oidc.skipSubjectCheck)).rejects.toThrow();
  await context.close();
});

test('the link with the code in it still asks, also where the client was allowed before; a refusal reaches the display (DV-02)', async ({
  page,
  baseURL,
}) => {
  const client = await register(page);
  for (const answer of ['Allow', 'Cancel'] as const) {
    const { shown, tokens } = await display(baseURL!, client.client_id);
    await page.goto(shown.verification_uri_complete!);
    await expect(code(page)).toHaveValue(shown.user_code);
    await expect(page.getByText('Go on only if the device in front of you shows this very code.')).toBeVisible();
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('heading', { name: 'Wall display' })).toBeVisible();
    if (answer === 'Allow') await page.getByRole('radio', { name: 'Production' }).check();
    await page.getByRole('button', { name: answer }).click();
    if (answer === 'Allow') {
      await expect(page.getByRole('heading', { name: 'The device is connected' })).toBeVisible();
      expect((await tokens).access_token).toMatch(/^bhf_at_/);
    } else {
      await expect(page.getByRole('heading', { name: 'The device was refused' })).toBeVisible();
      await expectAccessible(page);
      await expect(tokens).rejects.toMatchObject({ error: 'access_denied' });
    }
  }
});

test('who guesses codes has to wait (DV-02)', async ({ page }) => {
  await signIn(page, VIEWER);
  await page.goto('/device');
  for (let time = 0; time < WRONG_CODES; time += 1) {
    await code(page).fill('BBBB-BBBB');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('No device is waiting under this code.')).toBeVisible();
    await code(page).fill('B');
    await expect(page.getByText('No device is waiting under this code.')).toHaveCount(0);
  }
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByRole('alert')).toContainText('Too many attempts. Try again in 15 minutes.');
  await expectAccessible(page);
});

test('the drawer switches the standards of a client on, and names what a token can be bound to (RI-01, PA-01)', async ({
  page,
  baseURL,
}) => {
  await signIn(page, ADMIN);
  await createClient(page, { client_name: 'orders api', resource_server: true, redirect_uris: [] });
  const api = await openClient(page, 'orders api');
  const resources = api.getByRole('textbox', { name: 'Resources' });
  await resources.fill('orders.test');
  await api.getByRole('button', { name: 'Save changes' }).click();
  await expect(api.getByText('Enter an absolute URI without fragment or user name')).toBeVisible();
  await expect(resources).toBeFocused();
  await resources.fill('https://orders.test/v1\n');
  await expectAccessible(page);
  await api.getByRole('button', { name: 'Save changes' }).click();
  await expect(api.getByText('No unsaved changes')).toBeVisible();

  const web = await createClient(page, { client_name: 'pushing app' });
  const drawer = await openClient(page, 'pushing app');
  await expect(drawer.getByRole('textbox', { name: 'Resources' })).toHaveCount(0);
  await drawer.getByRole('switch', { name: 'Require pushed authorization requests' }).check();
  await drawer.getByRole('switch', { name: 'Device authorization' }).check();
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();

  const { config } = await relyingParty(baseURL!, web.client_id, web.client_secret, web.redirect_uris[0]!);
  const code_challenge = await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier());
  const asked = { redirect_uri: web.redirect_uris[0]!, code_challenge, code_challenge_method: 'S256', resource: 'https://orders.test/v1' };
  const address = await oidc.buildAuthorizationUrlWithPAR(config, asked);
  expect([...address.searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
  await page.goto(address.href);
  await expect(page.getByText('It will be used at orders.test')).toBeVisible();
  await expectAccessible(page);
  await page.goto(address.href);
  await expect(page.getByRole('heading', { name: 'This request has ended' })).toBeVisible();

  const said = 'Requests for https://orders.test/v1 are refused from then on';
  await openClient(page, 'orders api');
  await page.getByRole('textbox', { name: 'Resources' }).fill('https://orders.test/v2');
  await expect(page.getByText(said)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('textbox', { name: 'Resources' }).fill('https://orders.test/v1');
  await expect(page.getByText(said)).toHaveCount(0);
  const row = await clientRows(page, 'orders api');
  await row('orders api').hover();
  await row('orders api').getByRole('button', { name: 'Delete orders api' }).click();
  await expect(page.getByRole('dialog', { name: 'Delete OAuth client' }).getByText(said)).toBeVisible();
  await expectAccessible(page);
});
