// A display on a wall: somebody signs in once, then it lives on its refresh token for as long as the client allows.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { discover, keep } from './behalf.js';
import { printable, readSettings } from './settings.js';
import { signIn } from './sign-in.js';
import { freshAccessToken, SignedOut, writeTokens } from './token-file.js';

const { ISSUER, API_URL, WALL_DISPLAY_CLIENT_ID } = readSettings('ISSUER', 'API_URL', 'WALL_DISPLAY_CLIENT_ID');
const FILE =
  process.env.WALL_DISPLAY_TOKEN_FILE ??
  join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'behalf-examples', 'wall-display.json');
const EVERY_SECONDS = Number(process.env.WALL_DISPLAY_SECONDS ?? 10);
const LONGEST_PAUSE_SECONDS = 60;

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort());

/** @param {string} text */
const show = (text) => console.log(`${process.stdout.isTTY ? '\x1Bc' : ''}${new Date().toISOString()}  ${text}`);

async function signInOnce() {
  const config = await discover(ISSUER, WALL_DISPLAY_CLIENT_ID);
  // A display changes nothing, so it asks for nothing that could.
  const tokens = await signIn(config, 'read');
  await writeTokens(FILE, keep(tokens));
  console.log('The display is signed in.');
}

/** @param {import('openid-client').Configuration} config */
async function readBoard(config) {
  const access_token = await freshAccessToken(config, FILE);
  const response = await fetch(`${API_URL}/orders`, {
    headers: { authorization: `Bearer ${access_token}` },
    redirect: 'error',
    signal: AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)]),
  });
  if (response.status === 401) throw new SignedOut('The access has ended.');
  if (!response.ok) throw new Error(`the API answered ${response.status}`);
  return /** @type {{ orders: { text: string }[] }} */ (await response.json()).orders;
}

/** Goes on through everything but the end of the process: what was refused may be allowed again, what is down comes up. */
async function run() {
  /** @type {import('openid-client').Configuration | undefined} */
  let config;
  let failures = 0;
  while (!stop.signal.aborted) {
    try {
      config ??= await discover(ISSUER, WALL_DISPLAY_CLIENT_ID);
      const orders = await readBoard(config);
      show(`${orders.length} orders${orders.map(({ text }) => `\n  ${printable(text)}`).join('')}`);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (stop.signal.aborted) break;
      // What was shown last would pass for the truth: say that it is not.
      const { message } = /** @type {Error} */ (error);
      show(error instanceof SignedOut ? `${message} Sign in: node --env-file=.env wall-display.js login` : `No news: ${message}`);
    }
    // With some chance in it, so that a thousand displays do not come back in the same second.
    const pause = Math.min(LONGEST_PAUSE_SECONDS, EVERY_SECONDS * 2 ** Math.min(failures, 10));
    await sleep((failures ? pause * (0.5 + Math.random() / 2) : pause) * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

try {
  await (process.argv[2] === 'login' ? signInOnce() : run());
} catch (error) {
  console.error(/** @type {Error} */ (error).message);
  process.exitCode = 1;
}
