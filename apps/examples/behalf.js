// What every OAuth client of these examples does alike.
import * as client from 'openid-client';

const PATIENCE_SECONDS = 10;

/** @typedef {{ access_token: string, refresh_token?: string, expires_at: number }} Kept expires_at in milliseconds since the epoch */

/**
 * What the server says about itself. A public client has no secret; PKCE takes its place.
 *
 * @param {string} issuer
 * @param {string} client_id
 * @param {string} [client_secret]
 */
export function discover(issuer, client_id, client_secret) {
  const url = new URL(issuer);
  const proof = client_secret === undefined ? client.None() : client.ClientSecretBasic(client_secret);
  // Only a server on this very machine is spoken to in the clear.
  const execute = url.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  return client.discovery(url, client_id, undefined, proof, { execute, timeout: PATIENCE_SECONDS });
}

/**
 * What is kept of an answer.
 *
 * @param {client.TokenEndpointResponse} tokens
 * @param {string} [previous] refresh token that stays good where the answer names none
 * @returns {Kept}
 */
export function keep({ access_token, refresh_token, expires_in = 0 }, previous) {
  return { access_token, refresh_token: refresh_token ?? previous, expires_at: Date.now() + expires_in * 1000 };
}

/**
 * Whether the server has judged and said no. A client that was paused or deleted is refused with a challenge, everything else in the
 * body; what is left (a network, a limit, a server that is starting) may pass.
 *
 * @param {unknown} error
 */
export function isRefusal(error) {
  const isAnswer = error instanceof client.ResponseBodyError || error instanceof client.WWWAuthenticateChallengeError;
  return isAnswer && error.status < 500 && error.status !== 429;
}
