import { createHash, randomBytes } from 'node:crypto';
import { Cookies } from './cookies.mjs';
import { REDIRECT_URI } from './servers.mjs';

/** One pair for all: how a verifier is drawn is the client's work, not the server's. */
export const code_verifier = randomBytes(32).toString('base64url');
const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');

const basic = ({ client_id, client_secret }) => `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`;

const authorizeQuery = (client_id, scope) =>
  new URLSearchParams({
    response_type: 'code',
    client_id,
    redirect_uri: REDIRECT_URI,
    code_challenge,
    code_challenge_method: 'S256',
    scope,
  }).toString();

/** What the raw server is asked in place of each operation: the same bytes, and it answers them all alike. */
export function floor({ url, pids }) {
  const paths = { authorize: '/', token: '/', introspect: '/', userinfo: '/' };
  return {
    name: 'floor',
    url,
    pids,
    paths,
    authorization: 'Basic floor',
    cookies: ['session=floor'],
    query: () => authorizeQuery('floor', 'read'),
    isFloor: true,
  };
}

/** As many users of each contender: a few alone would have their consent rows or sessions be what everything waits for. */
const USERS = 32;
const emailOf = (number) => `user${number}@acme.example`;

/** Users beside the ones of the demo data, alike to one of them in everything but id and address. */
const MAKE_USERS = `
WITH one AS (SELECT * FROM user_account WHERE email = 'dev@acme.example'), made AS (
  INSERT INTO user_account (email, email_verified, name, password_hash, status, home_organization_id)
  SELECT 'user' || n || '@acme.example', email_verified, name, password_hash, status, home_organization_id FROM one, generate_series(0, $1::integer - 1) n
  RETURNING id)
INSERT INTO membership (user_id, team_id, organization_id, role)
SELECT made.id, m.team_id, m.organization_id, m.role FROM made, one JOIN membership m ON m.user_id = one.id`;

/** A client, and users who are signed in and whose consent is remembered, all through the front door. */
export async function behalf({ url, pids, sql }) {
  const browser = await new Cookies(url).signIn('admin@acme.example');
  await sql(MAKE_USERS, [USERS]);
  const browsers = [];
  // One after the other: more at once than can be hashed would be refused.
  for (let number = 0; number < USERS; number += 1) browsers.push(await new Cookies(url).signIn(emailOf(number)));
  const settings = { client_name: 'bench', redirect_uris: [REDIRECT_URI], issue_refresh_token: true, access_preset: 'full_access' };
  const { client, client_secret } = await browser.json('POST', '/api/v1/oauth-clients', settings);
  const query = (scope) => authorizeQuery(client.client_id, scope);
  for (const each of browsers) for (const scope of ['read', 'openid read']) await each.consent(`/oauth2/authorize?${query(scope)}`);
  return {
    name: 'behalf',
    url,
    pids,
    browser,
    client_id: client.client_id,
    paths: { authorize: '/oauth2/authorize', token: '/oauth2/token', introspect: '/oauth2/introspect', userinfo: '/oauth2/userinfo' },
    authorization: basic({ client_id: client.client_id, client_secret }),
    cookies: browsers.map(({ cookie }) => cookie),
    query,
  };
}

/** The same at the peer, whose sign-in and consent answer by themselves. */
export async function oidcProvider(name, { url, pids, client }) {
  const query = (scope) => authorizeQuery(client.client_id, scope);
  const signIns = Array.from({ length: USERS }, () => signInAt(url, `/auth?${query('openid read')}`));
  const cookies = await Promise.all(signIns);
  return {
    name,
    url,
    pids,
    paths: { authorize: '/auth', token: '/token', introspect: '/token/introspection', userinfo: '/me' },
    authorization: basic(client),
    cookies,
    query,
  };
}

/** @returns the cookies of a session whose consent is remembered from then on */
async function signInAt(url, authorize) {
  const cookies = new Map();
  const header = () => [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
  for (let path = authorize; !path.startsWith(REDIRECT_URI);) {
    const response = await fetch(new URL(path, url), { redirect: 'manual', headers: { cookie: header() } });
    for (const line of response.headers.getSetCookie()) cookies.set(...line.split(';', 1)[0].split(/=(.*)/s, 2));
    path = response.headers.get('location');
  }
  return ['_session', '_session.sig'].map((key) => `${key}=${cookies.get(key)}`).join('; ');
}
