// A web app that renders on the server: it signs its users in with Behalf and calls the API for them. Tokens never reach the browser.
import express from 'express';
import session from 'express-session';
import * as client from 'openid-client';
import { discover, isRefusal, keep } from './behalf.js';
import { listenAt, readSettings, stopOnSignals } from './settings.js';

const { ISSUER, API_URL, WEB_APP_URL, WEB_APP_CLIENT_ID, WEB_APP_CLIENT_SECRET, WEB_APP_SESSION_SECRET } = readSettings(
  'ISSUER',
  'API_URL',
  'WEB_APP_URL',
  'WEB_APP_CLIENT_ID',
  'WEB_APP_CLIENT_SECRET',
  'WEB_APP_SESSION_SECRET',
);
const redirect_uri = `${WEB_APP_URL}/callback`;
const isHttps = WEB_APP_URL.startsWith('https:');
/** Renewed this long before the end, so that no token ends on its way. */
const EARLY_MILLISECONDS = 30_000;
const SESSION_MILLISECONDS = 12 * 3_600_000;

/** @typedef {{ state: string, code_verifier: string }} Pending what the sign-in under way has to come back with */
/** @typedef {import('./behalf.js').Kept & { email: string }} SignedIn */
/** @param {express.Request} request */
const held = (request) => /** @type {session.Session & { pending?: Pending, user?: SignedIn }} */ (request.session);

/** The server's metadata, read when it is first needed: this app starts also while Behalf is down. @type {Promise<client.Configuration> | undefined} */
let discovered;
function behalf() {
  discovered ??= discover(ISSUER, WEB_APP_CLIENT_ID, WEB_APP_CLIENT_SECRET).catch((/** @type {unknown} */ error) => {
    discovered = undefined;
    throw error;
  });
  return discovered;
}

const app = express();
app.disable('x-powered-by');
app.use((_request, response, next) => {
  response.set({ 'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'", 'cache-control': 'no-store' });
  next();
});
app.use(
  session({
    // Kept in memory, which forgets everybody when it stops: give it a `store` on your database.
    secret: WEB_APP_SESSION_SECRET,
    name: isHttps ? '__Host-web-app' : 'web-app',
    resave: false,
    saveUninitialized: false,
    proxy: isHttps,
    // Lax: the cookie comes along when Behalf sends the user back, and never with another site's form.
    cookie: { httpOnly: true, sameSite: 'lax', secure: isHttps, maxAge: SESSION_MILLISECONDS },
  }),
);

app.get('/', async (request, response) => {
  const { user } = held(request);
  if (!user) return void response.send(page('<form method="post" action="/login"><button>Sign in</button></form>'));
  const orders = await ordersFor(user);
  // Paused, revoked, disabled: the user finds out at the next click, and can sign in again if that helps.
  if (!orders)
    return void request.session.destroy(() =>
      response.status(401).send(page('<p role="status">Your access has ended.</p><a href="/">Back</a>')),
    );
  const rows = orders.map(({ text }) => `<li>${escaped(text)}</li>`).join('');
  response.send(
    page(`<p role="status">Signed in as ${escaped(user.email)}: ${orders.length} orders</p><ul>${rows}</ul>
      <form method="post" action="/logout"><button>Sign out</button></form>`),
  );
});

app.post('/login', async (request, response) => {
  const config = await behalf();
  const pending = { state: client.randomState(), code_verifier: client.randomPKCECodeVerifier() };
  const code_challenge = await client.calculatePKCECodeChallenge(pending.code_verifier);
  held(request).pending = pending;
  const asked = { redirect_uri, scope: 'openid email read', state: pending.state, code_challenge, code_challenge_method: 'S256' };
  response.redirect(303, client.buildAuthorizationUrl(config, asked).href);
});

app.get('/callback', async (request, response) => {
  const { pending } = held(request);
  if (!pending) return response.redirect(303, '/');
  held(request).pending = undefined;
  const checks = { pkceCodeVerifier: pending.code_verifier, expectedState: pending.state };
  const tokens = await client.authorizationCodeGrant(await behalf(), new URL(request.originalUrl, WEB_APP_URL), checks);
  // A new session for whoever signed in: one that somebody else planted in this browser stays behind.
  await new Promise((resolve, reject) => request.session.regenerate((error) => (error ? reject(error) : resolve(undefined))));
  held(request).user = { email: /** @type {string} */ (tokens.claims()?.email), ...keep(tokens) };
  response.redirect(303, '/');
});

app.post('/logout', async (request, response) => {
  const { user } = held(request);
  // Ended on the server too, for whatever had copied them. Where that fails, at least this browser is signed out.
  if (user) await revoke(user).catch(tell);
  request.session.destroy(() => response.redirect(303, '/'));
});

/** @param {SignedIn} user */
async function revoke({ refresh_token, access_token }) {
  await client.tokenRevocation(await behalf(), refresh_token ?? access_token);
}

/** None of it names a token. @param {any} error */
function tell({ message, error = '', error_description = '', cause }) {
  console.error([message, error, error_description, cause?.message].filter(Boolean).join(' '));
}

/** Express knows an error handler by its four parameters. @type {express.ErrorRequestHandler} */
const answerFault = (error, _request, response, _next) => {
  // The user said no; else it is ours or Behalf's.
  const isDenial = error instanceof client.AuthorizationResponseError;
  tell(error);
  const words = isDenial ? 'You were not signed in.' : 'That did not work. Try again in a moment.';
  response.status(isDenial ? 403 : 502).send(page(`<p role="status">${words}</p><a href="/">Back</a>`));
};
app.use(answerFault);

/**
 * Two tabs may renew at once: within 30 seconds the server answers the same refresh token with the same tokens.
 *
 * @param {SignedIn} user
 * @returns {Promise<{ text: string }[] | null>} null where the access has ended
 */
async function ordersFor(user) {
  if (user.refresh_token && Date.now() > user.expires_at - EARLY_MILLISECONDS) {
    try {
      Object.assign(user, keep(await client.refreshTokenGrant(await behalf(), user.refresh_token), user.refresh_token));
    } catch (error) {
      if (isRefusal(error)) return null;
      throw error;
    }
  }
  const headers = { authorization: `Bearer ${user.access_token}` };
  const response = await fetch(`${API_URL}/orders`, { headers, redirect: 'error', signal: AbortSignal.timeout(10_000) });
  if (response.status === 401) return null;
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  const { orders } = await response.json();
  return orders;
}

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
/** @param {string} body */
const page = (body) => `<!doctype html><html lang="en"><title>Orders</title><main><h1>Orders</h1>${body}</main></html>`;

const server = app.listen(...listenAt(WEB_APP_URL), () => console.log(`The web app listens at ${WEB_APP_URL}`));
server.requestTimeout = 30_000;
stopOnSignals(server);
