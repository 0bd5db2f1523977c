import type { Client, Page as ListPage } from '@behalf/domain';
import { expect, type Page, test } from '@playwright/test';
import { choose, createClient, expectAccessible, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';

const COUNT = 130;

test.describe.configure({ mode: 'serial' });

test.beforeEach(({ page }) => signIn(page, ADMIN));

const table = (page: Page) => page.getByRole('table', { name: 'OAuth clients' });
const names = (page: Page) => table(page).getByRole('row').getByRole('link').allInnerTexts();

test('a row tells everything about its client, and sums up its risks', async ({ page }) => {
  await createClient(page, {
    client_name: 'list wide open',
    access_preset: 'full_access',
    access_token_lifetime_seconds: 8 * 3600,
    issue_refresh_token: true,
    refresh_token_lifetime_seconds: 60 * 86_400,
    redirect_uris: ['http://127.0.0.1/callback'],
  });
  const teams = (await (await page.request.get('/api/v1/teams')).json()) as ListPage<{ id: string; name: string }>;
  const team_ids = teams.items.filter(({ name }) => name === 'Staging').map(({ id }) => id);
  await createClient(page, { client_name: 'list quiet', team_restrictions: { team_ids, organization_ids: [] } });
  await page.goto('/settings/oauth-clients?search=list');
  for (const column of ['Name', 'Client ID', 'Client secret', 'Teams', 'Team limit', 'Scope', 'Access token', 'Refresh token']) {
    await expect(table(page).getByRole('columnheader', { name: column, exact: true })).toBeVisible();
  }
  const open = page.getByRole('row', { name: /list wide open/ });
  for (const text of ['Confidential', 'All teams', 'Single', 'Full access', '8 hours', '60 days', 'Never', 'Enabled']) {
    await expect(open).toContainText(text);
  }
  await expect(open.getByRole('cell').nth(2)).toHaveText(/^\S{4}…\S{4}/);
  const mark = open.getByText('High risk');
  await mark.focus();
  const reasons = page.getByRole('tooltip');
  for (const reason of ['Full access', 'longer than an hour', 'longer than 30 days', 'Every team', 'loopback']) {
    await expect(reasons.filter({ hasText: 'Full access' })).toContainText(reason);
  }
  await expectAccessible(page);
  const quiet = page.getByRole('row', { name: /list quiet/ });
  await expect(quiet).toContainText('Staging');
  await expect(quiet.getByText('risk')).toHaveCount(0);
});

test('search, filters and order are the server’s, stand in the address, and keep the drawer', async ({ page }) => {
  await createClient(page, { client_name: 'list many', team_selection: 'multiple' });
  await page.goto('/settings/oauth-clients');
  await page.getByLabel('Search').fill('LIST ');
  await expect(page).toHaveURL(/search=LIST/);
  await expect(page.getByText('3 clients', { exact: true })).toBeVisible();
  await choose(page, page.locator('body'), 'Team limit', 'Multiple teams');
  await expect.poll(() => names(page)).toEqual(['list many']);
  await page.getByRole('combobox', { name: 'Team limit' }).click();
  await page.getByRole('option', { name: 'Single team' }).click();
  await choose(page, page.locator('body'), 'Scope', 'Full access');
  await expect.poll(() => names(page)).toEqual(['list wide open']);
  await expect(page).toHaveURL(/team_selection=single/);
  await expect(page).toHaveURL(/access_preset=full_access/);
  await page.reload();
  await expect.poll(() => names(page)).toEqual(['list wide open']);

  await page.getByRole('link', { name: 'list wide open' }).click();
  await expect(page.getByRole('dialog', { name: 'Edit OAuth client' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('dialog', { name: 'Edit OAuth client' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page).toHaveURL(/access_preset=full_access/);

  await page.getByLabel('Search').fill('matches nothing at all');
  await expect(page.getByText('No client matches')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/oauth-clients$/);
  await expect(page.getByLabel('Search')).toHaveValue('');

  await page.goto('/settings/oauth-clients?search=list');
  for (const [header, column] of [
    ['Access token', 7],
    ['Scope', 6],
    ['Team limit', 5],
    ['Name', 1],
  ] as const) {
    const values = () =>
      table(page)
        .locator(`tbody td:nth-child(${column + 1})`)
        .allInnerTexts();
    const head = page.getByRole('columnheader', { name: header, exact: true });
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'ascending');
    await expect.poll(async () => (await values())[0]).toMatch(/^(1 hour|Full access|Multiple|list many)/);
    await head.getByRole('button').click();
    await expect(head).toHaveAttribute('aria-sort', 'descending');
    await expect.poll(async () => (await values())[0]).toMatch(/^(8 hours|Read-only|Single|list wide open)/);
  }
  expect(await names(page)).toEqual(['list wide open', 'list quiet', 'list many']);
});

test('rows come page by page, while a skeleton keeps their place', async ({ page }) => {
  for (let n = 0; n < COUNT; n += 10) {
    await Promise.all(Array.from({ length: 10 }, (_, k) => createClient(page, { client_name: `paged ${String(n + k).padStart(3, '0')}` })));
  }
  const pages: ListPage<Client>[] = [];
  page.on('response', (response) => {
    if (/\/api\/v1\/oauth-clients\?/.test(response.url())) void response.json().then((body) => pages.push(body as ListPage<Client>));
  });
  let release = () => {};
  await page.route('**/api/v1/oauth-clients?*', async (route) => {
    await new Promise<void>((resolve) => (release = resolve));
    await route.continue();
  });
  await page.goto('/settings/oauth-clients?search=paged&sort=client_name', { waitUntil: 'commit' });
  await expect(page.getByText('Loading OAuth clients')).toBeAttached();
  await expect(table(page)).toHaveAttribute('aria-busy', 'true');
  await expectAccessible(page);
  await expect.poll(() => (release(), table(page).getAttribute('aria-busy'))).toBe('false');
  await page.unroute('**/api/v1/oauth-clients?*');

  await expect(page.getByText(`50 of ${COUNT} clients`)).toBeVisible();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByText(`100 of ${COUNT} clients`)).toBeVisible();
  await page.getByRole('button', { name: 'Show more' }).click();
  await expect(page.getByText(`${COUNT} clients`, { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0);
  expect(await names(page)).toEqual(Array.from({ length: COUNT }, (_, n) => `paged ${String(n).padStart(3, '0')}`));
  expect(Math.max(...pages.map(({ items }) => items.length))).toBe(50);
});

test('typing in the search never waits for the server, and the last question wins', async ({ page }) => {
  await page.goto('/settings/oauth-clients?search=paged');
  await expect(table(page).getByRole('row').nth(1)).toBeVisible();
  const held: (() => void)[] = [];
  await page.route('**/api/v1/oauth-clients?*', async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue().catch(() => undefined);
  });
  const search = page.getByLabel('Search');
  await search.fill('paged 00');
  await expect.poll(() => held.length).toBe(1);
  // The server is silent: typing goes on, and the rows stay where they are.
  await search.pressSequentially('7');
  await expect(search).toHaveValue('paged 007');
  await expect(table(page).getByRole('row').nth(1)).toContainText('paged');
  await expect.poll(() => held.length).toBe(2);
  // The later answer comes first; the earlier one must not replace it.
  held[1]!();
  await expect.poll(() => names(page)).toEqual(['paged 007']);
  held[0]!();
  await page.waitForTimeout(300);
  expect(await names(page)).toEqual(['paged 007']);
});

test('a list that cannot be loaded says so, and tries again', async ({ page }) => {
  const path = '**/api/v1/oauth-clients?*';
  const problem = { type: 'http://x/errors#unavailable', title: 'Not available right now', status: 503 };
  await page.route(path, (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify(problem),
      headers: { 'x-request-id': 'req-1' },
    }),
  );
  await page.goto('/settings/oauth-clients');
  await expect(page.getByText('The OAuth clients could not be loaded')).toBeVisible();
  await expect(page.getByText('req-1')).toBeVisible();
  await expectAccessible(page);
  await page.unroute(path);
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(table(page).getByRole('row').nth(1)).toBeVisible();
});

test('more rows that cannot be loaded say so, and are tried again', async ({ page }) => {
  test.slow();
  await page.goto('/settings/oauth-clients?search=paged&sort=client_name');
  await expect(page.getByText(`50 of ${COUNT} clients`)).toBeVisible();
  await page.route('**/api/v1/oauth-clients?*cursor=*', (route) => route.abort('connectionreset'));
  await page.getByRole('button', { name: 'Show more' }).click();
  const fault = page.getByRole('alert').filter({ hasText: 'The clients could not be loaded' });
  await expect(fault).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page);
  await page.unroute('**/api/v1/oauth-clients?*cursor=*');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText(`100 of ${COUNT} clients`)).toBeVisible();
  await expect(fault).toHaveCount(0);
});

test('each filter, tab and order is a step that can be walked back to; a drawer opened in between stays', async ({ page }) => {
  await page.goto('/settings/oauth-clients?search=list');
  await choose(page, page.locator('body'), 'Scope', 'Full access');
  await expect.poll(() => names(page)).toEqual(['list wide open']);
  await table(page).getByRole('link', { name: 'list wide open' }).click();
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  await drawer.getByRole('tab', { name: 'Connect' }).click();
  await expect(page).toHaveURL(/tab=connect/);
  await page.goBack();
  await expect(drawer.getByRole('tab', { name: 'Settings' })).toHaveAttribute('aria-selected', 'true');
  await page.goBack();
  await expect(drawer).toHaveCount(0);
  await page.goBack();
  await expect(page).not.toHaveURL(/access_preset/);
  await expect.poll(async () => (await names(page)).length).toBeGreaterThan(1);
  // Typed, and a drawer opened before the typing pause is over.
  await page.getByLabel('Search').fill('list wide');
  await page.getByRole('button', { name: 'Create OAuth client' }).click();
  await expect(page).toHaveURL(/\/oauth-clients\/new\?search=list\+wide/);
  await expect(page.getByRole('dialog', { name: 'Create a new OAuth client' })).toBeVisible();
});

test('at most 500 are deleted at once; over that the button says why it does nothing', async ({ page }) => {
  test.slow();
  for (let n = COUNT; n <= 500; n += 25) {
    await Promise.all(Array.from({ length: 25 }, (_, k) => createClient(page, { client_name: `paged ${n + k}` })));
  }
  await page.route('**/api/v1/oauth-clients?*', (route) => route.continue({ url: route.request().url().replace('limit=50', 'limit=200') }));
  await page.goto('/settings/oauth-clients?search=paged');
  for (const shown of [200, 400]) {
    // Hundreds of rows at once are more than anybody loads, and take a busy machine a while.
    await expect(page.getByText(new RegExp(`^${shown} of `))).toBeVisible({ timeout: 90_000 });
    await page.getByRole('button', { name: 'Show more' }).click();
  }
  await expect(page.getByRole('button', { name: 'Show more' })).toHaveCount(0, { timeout: 90_000 });
  await page.getByRole('checkbox', { name: 'Select all clients shown' }).check();
  const remove = page.getByRole('button', { name: 'Delete selected' });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await expect(remove).toHaveAccessibleDescription('At most 500 clients can be deleted at once.');
  await remove.click({ force: true });
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('of very many rows only those in view are drawn, and neither the keyboard nor a screen reader loses one', async ({ page }) => {
  test.slow();
  await page.route('**/api/v1/oauth-clients?*', (route) => route.continue({ url: route.request().url().replace('limit=50', 'limit=200') }));
  await page.goto('/settings/oauth-clients?search=paged&sort=client_name');
  for (const shown of [200, 400]) {
    await expect(page.getByText(new RegExp(`^${shown} of `))).toBeVisible({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Show more' }).click();
  }
  const count = page.getByText(/^\d+ clients$/);
  await expect(count).toBeVisible({ timeout: 30_000 });
  const clients = Number.parseInt(await count.innerText(), 10);
  await expect(table(page)).toHaveAttribute('aria-rowcount', String(clients + 1));
  await page.evaluate(() => window.scrollTo(0, 0));
  const first = table(page).getByRole('link', { name: 'paged 000' });
  await first.focus();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const last = table(page).locator(`[aria-rowindex="${clients + 1}"]`);
  await expect(last.getByRole('link')).toBeInViewport();
  await expect(first).toBeFocused();
  expect(await table(page).getByRole('row').count()).toBeLessThan(100);
  await expectAccessible(page);

  const name = await last.getByRole('link').innerText();
  await last.getByRole('link').click();
  await expect(page.getByRole('dialog', { name: 'Edit OAuth client' }).getByRole('textbox', { name: 'Client name' })).toHaveValue(name);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(last.getByRole('link')).toBeFocused();
  // Backwards through rows that are drawn as they are come upon.
  const before = table(page).locator(`[aria-rowindex="${clients - 39}"]`);
  for (let stops = 0; stops < 500 && !(await before.locator(':focus').count()); stops += 1) await page.keyboard.press('Shift+Tab');
  await expect(before.locator(':focus')).toHaveCount(1);
});
