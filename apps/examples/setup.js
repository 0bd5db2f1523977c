// Registers what the examples need with a Behalf that has its demo data, as the demo administrator, and writes .env.
// In earnest an administrator does this in the console, or `behalf clients apply` does, and secrets go to a secret manager.
import { randomBytes } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { readSettings } from './settings.js';

const { DEMO_PASSWORD } = readSettings('DEMO_PASSWORD');
const { ISSUER = 'http://localhost:3000', DEMO_EMAIL = 'admin@acme.example' } = process.env;
const {
  API_URL = 'http://127.0.0.1:8081',
  WEB_APP_URL = 'http://127.0.0.1:8082',
  BROWSER_APP_URL = 'http://127.0.0.1:8083',
  MCP_SERVER_URL = 'http://127.0.0.1:8084/mcp',
} = process.env;
const DAY_SECONDS = 86_400;
const LOOPBACK = 'http://127.0.0.1/callback';
const API = { resource_server: true, redirect_uris: [] };
const PUBLIC = { client_type: 'public', issue_refresh_token: true };

/** By the name that their settings have in .env. */
const CLIENTS = {
  API: { client_name: 'Example API', ...API, resources: [API_URL] },
  CLI: { client_name: 'Example CLI', ...PUBLIC, redirect_uris: [LOOPBACK], access_preset: 'full_access' },
  WEB_APP: { client_name: 'Example web app', issue_refresh_token: true, redirect_uris: [LOOPBACK] },
  BROWSER_APP: { client_name: 'Example browser app', ...PUBLIC, redirect_uris: [LOOPBACK] },
  // A token for the one is none for the other.
  MCP_SERVER: { client_name: 'Example MCP server', ...API, resources: [MCP_SERVER_URL] },
  // For the agent's side: each MCP client has a callback of its own.
  AGENT: {
    client_name: 'Example MCP client',
    ...PUBLIC,
    redirect_uris: [LOOPBACK, 'http://localhost/callback', 'http://localhost/oauth/callback'],
    access_preset: 'full_access',
  },
  WALL_DISPLAY: {
    client_name: 'Example wall display',
    ...PUBLIC,
    redirect_uris: [LOOPBACK],
    refresh_token_lifetime_seconds: 30 * DAY_SECONDS,
  },
};

const cookie = await signIn();
const [command = 'register', name] = process.argv.slice(2);
if (command === 'register') await register();
else if (command === 'pause') await setStatus('disabled');
else if (command === 'resume') await setStatus('enabled');
else stop('Usage: setup.js [register | pause NAME | resume NAME]');
await send('DELETE', '/api/v1/session', undefined, { cookie });

async function register() {
  const lines = Object.entries({
    ISSUER,
    API_URL,
    WEB_APP_URL,
    BROWSER_APP_URL,
    MCP_SERVER_URL,
    WEB_APP_SESSION_SECRET: randomBytes(32).toString('base64url'),
  });
  startFile(lines);
  for (const [key, settings] of Object.entries(CLIENTS)) {
    const { client, client_secret } = await call('POST', '/api/v1/oauth-clients', settings);
    // Each one at once: a secret is shown this one time.
    appendFileSync('.env', `${key}_CLIENT_ID=${client.client_id}\n`);
    if (client_secret) appendFileSync('.env', `${key}_CLIENT_SECRET=${client_secret}\n`);
  }
  console.log(`Registered ${Object.keys(CLIENTS).length} clients; their settings stand in .env, which you alone can read.`);
}

/** @param {[name: string, value: string][]} lines */
function startFile(lines) {
  try {
    writeFileSync('.env', lines.map((line) => `${line.join('=')}\n`).join(''), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    stop('There is an .env already, with secrets that nobody can show again. Move it away to register everything anew.');
  }
}

/** @param {'enabled' | 'disabled'} status */
async function setStatus(status) {
  const { items } = await call('GET', `/api/v1/oauth-clients?search=${encodeURIComponent(name ?? '')}`);
  const found = items.filter((/** @type {{ client_name: string }} */ { client_name }) => client_name === name);
  if (!found.length) stop(`No client is called ${name}.`);
  for (const { client_id } of found) await call('PUT', `/api/v1/oauth-clients/${client_id}/status`, { status });
  console.log(`${name} is ${status}.`);
}

async function signIn() {
  const response = await send('POST', '/api/v1/session', { email: DEMO_EMAIL, password: DEMO_PASSWORD });
  if (response.status !== 201) stop(`${DEMO_EMAIL} could not sign in: is DEMO_PASSWORD the one that the first start printed?`);
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';', 1)[0])
    .join('; ');
}

/** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<any>} */
async function call(method, path, body) {
  const response = await send(method, path, body, { cookie });
  if (!response.ok) stop(`${method} ${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** @param {string} method @param {string} path @param {unknown} [body] @param {Record<string, string>} [headers] */
async function send(method, path, body, headers = {}) {
  const init = { method, redirect: /** @type {const} */ ('error'), signal: AbortSignal.timeout(10_000) };
  if (body === undefined) return fetch(ISSUER + path, { ...init, headers });
  return fetch(ISSUER + path, { ...init, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

/** @param {string} words @returns {never} */
function stop(words) {
  console.error(words);
  process.exit(1);
}
