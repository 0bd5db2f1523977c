import { CODE_LIFETIME_SECONDS, DEVICE_CODE_GRANT_TYPE } from '@behalf/domain';
import { AUTHORIZE_PARAMETERS } from '../consent/index.js';
import { CLIENT_PARAMETERS } from '../token/index.js';
import { exactly, type Schema } from './schema.js';

/** A parameter of the OAuth endpoints: what it means, and what it must be. */
type Words = Readonly<Record<string, Schema>>;

const text = (description: string, more: Schema = {}): Schema => ({ type: 'string', description, ...more });
const unsupported = 'Not supported: a request that sends it is refused by name, never half obeyed.';
/** Beside the others, since it alone may be sent several times. */
const RESOURCE = 'resource';
const CHALLENGE = { pattern: '^[A-Za-z0-9_-]{43}$' };
const dpopJkt = text(
  'The thumbprint of the key that the code is to be bound to (RFC 9449 §10). Ignored where DPoP is switched off.',
  CHALLENGE,
);

/** RFC 6749 §4.1.1, RFC 7636 §4.3, OIDC Core §3.1.2.1. */
export const AUTHORIZE_WORDS = describing(new Set([...AUTHORIZE_PARAMETERS, RESOURCE]), {
  client_id: text('The client’s id.'),
  redirect_uri: text('One of the client’s registered redirect URIs, byte by byte; only the port of a loopback address is free.'),
  response_type: text('`code`, the one flow there is.', { enum: ['code'] }),
  response_mode: text('`query`, which is also meant where it is left out.', { enum: ['query'] }),
  scope: text('Scopes, separated by spaces. Left out: what the client’s preset allows.'),
  resource: text(
    'The API that the token is for, as its resource server is registered; may be sent several times (RFC 8707). Ignored as long as no resource server of the organization names one.',
  ),
  state: text('Handed back as it came.'),
  nonce: text('Stands in the ID token as it came.'),
  code_challenge: text('Base64url of the SHA-256 of the code verifier. Every client sends one.', CHALLENGE),
  code_challenge_method: text('`S256`.', { enum: ['S256'] }),
  prompt: text('`none` alone, or any of `login`, `consent` and `select_account`, separated by spaces.'),
  max_age: text('How long ago the user may have signed in, in seconds.', { pattern: '^[0-9]{1,9}$' }),
  login_hint: text('The address that the sign-in page is filled with.'),
  request: text(unsupported),
  request_uri: text('What a pushed request was answered with, beside `client_id` alone (RFC 9126 §4). Addresses are not fetched.'),
  registration: text(unsupported),
  dpop_jkt: dpopJkt,
});

/** RFC 6749 §4.1.3 and §6, RFC 7009 §2.1, RFC 7662 §2.1. */
const CLIENT_WORDS = describing(new Set([...CLIENT_PARAMETERS, RESOURCE]), {
  grant_type: text('`authorization_code`, `refresh_token`, or that of device codes (RFC 8628 §3.4) where it is switched on.', {
    enum: ['authorization_code', 'refresh_token', DEVICE_CODE_GRANT_TYPE],
  }),
  code: text(`The authorization code: good once, for ${CODE_LIFETIME_SECONDS} seconds.`),
  device_code: text('What a device was given, for the grant type of device codes (RFC 8628 §3.4).'),
  code_verifier: text('What the code challenge was made of.', { pattern: '^[A-Za-z0-9._~-]{43,128}$' }),
  redirect_uri: text('Not needed; where it is sent it must be that of the authorization request.'),
  refresh_token: text('The refresh token, which the answer replaces.'),
  scope: text('With a refresh: fewer scopes than were granted, for this access token alone.'),
  resource: text('Which of the authorized resources this access token alone is for; may be sent several times (RFC 8707).'),
  token: text('An access token or a refresh token.'),
  token_type_hint: text('Ignored: a token says itself what it is.'),
  client_id: text('The client’s id, where it is not sent by HTTP Basic.'),
  client_secret: text('The secret of a confidential client, where it is not sent by HTTP Basic.'),
  client_assertion: text(unsupported),
  client_assertion_type: text(unsupported),
  dpop_jkt: dpopJkt,
});

/** A form with a whole authorization request, and the client's credentials. */
export function pushForm(credentials: readonly string[], required: readonly string[]): Schema {
  const { request_uri: _, ...words } = AUTHORIZE_WORDS;
  const own = Object.fromEntries(credentials.map((name) => [name, CLIENT_WORDS[name]!]));
  return { type: 'object', properties: { ...words, ...own }, required };
}

/** A form with these of the parameters that clients send; what is unknown is ignored, and nothing may be sent twice. */
export function clientForm(names: readonly string[], required: readonly string[]): Schema {
  const { additionalProperties, ...form } = exactly(Object.fromEntries(names.map((name) => [name, CLIENT_WORDS[name]!])), required);
  return { ...form, additionalProperties: !additionalProperties };
}

/** @throws Error where the words and what the endpoints read differ */
function describing(known: ReadonlySet<string>, words: Words): Words {
  const different = [...known].filter((name) => !words[name]).concat(Object.keys(words).filter((name) => !known.has(name)));
  if (different.length) throw new Error(`Described otherwise than read: ${different.join(', ')}.`);
  return words;
}
