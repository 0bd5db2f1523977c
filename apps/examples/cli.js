// A command-line tool: signs in through the user's browser and calls the API as that user.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tokenRevocation } from 'openid-client';
import { discover, keep } from './behalf.js';
import { printable, readSettings } from './settings.js';
import { signIn } from './sign-in.js';
import { forgetTokens, freshAccessToken, readTokens, SignedOut, writeTokens } from './token-file.js';

const { ISSUER, API_URL, CLI_CLIENT_ID } = readSettings('ISSUER', 'API_URL', 'CLI_CLIENT_ID');
const FILE = process.env.CLI_TOKEN_FILE ?? join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'behalf-examples', 'cli.json');
const SIGN_IN_AGAIN = 'Sign in: node --env-file=.env cli.js login';

/** @type {Record<string, (...words: string[]) => Promise<void>>} */
const COMMANDS = {
  async login() {
    const config = await discover(ISSUER, CLI_CLIENT_ID);
    const tokens = await signIn(config, 'read write');
    await writeTokens(FILE, keep(tokens));
    console.log('You are signed in.');
  },
  async orders() {
    const answer = await callApi('GET', '/orders');
    console.log(`Orders for ${answer.for}:`);
    for (const { at, text, by } of answer.orders) console.log(`  ${at}  ${printable(text)}  (${printable(by)})`);
  },
  async order(team_id = '', ...words) {
    await callApi('POST', `/teams/${encodeURIComponent(team_id)}/orders`, { text: words.join(' ') });
    console.log('Ordered.');
  },
  async teams() {
    const { userinfo_endpoint } = (await discover(ISSUER, CLI_CLIENT_ID)).serverMetadata();
    const { authorized_teams } = await call('GET', /** @type {string} */ (userinfo_endpoint));
    for (const { id, name } of authorized_teams) console.log(`${id}  ${name}`);
  },
  async logout() {
    const kept = await readTokens(FILE);
    // Forgotten on the server first: a file that is gone ends nothing there.
    if (kept) await tokenRevocation(await discover(ISSUER, CLI_CLIENT_ID), kept.refresh_token ?? kept.access_token);
    await forgetTokens(FILE);
    console.log('You are signed out.');
  },
};

/** @param {string} method @param {string} path @param {unknown} [body] */
const callApi = (method, path, body) => call(method, API_URL + path, body);

/** @param {string} method @param {string} address @param {unknown} [body] @returns {Promise<any>} */
async function call(method, address, body) {
  const access_token = await freshAccessToken(await discover(ISSUER, CLI_CLIENT_ID), FILE);
  const response = await fetch(address, {
    method,
    headers: { authorization: `Bearer ${access_token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
    // A redirect could carry the token elsewhere.
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  // Revoked, paused, or the user is disabled: no renewal helps.
  if (response.status === 401) throw new SignedOut('Your access has ended.');
  const answer = await response.json().catch(() => ({}));
  if (!response.ok)
    throw new Error(`The server answered ${response.status}: ${answer.error_description ?? answer.error ?? 'no reason given'}`);
  return answer;
}

const [name = '', ...words] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
try {
  if (!command) throw new Error('Usage: cli.js login [--no-browser] | teams | orders | order TEAM_ID TEXT | logout');
  await command(...words);
} catch (error) {
  const { message, cause } = /** @type {Error} */ (error);
  // fetch says what happened in the cause. Neither ever holds a token.
  console.error(
    error instanceof SignedOut
      ? `${message} ${SIGN_IN_AGAIN}`
      : [message, cause instanceof Error && cause.message].filter(Boolean).join(': '),
  );
  process.exitCode = 1;
}
