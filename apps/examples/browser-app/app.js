// A single-page app: a public client that holds its tokens itself, for as long as its tab is open.
import { UserManager, WebStorageStateStore } from 'oidc-client-ts';

const { issuer, client_id, api_url } = await (await fetch('/settings.json')).json();
const manager = new UserManager({
  authority: issuer,
  client_id,
  redirect_uri: `${location.origin}/callback`,
  scope: 'openid email read',
  loadUserInfo: true,
  // Renewed in time by the refresh token, where the client has one; no hidden frames.
  automaticSilentRenew: true,
  // This tab alone, until it is closed. Any script of this page could read it, which is why the policy lets none but this one in.
  userStore: new WebStorageStateStore({ store: sessionStorage }),
});

/** @param {string} name */
const button = (name) => /** @type {HTMLButtonElement} */ (document.getElementById(name));
/** @param {string} text */
const say = (text) => {
  /** @type {HTMLElement} */ (document.querySelector('[role=status]')).textContent = text;
};

/** @param {import('oidc-client-ts').User | null} user */
function show(user) {
  button('sign-in').hidden = user !== null;
  for (const name of ['load', 'sign-out']) button(name).hidden = user === null;
  say(user ? `Signed in as ${user.profile.email}` : 'You are signed out');
}

async function load() {
  const user = await manager.getUser();
  const headers = { authorization: `Bearer ${user?.access_token}` };
  const response = await fetch(`${api_url}/orders`, { headers, signal: AbortSignal.timeout(10_000) });
  // Paused or revoked: what is kept here opens nothing any more.
  if (response.status === 401) {
    await manager.removeUser();
    show(null);
    return say('Your access has ended');
  }
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  const { orders } = await response.json();
  say(`${orders.length} orders`);
}

async function signOut() {
  await manager.revokeTokens();
  await manager.removeUser();
  show(null);
}

/** @param {() => Promise<void>} act */
const told = (act) => () =>
  void act().catch((/** @type {unknown} */ error) => say(`That did not work: ${/** @type {Error} */ (error).message}`));

button('sign-in').addEventListener(
  'click',
  told(() => manager.signinRedirect()),
);
button('load').addEventListener('click', told(load));
button('sign-out').addEventListener('click', told(signOut));
manager.events.addUserUnloaded(() => show(null));
manager.events.addSilentRenewError(() => say('Your sign-in could not be renewed'));

told(async () => {
  if (location.pathname !== '/callback') return show(await manager.getUser());
  // The code has done its work, and leaves the address and the history with it.
  const user = await manager.signinRedirectCallback().finally(() => history.replaceState(null, '', '/'));
  show(user);
})();
