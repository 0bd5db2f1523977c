// Signing in from a program on the user's own machine, through the user's own browser (RFC 8252).
import { once } from 'node:events';
import { createServer } from 'node:http';
import open from 'open';
import * as client from 'openid-client';

/** The server keeps a request that waits for the user no longer than this. */
const USER_PATIENCE_MILLISECONDS = 600_000;

/**
 * Signs in. The answer comes back to a port that the system picks: for 127.0.0.1 the registered redirect URI is good for every port
 * (RFC 8252 section 7.3). The address is 127.0.0.1 and not localhost, which other programs may resolve elsewhere.
 *
 * @param {client.Configuration} config
 * @param {string} scope
 */
export async function signIn(config, scope) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    const redirect_uri = `http://127.0.0.1:${port}/callback`;
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const answer = nextAnswer(server, redirect_uri, state);
    const code_challenge = await client.calculatePKCECodeChallenge(pkceCodeVerifier);
    show(client.buildAuthorizationUrl(config, { redirect_uri, scope, state, code_challenge, code_challenge_method: 'S256' }));
    // Judges the issuer of the answer too (RFC 9207), so that no other server can slip in a code of its own.
    return await client.authorizationCodeGrant(config, await answer, { pkceCodeVerifier, expectedState: state });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * Prints the address, and opens it in the user's browser. With `--no-browser` or `BROWSER=none`, on a machine that is used from another one
 * (SSH), and on one without a display, it is printed alone. A machine that has nothing to open it with is no fault.
 *
 * @param {URL} address
 */
function show({ href, protocol }) {
  const { BROWSER, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY, WSL_DISTRO_NAME } = process.env;
  const hasScreen = process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY || WSL_DISTRO_NAME;
  const isSeen = BROWSER ? BROWSER !== 'none' : hasScreen && !SSH_CONNECTION;
  // The server names the address: of another kind it could start any program.
  const opens = isSeen && !process.argv.includes('--no-browser') && (protocol === 'https:' || protocol === 'http:');
  console.log(
    `${opens ? 'Your browser opens this address. Where it does not, open it yourself:' : 'Open this address in your browser:'}\n\n${href}\n`,
  );
  if (opens) open(href).catch(() => undefined);
}

/**
 * Every page in the user's browser can call this port: only what carries our state is the answer.
 *
 * @param {import('node:http').Server} server
 * @param {string} redirect_uri
 * @param {string} state
 * @returns {Promise<URL>}
 */
function nextAnswer(server, redirect_uri, state) {
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('Nobody came back from the browser in time.')), USER_PATIENCE_MILLISECONDS).unref();
    server.on('request', (request, response) => {
      const address = `${new URL(redirect_uri).origin}${request.url}`;
      const url = URL.canParse(address) ? new URL(address) : null;
      const isOurs = url?.pathname === '/callback' && url.searchParams.get('state') === state;
      response.writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
      response.end(isOurs ? 'You can close this page and go back.' : 'There is nothing here.', () => {
        if (url && isOurs) resolve(url);
      });
    });
  });
}
