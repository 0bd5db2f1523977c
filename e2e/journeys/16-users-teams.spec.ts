import { expect, test } from '@playwright/test';
import { choose, createClient, expectAccessible, signIn } from '../support/console.js';
import { member, openUser, teamOf, userOf, userRow, USERS } from '../support/directory.js';
import { callTeam, grant, isAccepted } from '../support/grant.js';
import { ADMIN, DEV, LABS, PASSWORD } from '../support/people.js';

/** Each stop is looked at by axe twice. */
test.describe.configure({ timeout: 180_000 });

test('whoever is invited sets a password by a link that is shown once and works once, and is signed in', async ({ page, browser }) => {
  await signIn(page, ADMIN);
  await page.goto(USERS);
  await page.getByRole('button', { name: 'Invite user' }).click();
  const drawer = page.getByRole('dialog', { name: 'Invite user' });
  await expect(drawer.getByLabel('Email')).toBeFocused();
  await drawer.getByRole('button', { name: 'Invite user' }).click();
  await expect(drawer.getByText('3 fields need attention')).toBeVisible();
  await expectAccessible(page);
  await drawer.getByLabel('Email').fill(DEV.toUpperCase());
  await drawer.getByLabel('Name').fill('Ines Invited');
  await choose(page, drawer, 'Team 1', 'Production');
  await drawer.getByRole('button', { name: 'Invite user' }).click();
  await expect(drawer.getByText('Somebody has this address already.')).toBeVisible();
  await page.keyboard.press('Escape');
  const discard = page.getByRole('dialog', { name: 'Discard what you typed?' });
  await discard.getByRole('button', { name: 'Keep editing' }).click();
  await drawer.getByLabel('Email').fill('ines@acme.example');
  await drawer.getByRole('button', { name: 'Add team' }).click();
  await choose(page, drawer, 'Team 2', 'Production');
  await drawer.getByRole('button', { name: 'Invite user' }).click();
  await expect(drawer.getByText('This team is named twice.')).toBeVisible();
  await choose(page, drawer, 'Team 2', 'Staging');
  await drawer.getByRole('combobox', { name: 'Role 2' }).click();
  await page.getByRole('option', { name: /^Read-Only User/ }).click();
  await drawer.getByRole('button', { name: 'Invite user' }).dblclick();

  const shown = page.getByRole('dialog', { name: 'User invited' });
  await expect(shown.getByRole('button', { name: 'Copy link' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(shown).toBeVisible();
  const link = await shown.getByText('/invite#').innerText();
  await shown.getByRole('button', { name: 'I have copied the link' }).click();
  await expect(page).toHaveURL(/\/settings\/users$/);
  await expect(userRow(page, 'ines@acme.example')).toContainText('Invited');
  await expect(userRow(page, 'ines@acme.example')).toContainText('Standard User in Production · Read-Only User in Staging');
  expect(await page.content()).not.toContain(link.split('#')[1]);

  const theirs = await (await browser.newContext()).newPage();
  await theirs.goto(link);
  await expect(theirs.getByText('Ines Invited, you were invited to Acme.')).toBeVisible();
  await expect(theirs.getByLabel('Email')).toHaveValue('ines@acme.example');
  await expectAccessible(theirs);
  await theirs.getByLabel('Password', { exact: true }).fill('too short');
  await theirs.getByRole('button', { name: 'Set password' }).click();
  await expect(theirs.getByText('Use at least 12 characters.')).toBeVisible();
  await expectAccessible(theirs);
  await theirs.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await theirs.getByRole('button', { name: 'Set password' }).click();
  await expect(theirs.getByRole('button', { name: 'User menu of Ines Invited' })).toBeVisible();
  expect(theirs.url()).not.toContain('#');
  await theirs.goto('about:blank');
  await theirs.goto(link);
  await expect(theirs.getByText('This link does not work any more')).toBeVisible();
  await expectAccessible(theirs);
  await theirs.context().close();
  await page.reload();
  await expect(userRow(page, 'ines@acme.example')).toContainText('Active');
});

test('a role that is lowered here bites on the integration’s next call, and says so before and after', async ({
  page,
  playwright,
  baseURL,
}) => {
  await signIn(page, ADMIN);
  const user = await member(page, baseURL!, 'Paula Powerful', 'platform_admin');
  const client = await createClient(page, { client_name: 'deployer', access_preset: 'full_access' });
  const tokens = await grant(playwright, baseURL!, client, user.email, ['Production']);
  const { id } = await teamOf(page, 'Production');
  expect(await callTeam(page.request, tokens, id)).toBe(200);

  const drawer = await openUser(page, user.email);
  await expect(drawer.getByText('1 live token of 1 client')).toBeVisible();
  const role = drawer.getByRole('combobox', { name: 'Role in Production' });
  await role.click();
  await page.getByRole('option', { name: /^Standard User/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Change role' });
  await expect(dialog.getByRole('status')).toHaveText('1 live token of 1 client acts as Standard User there on its next call.');
  await expect(dialog.getByText('OAuth Clients: Read, Manage')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(role).toHaveValue('Platform Admin');
  await expect(role).toBeFocused();
  expect(await callTeam(page.request, tokens, id)).toBe(200);

  await role.click();
  await page.getByRole('option', { name: /^Standard User/ }).click();
  await dialog.getByRole('button', { name: 'Change role' }).click();
  await expect(page.getByText('Paula Powerful is Standard User in Production. 1 live token of 1 client follows at once.')).toBeVisible();
  await expect(role).toHaveValue('Standard User');
  expect(await callTeam(page.request, tokens, id)).toBe(403);

  await drawer.getByRole('button', { name: 'Remove from Production' }).click();
  const removal = page.getByRole('dialog', { name: 'Remove from team' });
  await expect(removal.getByRole('status')).toHaveText('1 live token of 1 client loses Production on its next call.');
  await expectAccessible(page);
  await removal.getByRole('button', { name: 'Remove from team' }).click();
  await expect(drawer.getByText('In no team of this organization.')).toBeVisible();
  expect(await isAccepted(page.request, tokens)).toBe(false);
  // The button that opened the dialog is gone with its row; the keyboard stays in the drawer.
  await expect.poll(() => drawer.evaluate((element) => element.contains(document.activeElement))).toBe(true);

  await choose(page, drawer, 'Team to add', 'Production');
  await drawer.getByRole('button', { name: 'Add', exact: true }).click();
  const adding = page.getByRole('dialog', { name: 'Add to team' });
  await expect(adding.getByRole('status')).toContainText(/token/);
  await expectAccessible(page);
  await adding.getByRole('button', { name: 'Add to team' }).click();
  await expect(role).toHaveValue('Standard User');
  expect(await isAccepted(page.request, tokens)).toBe(true);
});

test('a disabled user’s tokens and sessions end at once, and enabling brings none back', async ({ page, browser, playwright, baseURL }) => {
  await signIn(page, ADMIN);
  const user = await member(page, baseURL!, 'Dina Disabled', 'standard_user');
  const client = await createClient(page, { client_name: 'nightly', issue_refresh_token: true });
  const tokens = [
    await grant(playwright, baseURL!, client, user.email, ['Production']),
    await grant(playwright, baseURL!, client, user.email, ['Production']),
  ];
  const theirs = await (await browser.newContext({ baseURL: baseURL! })).newPage();
  await signIn(theirs, user.email);

  await page.goto(`${USERS}?search=${user.email}`);
  await userRow(page, user.email).hover();
  await userRow(page, user.email).getByRole('button', { name: 'Disable Dina Disabled' }).click();
  const dialog = page.getByRole('dialog', { name: 'Disable user' });
  await expect(dialog.getByRole('status')).toHaveText('2 live tokens of 1 client stop working at once, for good.');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Disable user' }).click();
  await expect(page.getByText('Dina Disabled is disabled. 2 live tokens of 1 client have ended.')).toBeVisible();
  await expect(userRow(page, user.email)).toContainText('Disabled');
  for (const token of tokens) expect(await isAccepted(page.request, token)).toBe(false);
  expect((await theirs.request.get('/api/v1/session')).status()).toBe(401);
  await theirs.goto('/account');
  await expect(theirs).toHaveURL(/\/login/);

  await userRow(page, user.email).hover();
  await userRow(page, user.email).getByRole('button', { name: 'Enable Dina Disabled' }).click();
  const enable = page.getByRole('dialog', { name: 'Enable user' });
  await expect(enable.getByRole('status')).toContainText('what disabling ended stays ended');
  await expectAccessible(page);
  await enable.getByRole('button', { name: 'Enable user' }).click();
  await expect(userRow(page, user.email)).toContainText('Active');
  for (const token of tokens) expect(await isAccepted(page.request, token)).toBe(false);
  expect((await theirs.request.get('/api/v1/session')).status()).toBe(401);
  await signIn(theirs, user.email);
  await theirs.context().close();
});

test('the last administrator is refused in words, and nothing was changed', async ({ page }) => {
  await signIn(page, ADMIN);
  const { organizations } = (await (await page.request.get('/api/v1/session')).json()) as { organizations: { id: string; name: string }[] };
  // Acme may have other administrators by now; in Acme Labs there is one.
  await page.goto(USERS);
  await choose(page, page.locator('body'), 'Organization', 'Acme Labs');
  await expect(page.getByText('You are now in Acme Labs')).toBeVisible();
  await page.getByRole('link', { name: 'Users & teams' }).click();
  await expect(userRow(page, LABS)).toContainText('Standard User in Research');
  await expect(userRow(page, ADMIN)).toContainText('Guest');
  const drawer = await openUser(page, ADMIN);
  await expect(drawer.getByText('A guest, at home in Acme.')).toBeVisible();
  await expect(drawer.getByRole('button', { name: 'Disable user' })).toHaveCount(0);
  await expect(drawer.getByLabel('Name')).toHaveCount(0);
  await drawer.getByRole('button', { name: 'Remove from Research' }).click();
  const removal = page.getByRole('dialog', { name: 'Remove from team' });
  await removal.getByRole('button', { name: 'Remove from team' }).click();
  await expect(removal.getByRole('alert')).toContainText(
    'This would leave an organization without an active Platform Admin. Make somebody else one first.',
  );
  await expectAccessible(page);
  await removal.getByRole('button', { name: 'Cancel' }).click();
  await drawer.getByRole('combobox', { name: 'Role in Research' }).click();
  await page.getByRole('option', { name: /^Read-Only User/ }).click();
  const change = page.getByRole('dialog', { name: 'Change role' });
  await change.getByRole('button', { name: 'Change role' }).click();
  await expect(change.getByRole('alert')).toContainText('Make somebody else one first.');
  await change.getByRole('button', { name: 'Cancel' }).click();
  await expect(drawer.getByRole('combobox', { name: 'Role in Research' })).toHaveValue('Platform Admin');
  await page.keyboard.press('Escape');

  const acme = organizations.find(({ name }) => name === 'Acme')!;
  await page.request.put('/api/v1/session/organization', { data: { organization_id: acme.id } });
  await page.goto(`${USERS}?search=${ADMIN}`);
  await userRow(page, ADMIN).hover();
  await userRow(page, ADMIN).getByRole('button', { name: 'Disable Ada Admin' }).click();
  const disable = page.getByRole('dialog', { name: 'Disable user' });
  await expect(disable).toContainText('This is you');
  await disable.getByRole('button', { name: 'Disable user' }).click();
  await expect(disable.getByRole('alert')).toContainText('Make somebody else one first.');
  expect((await userOf(page, ADMIN)).status).toBe('active');
});

test('teams are made, renamed, and filled with people', async ({ page }) => {
  await signIn(page, ADMIN);
  await page.goto(USERS);
  await page.getByRole('tab', { name: 'Teams' }).click();
  await expect(page).toHaveURL(/tab=teams/);
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Create team' }).click();
  const create = page.getByRole('dialog', { name: 'Create team' });
  await create.getByLabel('Team name').fill('Production');
  await create.getByRole('button', { name: 'Create team' }).click();
  await expect(create.getByText('Another team of this organization has this name.')).toBeVisible();
  await expectAccessible(page);
  await create.getByLabel('Team name').fill('Platform');
  await create.getByRole('button', { name: 'Create team' }).click();
  await expect(page.getByText('Platform was created')).toBeVisible();
  const teams = page.getByRole('table', { name: 'teams' });
  await teams.getByRole('link', { name: 'Platform' }).click();
  await expect(page).toHaveURL(/\/settings\/users\/teams\/[0-9a-f-]{36}/);
  const drawer = page.getByRole('dialog', { name: 'Team' });
  await expect(drawer.getByText('Nobody is in this team yet.')).toBeVisible();
  await expectAccessible(page);
  await drawer.getByRole('combobox', { name: 'User to add', exact: true }).fill('vera');
  await page.getByRole('option', { name: /^Vera Viewer/ }).click();
  await drawer.getByRole('button', { name: 'Add', exact: true }).click();
  const adding = page.getByRole('dialog', { name: 'Add to team' });
  await expect(adding.getByRole('status')).toHaveText('No live token acts on Platform, so none is affected.');
  await adding.getByRole('button', { name: 'Add to team' }).click();
  await expect(drawer.getByRole('combobox', { name: 'Role of Vera Viewer' })).toHaveValue('Standard User');
  await page.reload();
  await expect(drawer.getByRole('listitem')).toHaveCount(1);
  await expectAccessible(page);

  await drawer.getByRole('button', { name: 'Rename' }).click();
  const rename = page.getByRole('dialog', { name: 'Rename team' });
  await rename.getByLabel('Team name').fill('Foundations');
  await rename.getByRole('button', { name: 'Rename team' }).click();
  await expect(page.getByText('Platform is now called Foundations')).toBeVisible();
  await drawer.getByRole('button', { name: 'Remove Vera Viewer' }).click();
  await page.getByRole('dialog', { name: 'Remove from team' }).getByRole('button', { name: 'Remove from team' }).click();
  await expect(drawer.getByText('Nobody is in this team yet.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(teams.getByRole('row', { name: /Foundations/ })).toContainText('0 members');
  await page.getByLabel('Search').fill('nothing is called so');
  await expect(page.getByText('No team matches')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(teams.getByRole('link', { name: 'Foundations' })).toBeVisible();
});

test('a user is renamed, and gets a new link for a forgotten password', async ({ page, baseURL }) => {
  await signIn(page, ADMIN);
  const user = await member(page, baseURL!, 'Renee Renamed', 'read_only_user');
  const drawer = await openUser(page, user.email);
  await drawer.getByLabel('Name', { exact: true }).fill('René Renamed\u202e');
  await drawer.getByRole('button', { name: 'Save name' }).click();
  await expect(drawer.getByText(/invisible/)).toBeVisible();
  await expectAccessible(page);
  await drawer.getByLabel('Name', { exact: true }).fill('René Renamed');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Discard what you typed?' }).getByRole('button', { name: 'Keep editing' }).click();
  await drawer.getByRole('button', { name: 'Save name' }).click();
  await expect(page.getByText('Renee Renamed is now called René Renamed')).toBeVisible();
  await drawer.getByRole('button', { name: 'Reset password' }).click();
  const reset = page.getByRole('dialog', { name: 'Reset password' });
  await expectAccessible(page);
  await reset.getByRole('button', { name: 'Make link' }).click();
  await expect(reset.getByText('/invite#')).toBeVisible();
  await expectAccessible(page);
  await reset.getByRole('button', { name: 'I have copied the link' }).click();
  await expect(drawer.getByText('A link to reset the password works until')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(userRow(page, user.email)).toContainText('René Renamed');
});
