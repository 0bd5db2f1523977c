// The tokens of one sign-in, in a file that its owner alone can read.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as client from 'openid-client';
import { isRefusal, keep } from './behalf.js';

/** Renewed this long before the end, so that no token ends on its way. */
const EARLY_MILLISECONDS = 30_000;

/** Nobody is signed in here, or not any more: somebody has to sign in. */
export class SignedOut extends Error {}

/**
 * An access token that is good for now, renewed where it is about to end. The rotated refresh token is on disk before the new
 * access token is used. A crash between the server's answer and the disk loses neither: for 30 seconds (REFRESH_REPLAY_SECONDS)
 * the server answers the predecessor with the same tokens again. Later than that it is a theft to the server, which ends the sign-in.
 *
 * @param {client.Configuration} config
 * @param {string} file
 * @throws {SignedOut} whatever else is thrown may pass: a network that is down, a server that restarts
 */
export async function freshAccessToken(config, file) {
  const kept = await readTokens(file);
  if (!kept) throw new SignedOut('Nobody is signed in.');
  const left = kept.expires_at - Date.now();
  if (left > EARLY_MILLISECONDS || (left > 0 && !kept.refresh_token)) return kept.access_token;
  if (!kept.refresh_token) throw new SignedOut('The sign-in has ended.');
  try {
    const tokens = await client.refreshTokenGrant(config, kept.refresh_token);
    await writeTokens(file, keep(tokens, kept.refresh_token));
    return tokens.access_token;
  } catch (error) {
    // The file stays: where an administrator took rights away, they can be given back, and the same refresh token works again.
    if (isRefusal(error)) throw new SignedOut('The server refused to renew the sign-in.', { cause: error });
    throw error;
  }
}

/** @param {string} file @returns {Promise<import('./behalf.js').Kept | null>} null where there is none */
export async function readTokens(file) {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Written beside and moved into place: whatever happens, the file holds the old tokens or the new ones, whole.
 *
 * @param {string} file
 * @param {import('./behalf.js').Kept} kept
 */
export async function writeTokens(file, kept) {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const beside = `${file}.${process.pid}.new`;
  await rm(beside, { force: true });
  const handle = await open(beside, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify(kept));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncFolder(dirname(file));
}

/** @param {string} file */
export async function forgetTokens(file) {
  await rm(file, { force: true });
}

/** The new name is durable only once its folder is. @param {string} folder */
async function syncFolder(folder) {
  // Windows opens no folders, and needs none of this.
  if (process.platform === 'win32') return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
