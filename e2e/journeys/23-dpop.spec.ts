import { expect, test } from '@playwright/test';
import * as oidc from 'openid-client';
import { createClient, expectAccessible, openClient, signIn } from '../support/console.js';
import { ADMIN } from '../support/people.js';
import { arrived, hostApp, relyingParty } from '../support/relying-party.js';

test('a client that has to prove its key gets tokens with openid-client’s DPoP, and they are worth nothing without it (DP-02, DP-03)', async ({
  page,
  context,
  baseURL,
}) => {
  await hostApp(context);
  await signIn(page, ADMIN);
  const redirect_uri = 'https://app.test/callback';
  const client = await createClient(page, { client_name: 'payments app', redirect_uris: [redirect_uri], issue_refresh_token: true });
  const drawer = await openClient(page, 'payments app');
  const required = drawer.getByRole('switch', { name: 'Require DPoP' });
  await expect(required).not.toBeChecked();
  await required.focus();
  await page.keyboard.press('Space');
  await expect(required).toBeChecked();
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Save changes' }).click();
  await expect(drawer.getByText('No unsaved changes')).toBeVisible();

  const rp = await relyingParty(baseURL!, client.client_id, client.client_secret, redirect_uri);
  const DPoP = oidc.getDPoPHandle(rp.config, await oidc.randomDPoPKeyPair());
  const stranger = { DPoP: oidc.getDPoPHandle(rp.config, await oidc.randomDPoPKeyPair()) };
  const dpop_jkt = await DPoP.calculateThumbprint();
  await page.goto((await rp.authorizationUrl({ dpop_jkt })).href);
  await page.getByRole('radio', { name: 'Production' }).check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Allow' }).click();
  const back = await arrived(page, redirect_uri);
  await expect(rp.finish(back)).rejects.toMatchObject({ error: 'invalid_dpop_proof' });
  await expect(rp.finish(back, stranger)).rejects.toMatchObject({ error: 'invalid_grant' });
  const tokens = await rp.finish(back, { DPoP });
  expect(tokens.token_type).toBe('dpop');
  expect(await oidc.tokenIntrospection(rp.config, tokens.access_token)).toMatchObject({ active: true, cnf: { jkt: dpop_jkt } });

  const userinfo = (options?: oidc.DPoPOptions) => oidc.fetchUserInfo(rp.config, tokens.access_token, oidc.skipSubjectCheck, options);
  expect((await userinfo({ DPoP })).email).toBe(ADMIN);
  await expect(userinfo()).rejects.toThrow();
  await expect(userinfo(stranger)).rejects.toThrow();
  const renewed = await oidc.refreshTokenGrant(rp.config, tokens.refresh_token!, undefined, { DPoP });
  expect(
    (
      await oidc.fetchProtectedResource(rp.config, renewed.access_token, new URL(`${baseURL!}/api/v1/teams`), 'GET', null, undefined, {
        DPoP,
      })
    ).status,
  ).toBe(200);
});
