import { expect, type Page, test } from '@playwright/test';
import { clientRows, createClient, expectAccessible, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';

const CLIENTS = '/settings/oauth-clients';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADMIN);
  await createClient(page, { client_name: 'looks', access_preset: 'full_access', access_token_lifetime_seconds: 7200 });
});

/** How much of the page moved by itself since it was opened: the sum that browsers report for Core Web Vitals. */
const layoutShift = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const add = (entries: PerformanceEntry[]) => {
          for (const entry of entries as (PerformanceEntry & { value: number; hadRecentInput: boolean })[])
            if (!entry.hadRecentInput) sum += entry.value;
        };
        const observer = new PerformanceObserver((list) => add(list.getEntries()));
        observer.observe({ type: 'layout-shift', buffered: true });
        setTimeout(() => (add(observer.takeRecords()), resolve(sum)), 300);
      }),
  );

test('nothing moves when data arrives', async ({ page }) => {
  for (const path of [
    CLIENTS,
    `${CLIENTS}?search=looks`,
    `${CLIENTS}/new`,
    '/settings/users',
    '/security/active-sessions',
    '/security/audit-log',
  ]) {
    await page.route('**/api/v1/**', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 150));
      await route.continue();
    });
    await page.goto(path);
    await page.waitForLoadState('networkidle');
    expect([path, await layoutShift(page)]).toEqual([path, expect.closeTo(0, 2)]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  }
});

test('the drawer stands where it will stand while the client is loaded, and gives the focus back', async ({ page }) => {
  await createClient(page, { client_name: 'drawer shape' });
  const row = await clientRows(page, 'drawer shape');
  let loaded = () => {};
  const wait = new Promise<void>((resolve) => (loaded = resolve));
  await page.route(/oauth-clients\/[\w-]{20}$/, async (route) => {
    await wait;
    await route.continue();
  });
  const link = row('drawer shape').getByRole('link', { name: 'drawer shape' });
  await link.focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  const places = () =>
    Promise.all([
      ...['Settings', 'Connect', 'Recent failures'].map((tab) => drawer.getByRole('tab', { name: tab }).boundingBox()),
      ...['Cancel', 'Save changes'].map((button) => drawer.getByRole('button', { name: button }).boundingBox()),
    ]);
  await expect(drawer.getByRole('status', { name: 'Loading the client' })).toBeVisible();
  await expectAccessible(page);
  const before = await places();
  loaded();
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toHaveValue('drawer shape');
  expect(await places()).toEqual(before);
  await page.keyboard.press('Escape');
  await expect(link).toBeFocused();
});

test('fits from 360 px to wide, in every state', async ({ page }) => {
  for (const [width, height] of [
    [360, 780],
    [768, 1024],
    [1024, 768],
    [1920, 1080],
  ] as const) {
    await page.setViewportSize({ width, height });
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await page.goto(`${CLIENTS}?search=looks`);
    await expect(page.getByText('High risk').first()).toBeVisible();
    await fits();
    await page.getByRole('link', { name: 'looks' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
    for (const tab of ['Settings', 'Connect', 'Recent failures']) {
      await drawer.getByRole('tab', { name: tab }).click();
      await fits();
      const inside = await drawer.evaluate((element) => {
        const body = element.querySelector('[role=region]')!;
        return body.scrollWidth - body.clientWidth;
      });
      expect([width, tab, inside]).toEqual([width, tab, 0]);
    }
    if (width === 360) await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByRole('switch', { name: 'Status of looks' }).first().click();
    await expect(page.getByRole('dialog', { name: 'Pause OAuth client' })).toBeVisible();
    await fits();
    if (width === 360) await expectAccessible(page);
    await page.keyboard.press('Escape');
  }
});

test('everything can be done by keyboard alone, and the focus is always seen', async ({ page }) => {
  await page.goto(`${CLIENTS}?search=looks`);
  const row = page.getByRole('row', { name: /looks/ }).first();
  await row.getByRole('checkbox').focus();
  const stops: string[] = [];
  for (let stop = 0; stop < 14; stop += 1) {
    await page.keyboard.press('Tab');
    const { name, ring } = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const style = getComputedStyle(element);
      const thumb = element.matches('input[type=checkbox]') ? getComputedStyle(element.nextElementSibling ?? element) : style;
      const visible = [style, thumb].some(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && outlineWidth !== '0px');
      return { name: element.getAttribute('aria-label') ?? element.innerText, ring: visible };
    });
    stops.push(name);
    expect([name, ring]).toEqual([name, true]);
    if (name === 'Delete looks') break;
  }
  expect(stops).toEqual(expect.arrayContaining(['looks', 'Status of looks', 'Edit looks', 'Rotate secret of looks', 'Delete looks']));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Delete OAuth client' });
  await expect(dialog.getByLabel('Type looks to confirm')).toBeFocused();
  for (let stop = 0; stop < 6; stop += 1) {
    await page.keyboard.press('Tab');
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Delete looks' }).first()).toBeFocused();
});

test('a list is opened and chosen from by keyboard', async ({ page }) => {
  await page.goto(`${CLIENTS}/new`);
  const drawer = page.getByRole('dialog', { name: 'Create a new OAuth client' });
  const lifetime = drawer.getByRole('combobox', { name: 'Access token lifetime', exact: true });
  await lifetime.focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('option', { name: '1 Hour', exact: true })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(lifetime).toHaveValue('8 Hours');
  await drawer.getByRole('radio', { name: 'Single team' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(drawer.getByRole('radio', { name: 'Multiple teams' })).toBeChecked();
});

test('nothing animates for who asked for reduced motion', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(`${CLIENTS}?search=looks`);
  await page.getByRole('link', { name: 'looks' }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  const moving = await page.evaluate(
    () => document.getAnimations().filter((animation) => Number(animation.effect?.getComputedTiming().duration) > 1).length,
  );
  expect(moving).toBe(0);
});
