import { UserManager } from 'oidc-client-ts';

// A browser app as its developers write it with oidc-client-ts; everything it knows of the server it discovers.
const settings = await (await fetch('/settings.json')).json();
const manager = new UserManager({
  ...settings,
  redirect_uri: `${location.origin}/callback`,
  loadUserInfo: true,
  automaticSilentRenew: true,
  accessTokenExpiringNotificationTimeInSeconds: 4,
  validateSubOnSilentRenew: true,
});
let renewals = 0;

const [signIn, revoke] = document.querySelectorAll('button');
const say = (text) => (document.querySelector('[role=status]').textContent = text);
const tell = (user) => say(user ? `${user.profile.email} · ${user.scope} · renewed ${renewals} times` : 'Signed out');

manager.events.addUserLoaded((user) => {
  renewals += 1;
  tell(user);
});
manager.events.addSilentRenewError((error) => say(`Not renewed: ${error.message}`));
signIn.addEventListener('click', () => void manager.signinRedirect());
revoke.addEventListener('click', () => void end());

async function end() {
  manager.stopSilentRenew();
  await manager.revokeTokens(['access_token', 'refresh_token']);
  say('Revoked');
}

try {
  const isBack = location.pathname === '/callback';
  const user = isBack ? await manager.signinCallback() : await manager.getUser();
  // The sign-in itself is no renewal.
  renewals = 0;
  tell(user);
} catch (error) {
  say(`Failed: ${error.message}`);
}
window.manager = manager;
