import type { Client, Page as ListPage } from '@behalf/domain';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { choose, clientRows, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { ADMIN, PASSWORD } from '../support/people.js';

test.beforeEach(({ page }) => signIn(page, ADMIN));

async function openCreate(page: Page, client_name: string): Promise<Locator> {
  await page.goto('/settings/oauth-clients/new');
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  await drawer.getByLabel('Client name').fill(client_name);
  await drawer.getByRole('textbox', { name: 'Redirect URI 1' }).fill('https://app.test/callback');
  return drawer;
}

const create = (drawer: Locator) => drawer.getByRole('button', { name: 'Create OAuth client' }).click();
const discard = (page: Page) => page.getByRole('dialog', { name: 'Discard what you typed' });

async function countOf(page: Page, client_name: string): Promise<number> {
  return ((await (await page.request.get(`/api/v1/oauth-clients?search=${client_name}`)).json()) as ListPage<Client>).total;
}

test('no field that is not shown keeps a client from being created, and a warning always shows', async ({ page }) => {
  const drawer = await openCreate(page, 'create-hidden');
  const toggle = drawer.getByRole('switch', { name: 'Issue a refresh token' });
  await toggle.click();
  const warning = drawer.getByRole('group', { name: 'Refresh token' }).getByRole('status');
  await choose(page, drawer, 'Refresh token lifetime', '60 Days');
  await choose(page, drawer, 'Refresh token lifetime', 'Custom');
  const value = drawer.getByRole('textbox', { name: 'Refresh token lifetime value' });
  for (const typed of ['', '6e1']) {
    await value.fill(typed);
    await expect(warning).toContainText('Security warning');
  }
  await value.fill('9999');
  await expect(warning).toContainText('High-severity warning');
  await create(drawer);
  await expect(drawer.getByText('1 field needs attention')).toBeVisible();
  await toggle.click();
  await create(drawer);
  await page.getByRole('dialog', { name: 'Save your client credentials' }).getByRole('button', { name: 'I have saved' }).click();
  const { items } = (await (await page.request.get('/api/v1/oauth-clients?search=create-hidden')).json()) as ListPage<Client>;
  expect(items).toMatchObject([{ issue_refresh_token: false, refresh_token_lifetime_seconds: 7 * 86_400 }]);
});

test('a creation whose answer was lost stays unknown until the end, and is not repeated without a word', async ({ page, context }) => {
  const drawer = await openCreate(page, 'create-lost');
  let [answer, sent]: [string, number] = ['proxy', 0];
  await page.route('**/api/v1/oauth-clients', async (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    sent += 1;
    if (answer === 'ours') {
      const body = JSON.stringify({
        type: `${new URL(page.url()).origin}/errors#unavailable`,
        title: 'Not available right now',
        status: 503,
      });
      return route.fulfill({ status: 503, contentType: 'application/problem+json', body });
    }
    await route.fetch();
    return route.fulfill({ status: 504, contentType: 'text/html', body: '<h1>Gateway timeout</h1>' });
  });
  answer = 'ours';
  await create(drawer);
  await expect(drawer.getByText('The client was not created')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(discard(page)).toContainText('The client has not been created.');
  await page.keyboard.press('Escape');

  answer = 'proxy';
  await create(drawer);
  await expect(drawer.getByText('The client may have been created')).toBeVisible();
  await expect(drawer.getByText('rotate its secret')).toBeVisible();
  await expectAccessible(page);
  const tab = context.waitForEvent('page');
  await drawer.getByRole('link', { name: 'Look for create-lost in the list' }).click();
  await expect((await tab).getByRole('row', { name: /create-lost/ })).toBeVisible();
  await (await tab).close();

  await create(drawer);
  const again = page.getByRole('dialog', { name: 'Create it again' });
  await expect(again).toContainText('There may be one already');
  await expectAccessible(page);
  await again.getByRole('button', { name: 'Cancel' }).click();
  expect([sent, await countOf(page, 'create-lost')]).toEqual([2, 1]);
  await create(drawer);
  await again.getByRole('button', { name: 'Create another' }).click();
  await expect.poll(() => countOf(page, 'create-lost')).toBe(2);
  await drawer.getByRole('button', { name: 'Cancel' }).click();
  await expect(discard(page)).toContainText('The client may have been created');
});

test('a public client whose creation was lost is not told to rotate a secret', async ({ page }) => {
  const drawer = await openCreate(page, 'create-public');
  await drawer.getByRole('switch', { name: 'Require client secret' }).click();
  await page.route('**/api/v1/oauth-clients', (route) =>
    route.request().method() === 'POST' ? route.abort('connectionreset') : route.continue(),
  );
  await create(drawer);
  await expect(drawer.getByText('its Client ID stands there')).toBeVisible();
  await expect(drawer.getByText('rotate')).toHaveCount(0);
});

test('a session that ends under a drawer leaves Esc to the sign-in, and takes no secret along', async ({ page, context }) => {
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  const signInAgain = async () => {
    await again.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await again.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(again).toHaveCount(0);
  };
  const credentials = page.getByRole('dialog', { name: 'Save your client credentials' });
  /** The session is asked for whenever one comes back to the page. */
  const comeBack = () => page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
  const expectKept = async () => {
    const secret = await credentials.getByText(/^bhf_cs_/).innerText();
    await context.clearCookies();
    await comeBack();
    await expect(again).toBeVisible();
    await page.keyboard.press('Escape');
    await signInAgain();
    await expect(credentials.getByText(secret)).toBeVisible();
    await credentials.getByRole('button', { name: 'I have saved the secret' }).click();
  };
  const drawer = await openCreate(page, 'create-session');
  await context.clearCookies();
  await create(drawer);
  await expect(again).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(again).toBeVisible();
  await expect(discard(page)).toHaveCount(0);
  await signInAgain();
  await create(drawer);
  await expectKept();

  await createClient(page, { client_name: 'rotate-session' });
  const row = await clientRows(page, 'rotate-session');
  await row('rotate-session').hover();
  await row('rotate-session').getByRole('button', { name: 'Rotate secret of rotate-session' }).click();
  const dialog = page.getByRole('dialog', { name: 'Rotate client secret' });
  await dialog.getByLabel('Type rotate-session to confirm').fill('rotate-session');
  await dialog.getByRole('button', { name: 'Rotate secret' }).click();
  await expectKept();

  const edit = await openClient(page, 'rotate-session');
  await edit.getByRole('textbox', { name: 'Client name' }).fill('rotate-session typed');
  await context.clearCookies();
  await comeBack();
  await expect(again).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(discard(page)).toHaveCount(0);
  await expect(edit.getByRole('textbox', { name: 'Client name' })).toHaveValue('rotate-session typed');
});

test('a rotation or deletion whose answer was lost is not told as refused', async ({ page }) => {
  await createClient(page, { client_name: 'lost-actions' });
  await page.route(/\/(rotate-secret|delete)$/, async (route) => {
    await route.fetch();
    await route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
  });
  for (const [button, title, action, told] of [
    ['Rotate secret of lost-actions', 'Rotate client secret', 'Rotate secret', 'The secret may have been rotated'],
    ['Delete lost-actions', 'Delete OAuth client', 'Delete client', 'The client may have been deleted'],
  ] as const) {
    const row = await clientRows(page, 'lost-actions');
    await row('lost-actions').hover();
    await row('lost-actions').getByRole('button', { name: button }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByLabel('Type lost-actions to confirm').fill('lost-actions');
    await dialog.getByRole('button', { name: action }).click();
    await expect(dialog.getByText(told)).toBeVisible();
  }
  // The list behind tells.
  await expect(page.getByRole('link', { name: 'lost-actions' })).toHaveCount(0);
});
