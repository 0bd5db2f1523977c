import AxeBuilder from '@axe-core/playwright';
import type { Client, ClientSettings, CreatedClient } from '@behalf/domain';
import { expect, type Locator, type Page } from '@playwright/test';
import { PASSWORD } from './people.js';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Signs in on the page that is open, or on the sign-in page. */
export async function signIn(page: Page, email: string): Promise<void> {
  if (!page.url().includes('/login')) await page.goto('/login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).not.toHaveURL(/\/login/);
}

/** No violation of WCAG 2.2 AA in the state that is shown, in light and in dark; what differs between the two are the colours. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.waitForTimeout(200);
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (scheme === 'light' ? axe.withTags(TAGS) : axe.withRules('color-contrast')).analyze();
    const found = violations.map(({ id, nodes }) => `${scheme}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    expect(found).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}

/** Registers a client through the API, with the browser's own session. */
export async function createClient(page: Page, settings: Partial<ClientSettings>): Promise<Client & { client_secret: string }> {
  const data = {
    client_name: 'client',
    redirect_uris: ['https://app.test/callback'],
    confirmed_risks: ['long_lived_full_access'],
    ...settings,
  };
  const response = await page.request.post('/api/v1/oauth-clients', { data });
  expect(response.status()).toBe(201);
  const { client, client_secret } = (await response.json()) as CreatedClient;
  return { ...client, client_secret: client_secret ?? '' };
}

/** Chooses from a list that stands under a label. */
export async function choose(page: Page, within: Locator, label: string, option: string): Promise<void> {
  await within.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Opens the list of clients, narrowed to those of a name, and answers their rows' accessor. */
export async function clientRows(page: Page, search: string): Promise<(name: string) => Locator> {
  await page.goto(`/settings/oauth-clients?search=${encodeURIComponent(search)}`);
  await expect(page.getByRole('table', { name: 'OAuth clients' })).toHaveAttribute('aria-busy', 'false');
  return (name) => page.getByRole('row', { name: new RegExp(name) });
}

/** Opens a client's drawer by its row. */
export async function openClient(page: Page, name: string): Promise<Locator> {
  const row = await clientRows(page, name);
  await row(name).getByRole('link', { name }).click();
  const drawer = page.getByRole('dialog', { name: 'Edit OAuth client' });
  await expect(drawer.getByRole('textbox', { name: 'Client name' })).toHaveValue(name);
  return drawer;
}

/** Records what the page's content security policy refused, and requests to other hosts. */
export function watchPolicy(page: Page): { refused: string[]; foreign: string[] } {
  const seen = { refused: [] as string[], foreign: [] as string[] };
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) seen.refused.push(message.text());
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && !['localhost', '127.0.0.1', 'app.test'].includes(hostname)) seen.foreign.push(request.url());
  });
  return seen;
}
