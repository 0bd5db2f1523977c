import { code_verifier } from './contenders.mjs';
import { load } from './load.mjs';

/** How many live tokens the reading operations go round; more than there are connections, as in earnest. */
const TOKENS = 256;

/**
 * The operations in an order in which each makes what the next ones need: codes, then tokens, then their uses. Each takes one
 * contender through one window of load and answers its figures.
 */
export const OPERATIONS = {
  authorize: (contender, window) => authorize(contender, 'read', window),
  code: (contender, window) => exchange(contender, false, window),
  refresh,
  'authorize+openid': (contender, window) => authorize(contender, 'openid read', window),
  'code+id_token': (contender, window) => exchange(contender, true, window),
  introspect,
  userinfo,
};

async function authorize(contender, scope, window) {
  const codes = (contender.codes = []);
  const path = `${contender.paths.authorize}?${contender.query(scope)}`;
  return load({
    ...contender,
    ...window,
    requests: (connection) => [{ method: 'GET', path, headers: { cookie: contender.cookies[connection % contender.cookies.length] } }],
    right: (status, _, head) => {
      if (contender.isFloor) return status === 200;
      const code = /^location: .*[?&]code=([^&\r]+)/im.exec(head)?.[1];
      if (code) codes.push(code);
      return status === 303 && code !== undefined;
    },
  });
}

/** Each code once: at most as many as the authorizations before it have brought. */
async function exchange(contender, withIdToken, window) {
  const { codes, isFloor } = contender;
  const redirect = encodeURIComponent(new URLSearchParams(contender.query('read')).get('redirect_uri'));
  const tokens = (contender.tokens = []);
  const body = () =>
    `grant_type=authorization_code&code=${isFloor ? 'floor' : codes.pop()}&code_verifier=${code_verifier}&redirect_uri=${redirect}`;
  if (!isFloor && !codes.length) throw new Error(`${contender.name} has made no code to exchange.`);
  return load({
    ...contender,
    ...window,
    ...(!isFloor && { amount: codes.length, connections: Math.min(window.connections, codes.length) }),
    requests: () => [{ ...form(contender, contender.paths.token), body }],
    right: (status, text) => {
      if (isFloor) return status === 200;
      const answer = JSON.parse(text);
      if (tokens.length < TOKENS) tokens.push(answer);
      return status === 200 && Boolean(answer.access_token && answer.refresh_token) && 'id_token' in answer === withIdToken;
    },
  });
}

/** Each connection follows a chain of its own, as a client does. */
async function refresh(contender, window) {
  const { isFloor } = contender;
  const chains = contender.tokens.map(({ refresh_token }) => refresh_token);
  const send = (connection) => {
    const next = (text) => {
      const { refresh_token } = JSON.parse(text);
      const moved = refresh_token !== undefined && refresh_token !== chains[connection];
      chains[connection] = refresh_token;
      return moved;
    };
    const body = () => `grant_type=refresh_token&refresh_token=${chains[connection]}`;
    return { request: { ...form(contender, contender.paths.token), body }, next };
  };
  return load({
    ...contender,
    ...window,
    requests: (connection) => {
      const { request, next } = send(connection);
      return [{ ...request, right: (status, text) => status === 200 && (isFloor || next(text)) }];
    },
  });
}

async function introspect(contender, window) {
  const { isFloor, paths } = contender;
  const ask = ({ access_token }) => ({ ...form(contender, paths.introspect), body: `token=${access_token}` });
  const right = (status, text) => status === 200 && (isFloor || text.startsWith('{"active":true'));
  return load({ ...contender, ...window, requests: (connection) => inTurn(contender, connection).map(ask), right });
}

async function userinfo(contender, window) {
  const { isFloor, paths } = contender;
  const ask = ({ access_token }) => ({ method: 'GET', path: paths.userinfo, headers: { authorization: `Bearer ${access_token}` } });
  const right = (status, text) => status === 200 && (isFloor || /"email":"\w+@acme.example"/.test(text));
  return load({ ...contender, ...window, requests: (connection) => inTurn(contender, connection).map(ask), right });
}

const form = ({ authorization }, path) => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/x-www-form-urlencoded', authorization },
});

/** The tokens from another place for each connection, so that no two ask for the same one at the same time. */
function inTurn({ tokens, isFloor }, connection) {
  if (isFloor) return [{ access_token: 'a'.repeat(64) }];
  const start = (connection * 31) % tokens.length;
  return [...tokens.slice(start), ...tokens.slice(0, start)];
}
