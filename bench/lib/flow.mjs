import { createHash, randomBytes } from 'node:crypto';
import { PASSWORD } from './servers.mjs';

const REDIRECT_URI = 'https://app.test/callback';
const TOKENS = 256;
/** More codes than one round can use; each lives for a minute. */
const CODES_PER_SECOND = 700;

/** A client, its grants, and the operations that are measured on them; all of it made through the front door. */
export async function prepareFlow(issuer, { connections }) {
  const browser = new Cookies(issuer);
  await browser.json('POST', '/api/v1/session', { email: 'admin@acme.example', password: PASSWORD });
  const settings = { client_name: 'bench', redirect_uris: [REDIRECT_URI], issue_refresh_token: true, access_preset: 'full_access' };
  const { client, client_secret } = await browser.json('POST', '/api/v1/oauth-clients', settings);
  const authorization = `Basic ${Buffer.from(`${client.client_id}:${client_secret}`).toString('base64')}`;
  const form = (path, body) => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body), authorization },
    body,
  });
  const exchange = ({ code, code_verifier }) =>
    form('/oauth2/token', `grant_type=authorization_code&code=${code}&code_verifier=${code_verifier}`);
  const post = async ({ path, headers, body }) =>
    (await fetch(issuer + path, { method: 'POST', headers: { 'content-type': headers['content-type'], authorization }, body })).json();
  const codes = (count, scope) => inParallel(count, 16, () => browser.code(client.client_id, scope));
  const tokens = await Promise.all((await codes(TOKENS)).map((code) => post(exchange(code))));

  const floor = () => form('/', `token=${tokens[0].access_token}`);
  const isActive = ({ status, text }) => status === 200 && text.startsWith('{"active":true');
  return {
    browser,
    client_id: client.client_id,
    operations: ({ seconds }) => [
      {
        name: 'introspect',
        floor,
        behalf: () => ({
          requests: (connection, turn) => form('/oauth2/introspect', `token=${tokens[(connection * 31 + turn) % TOKENS].access_token}`),
          right: isActive,
        }),
      },
      {
        name: 'userinfo',
        floor,
        behalf: () => ({
          requests: (connection, turn) => ({
            method: 'GET',
            path: '/oauth2/userinfo',
            headers: { authorization: `Bearer ${tokens[(connection * 31 + turn) % TOKENS].access_token}` },
          }),
          right: ({ status, text }) => status === 200 && text.includes('"email":"admin@acme.example"'),
        }),
      },
      refreshing({ floor, form, tokens, connections }),
      exchanging({ floor, exchange, codes, name: 'code', scope: undefined, seconds }),
      exchanging({ floor, exchange, codes, name: 'code+id_token', scope: 'openid read', seconds }),
    ],
  };
}

/** Each connection follows a chain of its own, as a client does. */
function refreshing({ floor, form, tokens, connections }) {
  const chains = tokens.slice(0, connections).map(({ refresh_token }) => refresh_token);
  return {
    name: 'refresh',
    floor,
    behalf: () => ({
      requests: (connection) => form('/oauth2/token', `grant_type=refresh_token&refresh_token=${chains[connection]}`),
      right: ({ status, text }, connection) => {
        if (status !== 200) return false;
        const { refresh_token } = JSON.parse(text);
        const moved = refresh_token !== chains[connection];
        chains[connection] = refresh_token;
        return moved;
      },
    }),
  };
}

function exchanging({ floor, exchange, codes, name, scope, seconds }) {
  let ready = [];
  return {
    name,
    floor,
    before: async () => {
      ready = await codes(CODES_PER_SECOND * Math.min(seconds, 4), scope);
    },
    behalf: () => ({
      requests: () => {
        const code = ready.pop();
        return code ? exchange(code) : null;
      },
      right: ({ status, text }) =>
        status === 200 && text.includes('"access_token":"bhf_at_') && text.includes('"id_token"') === (scope !== undefined),
    }),
  };
}

/** A browser's session without a browser. */
class Cookies {
  #session = '';

  constructor(issuer) {
    this.issuer = issuer;
  }

  async json(method, path, body, cookie = this.#session) {
    const response = await fetch(this.issuer + path, {
      method,
      headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) },
      body: body && JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status} ${await response.text()}`);
    for (const line of response.headers.getSetCookie()) if (line.startsWith('bhf_session=')) this.#session = line.split(';', 1)[0];
    return response.json();
  }

  /** The first time through the consent page, afterwards straight to the code. */
  async code(client_id, scope) {
    const code_verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: REDIRECT_URI,
      code_challenge,
      code_challenge_method: 'S256',
      ...(scope ? { scope } : {}),
    });
    const response = await fetch(`${this.issuer}/oauth2/authorize?${query}`, { redirect: 'manual', headers: { cookie: this.#session } });
    const cookie = [this.#session, ...response.headers.getSetCookie().map((line) => line.split(';', 1)[0])].join('; ');
    const location = new URL(response.headers.get('location'), this.issuer);
    const request_id = location.searchParams.get('request_id');
    if (request_id === null) return { code: location.searchParams.get('code'), code_verifier };
    const path = `/api/v1/authorization-requests/${request_id}`;
    const { selectable_teams } = await this.json('GET', path, undefined, cookie);
    const decision = { decision: 'allow', team_ids: [selectable_teams[0].id] };
    const { redirect_to } = await this.json('POST', `${path}/decision`, decision, cookie);
    return { code: new URL(redirect_to).searchParams.get('code'), code_verifier };
  }
}

async function inParallel(count, width, make) {
  const made = [];
  // The first one alone: it gives the consent that the others rely on.
  made.push(await make());
  const worker = async () => {
    while (made.length < count) made.push(await make());
  };
  await Promise.all(Array.from({ length: width }, worker));
  return made;
}
