import {
  type Client,
  type Organization,
  type Page as Listed,
  type Permission,
  permissionLabel,
  type Team,
  type User,
} from '@behalf/domain';
import { expect, type Page, test } from '@playwright/test';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { grant } from '../support/grant.js';
import { ADMIN, DEV, LABS, SECURITY, VIEWER } from '../support/people.js';

const EVERYONES = ['Active Sessions'];
const SUPPORT_URL = 'https://support.example/access';

/** Each of the demo people, and what the navigation shows them. */
const PEOPLE: readonly [email: string, sees: readonly string[], lacks: readonly Permission[]][] = [
  [ADMIN, ['OAuth Clients', 'Users & teams', ...EVERYONES, 'Audit log'], []],
  [SECURITY, ['OAuth Clients', 'Users & teams', ...EVERYONES, 'Audit log'], ['OAUTH_CLIENT_MANAGE', 'USER_MANAGE']],
  [DEV, ['Users & teams', ...EVERYONES], ['OAUTH_CLIENT_READ', 'OAUTH_CLIENT_MANAGE', 'USER_MANAGE', 'AUDIT_READ', 'SESSION_READ']],
  [VIEWER, EVERYONES, ['OAUTH_CLIENT_READ', 'OAUTH_CLIENT_MANAGE', 'USER_READ', 'USER_MANAGE', 'AUDIT_READ', 'SESSION_READ']],
  [LABS, ['Users & teams', ...EVERYONES], ['OAUTH_CLIENT_READ', 'OAUTH_CLIENT_MANAGE', 'USER_MANAGE', 'AUDIT_READ', 'SESSION_READ']],
];

/** Addresses of the console, what each needs in the order in which it is judged, and the heading of whoever has it. */
const ADDRESSES: readonly [path: string, needs: readonly Permission[], heading: string][] = [
  ['/settings/oauth-clients', ['OAUTH_CLIENT_READ'], 'OAuth Clients'],
  ['/settings/oauth-clients/new', ['OAUTH_CLIENT_READ', 'OAUTH_CLIENT_MANAGE'], 'OAuth Clients'],
  ['/settings/users', ['USER_READ'], 'Users & teams'],
  ['/settings/users/invite', ['USER_READ', 'USER_MANAGE'], 'Users & teams'],
  ['/settings/users?tab=teams', ['USER_READ'], 'Users & teams'],
  ['/security/audit-log', ['AUDIT_READ'], 'Audit log'],
  ['/security/active-sessions', [], 'Active Sessions'],
  ['/account', [], 'Your account'],
];

const navigation = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link');

for (const [email, sees, lacks] of PEOPLE) {
  test(`${email} is shown what they may see, and told what is missing everywhere else`, async ({ page }) => {
    await signIn(page, email);
    await expect(navigation(page)).toHaveText(sees);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(sees[0]!);
    for (const [path, needs, heading] of ADDRESSES) {
      await page.goto(path);
      const missing = needs.find((permission) => lacks.includes(permission));
      if (missing) await expectClosed(page, missing);
      else await expect(page.getByRole('heading', { level: 1, includeHidden: true })).toHaveText(heading);
      if (!/new$|invite$/.test(path) || missing) await expect(navigation(page)).toHaveText(sees);
    }
    if (lacks.length) {
      await page.goto('/settings/oauth-clients/new');
      await expectClosed(page, lacks.includes('OAUTH_CLIENT_READ') ? 'OAUTH_CLIENT_READ' : 'OAUTH_CLIENT_MANAGE');
      await expectAccessible(page);
    }
    await expectOwnSessionsOnly(page, !lacks.includes('SESSION_READ'));
  });
}

/** The page says which permission is missing, in words and by name, and whom to ask; nothing of what it keeps is there. */
async function expectClosed(page: Page, permission: Permission): Promise<void> {
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { level: 1 })).toHaveText('You don’t have access to this page');
  await expect(main).toContainText(`${permissionLabel(permission)} (${permission})`);
  await expect(main.getByRole('link', { name: 'Ask for access' })).toHaveAttribute('href', SUPPORT_URL);
  await expect(main.getByRole('table')).toHaveCount(0);
  await expect(main.getByRole('button')).toHaveCount(0);
}

async function expectOwnSessionsOnly(page: Page, mayReadAll: boolean): Promise<void> {
  await page.goto('/security/active-sessions?tab=ui-sessions&show=organization');
  await expect(page.getByText('This session')).toBeVisible();
  await expect(page.getByText('Everyone in the organization')).toHaveCount(mayReadAll ? 1 : 0);
  await expect(page.getByRole('columnheader', { name: 'User', exact: true })).toHaveCount(mayReadAll ? 1 : 0);
}

test('without somebody to ask the page still says what is missing', async ({ page }) => {
  await page.route('**/api/v1/session', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), support_url: null } });
  });
  await signIn(page, VIEWER);
  await page.goto('/security/audit-log');
  await expect(page.getByRole('main')).toContainText('Ask your administrator for a role that has it.');
  await expect(page.getByRole('link', { name: 'Ask for access' })).toHaveCount(0);
});

test.describe('what another organization has', () => {
  interface Foreign {
    readonly client: Client;
    readonly user: User;
    readonly team: Team;
    readonly session_id: string;
    readonly event_id: string;
  }
  let foreign: Foreign;
  const NAMES = ['secret-project', 'Research', LABS, 'Acme Labs'];

  test.beforeAll(async ({ browser, playwright, baseURL }) => {
    const context = await browser.newContext({ baseURL: baseURL! });
    const page = await context.newPage();
    await signIn(page, ADMIN);
    const get = async <T>(path: string) => (await (await page.request.get(`/api/v1${path}`)).json()) as T;
    const first = async <T>(path: string) => (await get<Listed<T>>(path)).items[0]!;
    const labs = (await get<Listed<Organization>>('/organizations')).items.find(({ name }) => name === 'Acme Labs')!;
    await page.request.put('/api/v1/session/organization', { data: { organization_id: labs.id } });
    const client = await createClient(page, { client_name: 'secret-project', issue_refresh_token: true });
    await grant(playwright, baseURL!, client, LABS, ['Research']);
    const team = await first<Team>(`/teams?organization_id=${labs.id}`);
    // Lara herself may have acted in Acme, in a journey before this one.
    const data = {
      email: `nobody-${Date.now()}@${LABS.split('@')[1]}`,
      name: 'Nobody',
      memberships: [{ team_id: team.id, role: 'standard_user' }],
    };
    const invited = await page.request.post('/api/v1/users', { data });
    expect(invited.status()).toBe(201);
    foreign = {
      client,
      user: ((await invited.json()) as { user: User }).user,
      team,
      session_id: (await first<{ session_id: string }>('/ui-sessions?show=organization')).session_id,
      event_id: (await first<{ id: string }>('/audit-events')).id,
    };
    await context.close();
  });

  const NOBODY = '00000000-0000-4000-8000-000000000000';
  const NOTHING = 'A'.repeat(20);

  /** Where its ids could be put into an address, what is said there, and the same address for what never was. */
  const addresses = (email: string): Record<string, readonly [path: string, other: string, said: string]> => {
    const { client, user, team, session_id, event_id } = foreign;
    const access = (client_id: string, user_id: string) => `/security/effective-access?client_id=${client_id}&user_id=${user_id}`;
    return {
      client: [`/settings/oauth-clients/${client.client_id}`, `/settings/oauth-clients/${NOTHING}`, 'There is no such client'],
      user: [`/settings/users/${user.id}`, `/settings/users/${NOBODY}`, 'There is no such user here'],
      // Whoever has a team there is shown the team, wherever they act.
      ...(email === ADMIN
        ? {}
        : { team: [`/settings/users/teams/${team.id}`, `/settings/users/teams/${NOBODY}`, 'There is no such team'] }),
      'effective access': [access(client.client_id, user.id), access(NOTHING, NOBODY), 'There is nothing here'],
      'audit log by client': [
        `/security/audit-log?client_id=${client.client_id}`,
        `/security/audit-log?client_id=${NOTHING}`,
        'No entry matches',
      ],
      'audit log by user': [`/security/audit-log?user_id=${user.id}`, `/security/audit-log?user_id=${NOBODY}`, 'No entry matches'],
      'audit log by team': [`/security/audit-log?target_id=${team.id}`, `/security/audit-log?target_id=${NOBODY}`, 'No entry matches'],
      'audit log by session': [
        `/security/audit-log?target_id=${session_id}`,
        `/security/audit-log?target_id=${NOBODY}`,
        'No entry matches',
      ],
      'entry of the audit log': [`/security/audit-log?event=${event_id}`, `/security/audit-log?event=${NOBODY}`, 'This entry is not here'],
    };
  };

  /** All that stands on the page, but for the ids that the address itself names, whole or shortened. */
  async function shown(page: Page, path: string, said: string): Promise<string> {
    await page.goto(path);
    await expect(page.getByText(said)).toBeVisible();
    await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
    await page.waitForLoadState('networkidle');
    // What the list behind a drawer says until it knows the names of teams; a slow machine is idle for a while before it has asked for them.
    await expect(page.getByText('Restricted', { exact: true })).toHaveCount(0);
    const text = (await page.locator('body').innerText()).replaceAll(/\d+ (seconds?|minutes?) ago|just now/g, 'lately');
    return Object.values(foreign)
      .flatMap((value: string | Client | User | Team) => (typeof value === 'string' ? value : 'id' in value ? value.id : value.client_id))
      .concat(NOBODY, NOTHING)
      .reduce((left, id) => left.replaceAll(id, 'ID').replaceAll(`${id.slice(0, 4)}…${id.slice(-4)}`, 'ID'), text);
  }

  for (const email of [SECURITY, ADMIN]) {
    test(`is to ${email}, who acts in Acme, what never was`, async ({ page }) => {
      await signIn(page, email);
      for (const [what, [path, other, said]] of Object.entries(addresses(email))) {
        const here = await shown(page, path, said);
        expect([what, here]).toEqual([what, await shown(page, other, said)]);
        for (const name of NAMES.filter((each) => email === SECURITY || each !== 'Research'))
          expect([what, name, here.includes(name)]).toEqual([what, name, false]);
        if (email === SECURITY && !what.startsWith('audit log')) await expectAccessible(page);
      }
      const { session_id, client } = foreign;
      for (const path of [`/ui-sessions/${session_id}`, `/ui-sessions/${NOBODY}`])
        expect((await page.request.delete(`/api/v1${path}`)).status()).toBe(404);
      await page.goto('/security/active-sessions?show=organization');
      await expect(page.getByRole('tab', { name: 'Connected apps' })).toBeVisible();
      await expect(page.getByText(client.client_name)).toHaveCount(0);
    });
  }

  test('is not told by a missing permission either: what a user may not ask is refused whoever it is about', async ({ page }) => {
    await signIn(page, DEV);
    for (const user_id of [foreign.user.id, NOBODY]) {
      await page.goto(`/security/effective-access?client_id=${foreign.client.client_id}&user_id=${user_id}`);
      await expect(page.getByText('There is nothing here')).toBeVisible();
    }
    const admin = await page
      .context()
      .browser()!
      .newContext({ baseURL: new URL(page.url()).origin });
    const administrator = await admin.newPage();
    await signIn(administrator, ADMIN);
    const { client_id } = await createClient(administrator, { client_name: 'of Acme' });
    await admin.close();
    for (const user_id of [foreign.user.id, NOBODY]) {
      await page.goto(`/security/effective-access?client_id=${client_id}&user_id=${user_id}`);
      await expect(page.getByText('You don’t have access to this')).toBeVisible();
      await expect(page.getByRole('main')).toContainText('Active Sessions: Read (SESSION_READ)');
      await expect(page.getByRole('link', { name: 'Ask for access' })).toHaveAttribute('href', SUPPORT_URL);
    }
    await expectAccessible(page);
  });
});
