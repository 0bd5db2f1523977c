import { expect, type Page, test } from '@playwright/test';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { grant, isAccepted } from '../support/grant.js';
import { ADMIN, DEV, SECURITY } from '../support/people.js';

const PAGE = '/security/active-sessions';

const group = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const receipt = (page: Page, title: string) => page.getByRole('status').filter({ hasText: title });
const teamRow = (page: Page, name: string) => page.getByRole('table', { name: 'teams' }).getByRole('row', { name: new RegExp(`^${name}`) });
const permissionRow = (page: Page, name: string) =>
  page.getByRole('table', { name: 'permissions' }).getByRole('row', { name: new RegExp(`^${name}`) });

// Many stops, each looked at by axe in light and in dark.
test.setTimeout(180_000);

/** What the token may do now, as a program finds out. */
async function powers(page: Page, access_token: string): Promise<{ teams: string[]; writes: boolean }> {
  const headers = { authorization: `Bearer ${access_token}` };
  const { authorized_teams } = (await (await page.request.get('/oauth2/userinfo', { headers })).json()) as {
    authorized_teams: { name: string }[];
  };
  // Nothing is changed by it: the name is taken, or the scope does not reach.
  const write = await page.request.post('/api/v1/teams', { headers, data: { name: '' } });
  return { teams: authorized_teams.map(({ name }) => name), writes: write.status() !== 403 };
}

test('a live token is narrowed: words before and after, the next request obeys, a receipt', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, {
    client_name: 'too strong',
    access_preset: 'full_access',
    team_selection: 'multiple',
    issue_refresh_token: true,
  });
  const tokens = await grant(playwright, baseURL!, client, ADMIN, ['Production', 'Staging']);
  expect(await powers(page, tokens.access_token)).toEqual({ teams: ['Production', 'Staging'], writes: true });
  await page.goto(PAGE);
  const row = group(page, 'too strong').getByRole('row', { name: /Full access in Production, Staging/ });
  await row.hover();
  await row.getByRole('button', { name: /^Narrow token / }).click();
  const dialog = page.getByRole('dialog', { name: 'Narrow access' });
  const button = dialog.getByRole('button', { name: 'Narrow access' });
  await expect(button).toBeDisabled();
  await expect(dialog.getByRole('status')).toContainText('Full access in Production, Staging');
  await expectAccessible(page);

  await dialog.getByRole('checkbox', { name: 'Production' }).uncheck();
  await dialog.getByRole('checkbox', { name: 'Staging' }).uncheck();
  await expect(dialog.getByRole('alert')).toContainText('Leave at least one team');
  await expect(button).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('checkbox', { name: 'Staging' }).check();
  await dialog.getByRole('radio', { name: 'Read-only' }).check();
  await expect(dialog.getByRole('status')).toContainText('Read-only in Staging');
  await button.dblclick();
  await expect(dialog).toHaveCount(0);
  const shown = receipt(page, 'Access narrowed');
  for (const text of ['too strong', 'Ada Admin', 'Full access in Production, Staging', 'Read-only in Staging']) {
    await expect(shown).toContainText(text);
  }
  await expectAccessible(page);
  expect(await powers(page, tokens.access_token)).toEqual({ teams: ['Staging'], writes: false });
  await expect(group(page, 'too strong').getByRole('row', { name: /Read-only in Staging/ })).toHaveCount(1);

  const again = group(page, 'too strong').getByRole('row', { name: /Read-only in Staging/ });
  await again.hover();
  await again.getByRole('button', { name: /^Narrow token / }).click();
  await expect(dialog).toContainText('This is the least that a token can hold');
  await expect(button).toBeDisabled();
  await page.keyboard.press('Escape');
  await shown.getByRole('link', { name: 'View audit entry' }).click();
  await expect(page.getByRole('table', { name: 'audit entries' })).toContainText('Token narrowed');
});

test('a narrowing that comes too late keeps the dialog, and says why', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'narrowed twice', access_preset: 'full_access', team_selection: 'multiple' });
  await grant(playwright, baseURL!, client, ADMIN, ['Production', 'Staging']);
  await page.goto(PAGE);
  const row = group(page, 'narrowed twice').getByRole('row', { name: /Production, Staging/ });
  await row.hover();
  await row.getByRole('button', { name: /^Narrow token / }).click();
  const dialog = page.getByRole('dialog', { name: 'Narrow access' });
  await dialog.getByRole('checkbox', { name: 'Production' }).uncheck();
  const token_id = (await row.getByRole('button', { name: /^Revoke token / }).getAttribute('aria-label'))!.replace('Revoke token ', '');
  const { items } = (await (await page.request.get('/api/v1/teams')).json()) as { items: { id: string; name: string }[] };
  const production = items.find(({ name }) => name === 'Production')!;
  expect((await page.request.patch(`/api/v1/tokens/${token_id}`, { data: { team_ids: [production.id] } })).status()).toBe(200);
  await dialog.getByRole('button', { name: 'Narrow access' }).click();
  await expect(dialog.getByRole('alert')).toContainText('The token was not narrowed');
  await expectAccessible(page);
});

test('access is explained side by side, for oneself and for another who is named', async ({ page, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'explained', access_preset: 'full_access', team_selection: 'multiple' });
  const path = `/api/v1/oauth-clients/${client.client_id}`;
  await grant(playwright, baseURL!, client, ADMIN, ['Production', 'Staging']);
  const tokens = await grant(playwright, baseURL!, client, DEV, ['Production', 'Staging']);
  await page.goto(PAGE);
  await page.getByRole('link', { name: 'Explain access of explained' }).click();
  await expect(page).toHaveURL(new RegExp(`/security/effective-access\\?client_id=${client.client_id}&user_id=`));
  await expect(page.getByRole('heading', { name: 'explained for Ada Admin' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Consent' })).toContainText('1 live token');
  await expect(teamRow(page, 'Production')).toContainText('Allowed');
  await expect(teamRow(page, 'Security')).toContainText('Ada Admin did not approve this team');
  await expect(permissionRow(page, 'OAuth Clients: Manage')).toContainText('In Production, Staging.');
  await expectAccessible(page);

  await page.context().clearCookies();
  await signIn(page, SECURITY);
  await page.goto(`${PAGE}?show=organization`);
  const row = group(page, 'explained').getByRole('row', { name: /Devin Developer/ });
  await row.hover();
  await row.getByRole('button', { name: /^Explain token / }).click();
  await expect(page.getByRole('heading', { name: 'explained for Devin Developer' })).toBeVisible();
  await expect(page.getByText('This token can read what Devin Developer may, in Production, Staging')).toBeVisible();
  await expect(permissionRow(page, 'OAuth Clients: Read')).toContainText('No role of Devin Developer includes it.');
  await expect(permissionRow(page, 'Users: Read')).toContainText('In Production, Staging.');
  await expectAccessible(page);

  const admin = await playwright.request.newContext({ baseURL: baseURL! });
  await admin.post('/api/v1/session', { data: { email: ADMIN, password: 'correct horse battery' } });
  const { items } = (await (await admin.get('/api/v1/teams')).json()) as { items: { id: string; name: string }[] };
  const staging = items.find(({ name }) => name === 'Staging')!;
  const restricted = { version: 1, access_preset: 'read_only', team_restrictions: { team_ids: [staging.id], organization_ids: [] } };
  expect((await admin.patch(path, { data: restricted })).status()).toBe(200);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Client' })).toContainText('Restricted to some');
  await expect(teamRow(page, 'Production')).toContainText('explained may not act on this team.');
  await expect(permissionRow(page, 'Teams: Manage')).toContainText('explained is Read-only.');
  await expectAccessible(page);

  await page.getByRole('main').getByRole('link', { name: 'Active Sessions' }).click();
  await expect(page).toHaveURL(/show=organization/);
  expect((await admin.put(`${path}/status`, { data: { status: 'disabled' } })).status()).toBe(200);
  expect(await isAccepted(page.request, tokens)).toBe(false);
  await page.goto(`/security/effective-access?client_id=${client.client_id}&user_id=${await userId(page)}`);
  await expect(page.getByText('explained is paused.').first()).toBeVisible();
  await expect(page.getByRole('region', { name: 'Client' })).toContainText('Paused');
  await expectAccessible(page);
  await admin.dispose();

  await page.setViewportSize({ width: 360, height: 780 });
  await expect(page.getByRole('list', { name: 'permissions' }).getByRole('listitem')).toHaveCount(9);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await expectAccessible(page);
});

async function userId(page: Page): Promise<string> {
  const { items } = (await (await page.request.get(`/api/v1/users?search=${DEV}`)).json()) as { items: { id: string }[] };
  return items[0]!.id;
}
