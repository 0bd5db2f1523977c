import { Cookies, REDIRECT_URI } from './cookies.mjs';

const TOKENS = 256;
/** More codes than one round can use; each lives for a minute. */
const CODES_PER_SECOND = 700;

/** A client, its grants, and the operations that are measured on them; all of it made through the front door. */
export async function prepareFlow(issuer, { connections }) {
  const browser = new Cookies(issuer);
  await browser.signIn();
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
