import type { Page as ListPage, Team, User } from '@behalf/domain';
import { expect, type Locator, type Page } from '@playwright/test';
import { PASSWORD } from './people.js';

export const USERS = '/settings/users';

/** A user's row in the list that is open. */
export const userRow = (page: Page, email: string) => userTable(page).getByRole('row').filter({ hasText: email });

export const userTable = (page: Page) => page.getByRole('table', { name: 'users' });

export const userDrawer = (page: Page) => page.getByRole('dialog', { name: /^(Edit user|User)$/ });

/** Opens a user's drawer from the list. */
export async function openUser(page: Page, email: string): Promise<Locator> {
  await page.goto(`${USERS}?search=${encodeURIComponent(email)}`);
  await userRow(page, email).getByRole('link').click();
  const drawer = userDrawer(page);
  await expect(drawer.getByText(email)).toBeVisible();
  return drawer;
}

export async function userOf(page: Page, email: string): Promise<User> {
  const answer = await page.request.get(`/api/v1/users?search=${encodeURIComponent(email)}`);
  return ((await answer.json()) as ListPage<User>).items[0]!;
}

export async function teamOf(page: Page, name: string): Promise<Team> {
  const answer = await page.request.get(`/api/v1/teams?search=${encodeURIComponent(name)}`);
  return ((await answer.json()) as ListPage<Team>).items.find((team) => team.name === name)!;
}

/** Invites somebody into Production; the page is signed in as an administrator. */
export async function invite(page: Page, name: string, role: string): Promise<{ user: User; token: string }> {
  const { id } = await teamOf(page, 'Production');
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@acme.example`;
  const answer = await page.request.post('/api/v1/users', { data: { email, name, memberships: [{ team_id: id, role }] } });
  expect(answer.status()).toBe(201);
  const { user, invitation_url } = (await answer.json()) as { user: User; invitation_url: string };
  return { user, token: invitation_url.split('#')[1]! };
}

/** Somebody in Production with a password of their own, whom this page is not signed in as. */
export async function member(page: Page, baseURL: string, name: string, role: string): Promise<User> {
  const { user, token } = await invite(page, name, role);
  const context = await page.context().browser()!.newContext({ baseURL });
  expect((await context.request.post('/api/v1/invitations/accept', { data: { token, password: PASSWORD } })).status()).toBe(201);
  await context.close();
  return user;
}
