import { type APIRequestContext, expect, type Page, test } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { choose, createClient, expectAccessible, signIn } from '../support/console.js';
import { grant } from '../support/grant.js';
import { ADMIN, DEV, PASSWORD, VIEWER } from '../support/people.js';

const COLUMNS = ['Time', 'User', 'Action', 'Target', 'Team', 'Channel', 'OAuth Client ID', 'IP address', 'Result'];

test.beforeEach(({ page }) => signIn(page, ADMIN));

const entries = (page: Page) => page.getByRole('table', { name: 'audit entries' });
const rows = (page: Page) =>
  entries(page)
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: /^Details of/ }) });
const main = (page: Page) => page.getByRole('main');

/** Opens the log and waits for what the address asks for. */
async function open(page: Page, search = ''): Promise<void> {
  await page.goto(`/security/audit-log${search}`);
  await expect(page.getByRole('heading', { name: 'Audit log' })).toBeVisible();
  await expect(page.getByRole('status').filter({ hasText: /^[0-9,]+ entr(y|ies)/ })).toBeVisible();
}

test('the log is narrowed by its filters, which stand in the address', async ({ page }) => {
  const { client_id } = await createClient(page, { client_name: 'filtered' });
  await page.request.put(`/api/v1/oauth-clients/${client_id}/status`, { data: { status: 'disabled', reason: 'trying the filters' } });
  await open(page);
  const heads = await entries(page).getByRole('columnheader').allInnerTexts();
  expect(heads.map((head) => head.trim()).filter((head) => head !== 'Details')).toEqual(COLUMNS);
  await expectAccessible(page);

  await choose(page, main(page), 'Action', 'Client paused');
  await expect(page).toHaveURL(/action=client\.paused/);
  await expect(rows(page).filter({ hasText: 'filtered' })).toHaveCount(1);
  await expect(rows(page).filter({ hasNotText: 'Client paused' })).toHaveCount(0);
  await page.reload();
  await expect(rows(page).filter({ hasText: 'filtered' })).toHaveCount(1);
  await expect(rows(page).filter({ hasNotText: 'Client paused' })).toHaveCount(0);

  await choose(page, main(page), 'Channel', 'System');
  await expect(page).toHaveURL(/channel=system/);
  await expect(page.getByText('No entry matches')).toBeVisible();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).toHaveURL(/audit-log$/);
  await expect(rows(page).first()).toBeVisible();

  await choose(page, main(page), 'Time range', 'Custom range');
  await page.getByLabel('From').fill('2020-01-01');
  await page.getByLabel('To', { exact: true }).fill('2020-01-31');
  await expect(page).toHaveURL(/from=2020-01-01&to=2020-01-31|to=2020-01-31&from=2020-01-01/);
  await expect(page.getByText('No entry matches')).toBeVisible();
  await expectAccessible(page);
});

test('a change opens by the keyboard, with what was before and after', async ({ page }) => {
  const { client_id, version } = await createClient(page, { client_name: 'watched' });
  const changes = {
    access_preset: 'full_access',
    access_token_lifetime_seconds: 28_800,
    redirect_uris: ['https://app.test/callback', 'https://app.test/second'],
  };
  const edit = { version, ...changes, confirmed_risks: ['long_lived_full_access'] };
  expect((await page.request.patch(`/api/v1/oauth-clients/${client_id}`, { data: edit })).status()).toBe(200);
  await open(page, `?target_id=${client_id}`);
  await expect(page.getByRole('button', { name: `Show all, not only Target ${client_id}` })).toBeVisible();

  const details = page.getByRole('button', { name: 'Details of Client updated' });
  await details.focus();
  await page.keyboard.press('Enter');
  await expect(details).toHaveAttribute('aria-expanded', 'true');
  const changed = (field: string) => page.getByRole('row', { name: new RegExp(`^${field} `) });
  await expect(changed('Scope')).toHaveText(/Read-only\s*Full access/);
  await expect(changed('Access token lifetime')).toHaveText(/1 Hour\s*8 Hours/);
  await expect(changed('Redirect URIs')).toHaveText(/1 URI\s*2 URIs, added https:\/\/app\.test\/second/);
  const detail = entries(page).locator('dl');
  await expect(detail).toContainText('Full access with a long access token lifetime');
  await expect(detail).toContainText('Local network');
  await expect(detail.getByText(/^[0-9a-f]{8}-[0-9a-f-]{27}$/).first()).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(details).toHaveAttribute('aria-expanded', 'false');
  await expect(changed('Scope')).toHaveCount(0);

  await page.setViewportSize({ width: 360, height: 780 });
  await page.getByRole('button', { name: 'Details of Client updated' }).click();
  await expect(page.getByText('What changed')).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await expectAccessible(page);
});

test('an incident shows both uses and what they most likely mean', async ({ page, playwright, baseURL }) => {
  const client = await createClient(page, { client_name: 'twice-used', issue_refresh_token: true });
  const { refresh_token } = await grant(playwright, baseURL!, client, DEV, ['Production']);
  const renew = (context: APIRequestContext, token: string, agent: string) =>
    context.post('/oauth2/token', {
      form: { grant_type: 'refresh_token', refresh_token: token, client_id: client.client_id, client_secret: client.client_secret },
      headers: { 'user-agent': agent },
    });
  const second = (await (await renew(page.request, refresh_token!, 'integration/1')).json()) as { refresh_token: string };
  await renew(page.request, second.refresh_token, 'integration/1');
  expect((await renew(page.request, refresh_token!, 'python-requests/2.32')).status()).toBe(400);

  await open(page);
  await choose(page, main(page), 'Action', 'All incidents');
  await expect(page).toHaveURL(/incident=true/);
  await expect(rows(page).filter({ hasNotText: 'Incident' })).toHaveCount(0);
  const row = rows(page).filter({ hasText: 'twice-used' });
  await expect(row).toContainText('Refresh token reused');
  await expect(row).toContainText('Incident');
  await row.getByText('Refresh token reused').click();
  await expect(page.getByText('Refresh token used twice')).toBeVisible();
  await expect(page.getByText('Likely theft.')).toBeVisible();
  await expect(page.getByText(/same address, by another program/)).toContainText('rotate the secret of twice-used');
  const first = page.getByRole('region', { name: 'First use' });
  const later = page.getByRole('region', { name: 'Second use' });
  await expect(first).toContainText('integration/1');
  await expect(first).toContainText('New tokens issued');
  await expect(later).toContainText('python-requests/2.32');
  await expect(later).toContainText('Refused, authorization revoked');
  await expectAccessible(page);

  // Everything that the log holds on this authorization, from one click.
  await entries(page).getByTitle('Show all entries of this ID').last().click();
  await expect(page).toHaveURL(/token_id=/);
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).filter({ hasText: 'Token issued' })).toHaveCount(1);
});

test('a denied attempt says who tried what, and what was missing', async ({ page, playwright, baseURL }) => {
  const viewer = await playwright.request.newContext({ baseURL: baseURL! });
  await viewer.post('/api/v1/session', { data: { email: VIEWER, password: PASSWORD } });
  expect((await viewer.get('/api/v1/users')).status()).toBe(403);
  await viewer.dispose();
  await open(page, '?action=access.denied');
  const row = rows(page).filter({ hasText: 'GET /api/v1/users' }).first();
  await expect(row).toContainText('Vera Viewer');
  await expect(row).toContainText('Denied');
  await row.getByRole('button', { name: 'Details of Access denied' }).click();
  await expect(entries(page).locator('dl')).toContainText(/USER.READ/i);
  await expectAccessible(page);
});

test('the export is what the filter shows, in both formats', async ({ page }) => {
  const { client_id } = await createClient(page, { client_name: 'exported' });
  await page.request.put(`/api/v1/oauth-clients/${client_id}/status`, { data: { status: 'disabled' } });
  await open(page, `?target_id=${client_id}&action=client.paused`);
  await expect(rows(page)).toHaveCount(1);
  const save = async (format: string) => {
    await page.getByRole('button', { name: 'Export' }).click();
    await expect(page.getByRole('menuitem', { name: format, exact: true })).toBeVisible();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: format, exact: true }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`audit-log.${format.toLowerCase()}`);
    return readFileSync(await file.path(), 'utf8')
      .trimEnd()
      .split(/\r?\n/);
  };
  await page.getByRole('button', { name: 'Export' }).click();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  const csv = await save('CSV');
  expect(csv).toHaveLength(2);
  expect(csv[1]).toContain(client_id);
  expect(csv[1]).toContain('client.paused');
  const lines = await save('NDJSON');
  expect(lines.map((line) => (JSON.parse(line) as { action: string; target_id: string }).target_id)).toEqual([client_id]);
});
