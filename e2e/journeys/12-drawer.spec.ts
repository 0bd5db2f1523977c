import type { Client, Page as ListPage, Team } from '@behalf/domain';
import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { choose, createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { grant, isAccepted } from '../support/grant.js';
import { ADMIN, DEV, PASSWORD } from '../support/people.js';

const CLIENTS = '/api/v1/oauth-clients';

test.beforeEach(({ page }) => signIn(page, ADMIN));

const name = (drawer: Locator) => drawer.getByRole('textbox', { name: 'Client name' });
const save = (drawer: Locator) => drawer.getByRole('button', { name: 'Save changes' }).click();
const combobox = (drawer: Locator, label: string) => drawer.getByRole('combobox', { name: label, exact: true });
const stored = async (page: Page, { client_id }: Client) => (await (await page.request.get(`${CLIENTS}/${client_id}`)).json()) as Client;

/** A colleague saves in between. */
async function editElsewhere(page: Page, client: Client, changes: object): Promise<void> {
  const { version } = await stored(page, client);
  const answer = await page.request.patch(`${CLIENTS}/${client.client_id}`, { data: { ...changes, version } });
  expect(answer.status()).toBe(200);
}

/** What the page sends when it saves. */
function watchSaves(page: Page): Record<string, unknown>[] {
  const bodies: Record<string, unknown>[] = [];
  page.on('request', (request) => {
    if (request.method() === 'PATCH') bodies.push(request.postDataJSON() as Record<string, unknown>);
  });
  return bodies;
}

test('the page behind a drawer and its dialogs stays where it is, and moves again afterwards', async ({ page }) => {
  await createClient(page, { client_name: 'drawer still' });
  await page.setViewportSize({ width: 1440, height: 300 });
  await page.goto('/settings/oauth-clients?search=drawer+still');
  const link = page.getByRole('link', { name: 'drawer still' });
  await expect(link).toBeVisible();
  const scrolled = async (y: number) => {
    await page.mouse.move(300, 150);
    await page.mouse.wheel(0, y);
    return page.evaluate(async () => {
      for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
      return window.scrollY;
    });
  };
  await expect.poll(() => scrolled(40)).toBeGreaterThan(0);
  const width = () => page.evaluate(() => document.querySelector('main')!.getBoundingClientRect().width);
  await link.focus();
  const [place, before] = [await scrolled(40), await width()];
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  await name(drawer).fill('drawer still, renamed');
  expect([await scrolled(-200), await width()]).toEqual([place, before]);
  // One over the other, and the lower one still open when the upper one goes.
  await page.keyboard.press('Escape');
  const discard = page.getByRole('dialog', { name: 'Discard what you typed?' });
  await expect(discard).toBeVisible();
  expect(await scrolled(-200)).toBe(place);
  await page.keyboard.press('Escape');
  await expect(discard).toHaveCount(0);
  expect(await scrolled(-200)).toBe(place);
  await drawer.getByRole('button', { name: 'Cancel' }).click();
  await discard.getByRole('button', { name: 'Discard' }).click();
  await expect(drawer).toHaveCount(0);
  await expect.poll(() => scrolled(-200)).toBe(0);
});

test('an offer to revoke that went away revokes nothing', async ({ page, playwright, baseURL }) => {
  const redirect_uris = ['https://app.test/callback', 'https://app.test/two'];
  const client = await createClient(page, { client_name: 'drawer offer', issue_refresh_token: true, redirect_uris });
  const tokens = await grant(playwright, baseURL!, client, DEV, ['Production']);
  const saves = watchSaves(page);
  const drawer = await openClient(page, 'drawer offer');
  const offer = drawer.getByRole('checkbox', { name: 'Also revoke the client’s live tokens' });
  const remove = drawer.getByRole('button', { name: 'Remove redirect URI 2' });

  await remove.click();
  await expect(drawer.getByText('1 live token now.')).toBeVisible();
  await offer.check();
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Add redirect URI' }).click();
  await drawer.getByRole('textbox', { name: 'Redirect URI 2' }).fill(redirect_uris[1]!);
  await expect(offer).toHaveCount(0);
  await name(drawer).fill('drawer offer, renamed');
  await save(drawer);
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();

  await remove.click();
  await offer.check();
  await editElsewhere(page, client, { client_name: 'drawer offer, theirs' });
  await save(drawer);
  await drawer.getByRole('button', { name: 'Take theirs' }).click();
  await remove.click();
  await expect(offer).not.toBeChecked();
  await save(drawer);
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  expect(saves.map(({ also_revoke_tokens }) => also_revoke_tokens)).toEqual([false, true, false]);
  expect(await isAccepted(page.request, tokens)).toBe(true);
});

test('a lifetime field shows what would be saved, whoever changed it', async ({ page }) => {
  const client = await createClient(page, { client_name: 'drawer lifetime', access_token_lifetime_seconds: 900 });
  const drawer = await openClient(page, 'drawer lifetime');
  const [list, value] = [combobox(drawer, 'Access token lifetime'), drawer.getByRole('textbox', { name: 'Access token lifetime value' })];
  await name(drawer).fill('drawer lifetime, mine');
  await editElsewhere(page, client, { access_token_lifetime_seconds: 2700 });
  await save(drawer);
  await drawer.getByRole('button', { name: 'Take theirs' }).click();
  await expect(list).toHaveValue('Custom');
  await expect(value).toHaveValue('45');

  // Watched, with nothing typed.
  await editElsewhere(page, client, { access_token_lifetime_seconds: 36_000 - 60 });
  await expect(value).toHaveValue('599', { timeout: 30_000 });
  await expect(combobox(drawer, 'Access token lifetime unit')).toHaveValue('Minutes');
  for (const typed of ['1e3', '0x10', '1.5', '-5']) {
    await value.fill(typed);
    await value.blur();
    await expect(drawer.getByText('Enter a whole number.')).toBeVisible();
    await expect(value).toHaveValue(typed);
  }
  await value.fill('599');
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  await editElsewhere(page, client, { access_token_lifetime_seconds: 3600 });
  await expect(list).toHaveValue('1 Hour', { timeout: 30_000 });
  await expect(value).toHaveCount(0);
});

test('nothing is saved before it was counted what it ends, and where that fails it asks', async ({ page, playwright, baseURL }) => {
  const client = await createClient(page, { client_name: 'drawer count', team_selection: 'multiple' });
  await grant(playwright, baseURL!, client, DEV, ['Production', 'Staging']);
  const drawer = await openClient(page, 'drawer count');
  const saves = watchSaves(page);
  const asked: unknown[] = [];
  let answer: 'late' | 'lost' | 'html' = 'lost';
  await page.route('**/preview', async (route) => {
    asked.push(route.request().postDataJSON());
    if (answer === 'lost') return route.abort('connectionreset');
    if (answer === 'html') return route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(saves).toEqual([]);
    return route.continue();
  });
  await name(drawer).fill('');
  await page.waitForTimeout(600);
  expect(asked).toEqual([]);
  await name(drawer).fill('drawer count');

  await drawer.getByRole('radio', { name: 'Single team' }).click();
  await expect(drawer.getByText('What this ends could not be counted.')).toBeVisible();
  await expectAccessible(page);
  await save(drawer);
  const dialog = page.getByRole('dialog', { name: 'Save without the count' });
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(drawer.getByRole('radio', { name: 'Single team' })).toBeChecked();
  answer = 'html';
  await drawer.getByRole('button', { name: 'Retry' }).click();
  await expect.poll(() => asked.length).toBe(2);
  await save(drawer);
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(saves).toEqual([]);

  answer = 'late';
  await drawer.getByRole('button', { name: 'Retry' }).click();
  await save(drawer);
  await expect(drawer.getByRole('status').filter({ hasText: 'Counting what this ends …' }).first()).toBeVisible();
  await expect(page.getByText('drawer count was saved. 1 authorization ends for good.')).toBeVisible();
  expect([saves.length, asked.length]).toEqual([1, 3]);
});

test('a client that was deleted elsewhere is shown as gone, and what was typed can still be read', async ({ page }) => {
  const [typed, idle] = [
    await createClient(page, { client_name: 'drawer gone' }),
    await createClient(page, { client_name: 'drawer idle' }),
  ];
  const remove = async ({ client_id, client_name }: Client) =>
    expect((await page.request.post(`${CLIENTS}/${client_id}/delete`, { data: { confirm_name: client_name } })).status()).toBe(204);
  const drawer = await openClient(page, 'drawer gone');
  await name(drawer).fill('drawer gone, typed');
  await remove(typed);
  await save(drawer);
  await expect(drawer.getByText('There is no such client any more')).toBeVisible();
  await expect(name(drawer)).toHaveValue('drawer gone, typed');
  await expect(drawer.getByRole('button', { name: 'Save changes' })).toHaveCount(0);
  await expect(page.locator('tbody').getByText('drawer gone')).toHaveCount(0);
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('dialog', { name: 'Discard what you typed' }).getByRole('button', { name: 'Discard' }).click();
  await expect(drawer).toHaveCount(0);

  await openClient(page, 'drawer idle');
  await remove(idle);
  await expect(drawer.getByText('There is no such client')).toBeVisible({ timeout: 30_000 });
  await expect(drawer.getByRole('tab')).toHaveCount(0);
});

test('versions that differ in teams look different, and teams that cannot be named can be removed', async ({ page, browser }) => {
  const teams = ((await (await page.request.get('/api/v1/teams')).json()) as ListPage<Team>).items;
  const id = (team: string) => teams.find((each) => each.name === team)!.id;
  const restrict = (...names: string[]) => ({ team_restrictions: { team_ids: names.map(id), organization_ids: [] } });
  const client = await createClient(page, { client_name: 'drawer teams', ...restrict('Research', 'Production') });
  const editor = await invite(page, browser, id('Production'));
  let loaded = () => {};
  const wait = new Promise<void>((resolve) => (loaded = resolve));
  await editor.route('**/api/v1/teams?*', async (route) => {
    await wait;
    await route.continue();
  });
  const drawer = await openClient(editor, 'drawer teams');
  await expect(editor.locator('tbody')).toContainText('Restricted');
  await expect(drawer.getByText('that you cannot see')).toHaveCount(0);
  loaded();
  await expect(drawer.getByText('and 1 other that you cannot see')).toBeVisible();
  await expectAccessible(editor);

  await choose(editor, drawer, 'Team restrictions', 'Staging');
  await editElsewhere(page, client, restrict('Security', 'Production'));
  await save(drawer);
  const cells = drawer.getByRole('row', { name: /Team restrictions/ }).getByRole('cell');
  await expect(cells).toHaveText(['Production\nStaging\n1 other', 'Security\nProduction'], { useInnerText: true });
  await drawer.getByRole('button', { name: 'Keep mine' }).click();
  await drawer.getByRole('button', { name: 'Remove 1 other' }).click();
  await expect(combobox(drawer, 'Team restrictions')).toBeFocused();
  await expect(drawer.getByText('that you cannot see')).toHaveCount(0);
  await save(drawer);
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();
  expect((await stored(page, client)).team_restrictions).toEqual(restrict('Production', 'Staging').team_restrictions);
  await editor.context().close();
});

/** An administrator of Acme who has no team in Acme Labs. */
async function invite(page: Page, browser: Browser, team_id: string): Promise<Page> {
  const data = { email: 'editor@acme.example', name: 'Editor', memberships: [{ team_id, role: 'platform_admin' }] };
  const { invitation_url } = (await (await page.request.post('/api/v1/users', { data })).json()) as { invitation_url: string };
  const editor = await (await browser.newContext()).newPage();
  const accept = { token: new URL(invitation_url).hash.slice(1), password: PASSWORD };
  expect((await editor.request.post('/api/v1/invitations/accept', { data: accept })).status()).toBe(201);
  return editor;
}

test('on a phone both versions are in sight where one is chosen, and no code lies under its copy button', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 780 });
  const client = await createClient(page, { client_name: 'drawer phone' });
  await page.goto(`/settings/oauth-clients/${client.client_id}`);
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  await name(drawer).fill('drawer phone, mine');
  await editElsewhere(page, client, { client_name: 'drawer phone, theirs', access_token_lifetime_seconds: 900, issue_refresh_token: true });
  await save(drawer);
  const versions = drawer.getByRole('region', { name: 'Both versions' });
  await expect(versions.getByRole('row')).toHaveCount(4);
  expect(await versions.evaluate(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight)).toBe(0);
  for (const button of ['Keep mine', 'Take theirs', 'Save changes'])
    await expect(drawer.getByRole('button', { name: button })).toBeInViewport({ ratio: 1 });
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Take theirs' }).click();

  await drawer.getByRole('tab', { name: 'Connect' }).click();
  const code = drawer.getByRole('region', { name: 'Send the user to consent' });
  const copy = (await drawer.getByRole('button', { name: 'Copy: Send the user to consent' }).boundingBox())!;
  const { x, width } = (await code.boundingBox())!;
  expect(copy.x).toBeGreaterThanOrEqual(x + width);
});
