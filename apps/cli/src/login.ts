import { AUTHORIZATION_REQUEST_LIFETIME_SECONDS, checkRedirectUri, OAUTH_ENDPOINTS, type TokenResponse } from '@behalf/domain';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fail } from './fault.js';
import { credentialsOf, sendForm } from './server.js';
import { type Credentials } from './credentials.js';

const random = () => randomBytes(32).toString('base64url');
const HOST = '127.0.0.1';
const PATH = '/callback';
const MILLISECONDS = 1000;

/**
 * Signs in through the browser (RFC 8252 §7.3): the answer comes to this machine's own address, on a free port.
 *
 * @param show is given the address that the user has to open
 * @throws Fault for an issuer in the clear, and where the user denies, or nobody comes back in time
 */
export async function login(
  given_issuer: string,
  client_id: string,
  scope: string | undefined,
  show: (address: string) => void,
): Promise<Credentials> {
  // As it is often copied; the server's own name for itself ends without a slash.
  const issuer = given_issuer.replace(/\/$/, '');
  // Tokens travel to it: https, or this machine, as for any address that a user is sent to.
  const fault = checkRedirectUri(`${issuer}/`);
  if (fault) fail(`--issuer ${issuer}: ${fault.detail}`);
  const code_verifier = random();
  const state = random();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  try {
    const redirect_uri = `http://${HOST}:${(server.address() as AddressInfo).port}${PATH}`;
    const asked = {
      response_type: 'code',
      client_id,
      redirect_uri,
      state,
      code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(scope === undefined ? {} : { scope }),
    };
    const answer = nextAnswer(server, state);
    show(`${issuer}${OAUTH_ENDPOINTS.authorization}?${new URLSearchParams(asked).toString()}`);
    const code = codeOf(await answer, issuer);
    const response = await sendForm(issuer, OAUTH_ENDPOINTS.token, { grant_type: 'authorization_code', code, code_verifier, client_id });
    if (!response.ok) fail(`The server refused the sign-in: ${(await response.text()).slice(0, 200)}`);
    return credentialsOf(issuer, client_id, (await response.json()) as TokenResponse);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Only what carries our state ends the wait: any page of the browser can call this address. */
function nextAnswer(server: ReturnType<typeof createServer>, state: string): Promise<URLSearchParams> {
  return new Promise((resolve, reject) => {
    const give_up = () => reject(new Error('Nobody came back from the browser in time.'));
    setTimeout(give_up, AUTHORIZATION_REQUEST_LIFETIME_SECONDS * MILLISECONDS).unref();
    server.on('request', ({ url = '/' }: IncomingMessage, response: ServerResponse) => {
      // '//' is a target that a browser may send, and no address.
      const base = `http://${HOST}`;
      const found = URL.canParse(url, base) ? new URL(url, base) : null;
      const ours = found?.pathname === PATH && found.searchParams.get('state') === state;
      response.writeHead(ours ? 200 : 404, {
        'content-type': 'text/plain; charset=utf-8',
        connection: 'close',
        'cache-control': 'no-store',
      });
      response.end(
        ours ? 'You can close this page and go back to the terminal.' : 'There is nothing here.',
        () => ours && resolve(found.searchParams),
      );
    });
  });
}

/** RFC 9207 §2.4: an answer of another server is none. */
function codeOf(answer: URLSearchParams, issuer: string): string {
  if (answer.get('iss') !== issuer) fail('The answer came from another server.');
  return (
    answer.get('code') ?? fail(`The sign-in was refused: ${answer.get('error_description') ?? answer.get('error') ?? 'no reason given'}.`)
  );
}
