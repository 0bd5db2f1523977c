import { chromium, expect, test } from '@playwright/test';
import { createClient, expectAccessible, signIn } from '../support/console.js';
import { type Hostile, hostileSite, openConsent } from '../support/hostile.js';
import { ADMIN, DEV } from '../support/people.js';
import { arrived } from '../support/relying-party.js';

let hostile: Hostile;

test.beforeAll(async () => {
  hostile = await hostileSite();
});

test.afterAll(() => void hostile.server.close());

test('the address to return to leads nowhere else, however it is written', async ({ page, baseURL }) => {
  const host = new URL(hostile.site).host;
  const written = [
    `//${host}`,
    `///${host}`,
    `/\\${host}`,
    `\\\\${host}`,
    `/\t/${host}`,
    `/%09/${host}`,
    `/%2f%2f${host}`,
    `/.//${host}`,
    `/x/..//${host}`,
    `http:${host}`,
    hostile.site,
    `${baseURL!}@${host}`,
    `/login/..//${host}`,
    'javascript:document.title="ran"',
    'data:text/html,ran',
    `https:/\n/${host}`,
  ];
  const seen = hostile.visits.length;
  await page.goto('/login');
  for (const [index, return_to] of written.entries()) {
    await page.goto(`/login?${new URLSearchParams({ return_to }).toString()}`);
    // The first is followed by a sign-in, the others by the session that there is.
    if (index === 0) await signIn(page, ADMIN);
    await expect(page).not.toHaveURL(/\/login/);
    expect([return_to, new URL(page.url()).origin]).toEqual([return_to, baseURL]);
    expect(await page.title()).not.toBe('ran');
  }
  for (const request_id of written.slice(0, 4)) {
    await page.goto(`/consent?${new URLSearchParams({ request_id }).toString()}`);
    await expect(page.getByRole('heading', { name: 'This request has ended' })).toBeVisible();
    await page.goto(`/oauth2/authorize/resume?${new URLSearchParams({ request_id }).toString()}`);
    expect([request_id, new URL(page.url()).origin]).toEqual([request_id, baseURL]);
  }
  expect(hostile.visits.length).toBe(seen);
});

test('the code reaches the client with no address of ours beside it, and is in no address after it', async ({ page }) => {
  await signIn(page, ADMIN);
  const client = await createClient(page, { client_name: 'referred', redirect_uris: ['http://127.0.0.1/callback'] });
  const redirect_uri = `${hostile.site}/callback`;
  hostile.page('/callback', '<img src="/pixel">');
  await openConsent(page, client, redirect_uri);
  await page.getByRole('radio', { name: 'Production' }).check();
  await page.getByRole('button', { name: 'Allow' }).click();
  const code = new URL(await arrived(page, redirect_uri)).searchParams.get('code')!;
  const visit = hostile.visits.find(({ url }) => url.includes(code))!;
  expect(visit.headers.referer).toBeUndefined();
  // Walked back to, the consent page is over and does not lead to the code again.
  await page.goBack();
  await expect(page.getByRole('heading', { name: 'This request has ended' })).toBeVisible();
  expect(page.url()).not.toContain(code);
});

test('what a signed-out user saw is not walked back to, with the cache of whole pages on', async ({ baseURL }) => {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
  });
  try {
    const page = await (await browser.newContext({ baseURL: baseURL! })).newPage();
    await signIn(page, ADMIN);
    await createClient(page, { client_name: 'seen before' });
    await page.goto('/settings/oauth-clients?search=seen+before');
    await expect(page.getByRole('link', { name: 'seen before' }).first()).toBeVisible();
    await page.getByRole('button', { name: /User menu of/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await expect(page).toHaveURL(/\/login/);
    await page.goBack();
    await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
    await expect(page.getByText('seen before')).toHaveCount(0);
  } finally {
    await browser.close();
  }
});

test('names that pose as others are marked where the user decides, and keep their direction to themselves (UX-08, UX-09)', async ({
  page,
}) => {
  await signIn(page, ADMIN);
  const posing = await createClient(page, { client_name: '\u0410cme Console' });
  await openConsent(page, posing);
  await expect(page.getByRole('heading', { name: '\u0410cme Console' })).toBeVisible();
  const mark = page.getByText('Look at the name again');
  await expect(mark).toBeVisible();
  await expect(page.getByText('mixes Cyrillic and Latin letters in one word')).toBeVisible();
  await expectAccessible(page);
  await page.setViewportSize({ width: 360, height: 800 });
  await expect(page.getByRole('button', { name: 'Allow' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);

  // Hebrew beside Latin turns nothing around that is not its own.
  await openConsent(page, await createClient(page, { client_name: 'שלום' }));
  await expect(mark).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'שלום' }).locator('bdi')).toHaveText('שלום');

  const refused = { client_name: 'invoice\u202eexe', redirect_uris: ['https://app.test/callback'] };
  expect((await page.request.post('/api/v1/oauth-clients', { data: refused })).status()).toBe(422);
});

test('password managers are told which password is meant, and a confirmation is none of theirs', async ({ page }) => {
  await page.goto('/login');
  await expect(page.getByLabel('Email')).toHaveAttribute('autocomplete', 'username');
  await expect(page.getByLabel('Password', { exact: true })).toHaveAttribute('autocomplete', 'current-password');
  await signIn(page, DEV);
  await page.goto('/account');
  await expect(page.getByLabel('Current password')).toHaveAttribute('autocomplete', 'current-password');
  await expect(page.getByLabel('New password', { exact: true })).toHaveAttribute('autocomplete', 'new-password');
});
