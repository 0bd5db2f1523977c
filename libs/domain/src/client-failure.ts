/**
 * Why a request of a client was refused, for whoever manages the client: what the answer on the wire must not tell an
 * attacker. Each has a title, and what to do about it.
 */
export const FAILURE_REASONS = {
  client_paused: {
    title: 'The client is paused',
    help: 'Every request is refused until it is enabled again. Tokens from before the pause stay dead.',
  },
  redirect_uri_mismatch: {
    title: 'The redirect URI is not registered',
    help: 'It has to be the same, character for character; only the port of a loopback address is free. Register it, or correct the integration.',
  },
  redirect_uri_missing: {
    title: 'No redirect URI was sent',
    help: 'It may be left out only where exactly one is registered. Send one of the registered ones.',
  },
  pkce_missing: {
    title: 'The PKCE challenge is missing',
    help: 'Every client sends code_challenge with code_challenge_method=S256. Turn PKCE on in the integration.',
  },
  pkce_method: {
    title: 'The PKCE method is not S256',
    help: 'Only code_challenge_method=S256 is taken; leaving it out would mean plain.',
  },
  pkce_challenge_malformed: {
    title: 'The PKCE challenge is malformed',
    help: 'It is the SHA-256 of the verifier in base64url without padding: 43 characters.',
  },
  response_type: { title: 'The response type is not code', help: 'Only response_type=code exists; the implicit flow does not.' },
  response_mode: { title: 'The response mode is not query', help: 'Leave response_mode out, or send query.' },
  request_object: {
    title: 'A request object was sent',
    help: 'request and registration are not supported, and request_uri only as the answer to a pushed request. Send plain parameters.',
  },
  request_not_pushed: {
    title: 'The request was not pushed',
    help: 'This client takes pushed authorization requests alone: send the parameters to the pushed authorization request endpoint first.',
  },
  request_uri_dead: {
    title: 'The pushed request is over',
    help: 'Its request_uri works once, for a minute and a half, and for the client that pushed it. A page that was reloaded has used it already.',
  },
  scope_too_wide: {
    title: 'The scope is wider than the client’s access permissions',
    help: 'Ask for less, or give the client Full access.',
  },
  scope_unknown: { title: 'The scope is not known', help: 'Known are openid, profile, email, read and write.' },
  resource_unknown: {
    title: 'The resource is not known, or not part of the authorization',
    help: 'Send the identifier of a resource server of this organization, as its client lists it; when a code or refresh token is used, one that was authorized.',
  },
  prompt: { title: 'The prompt parameter is not usable', help: 'Known are none, login, consent and select_account; none stands alone.' },
  max_age: { title: 'The max_age parameter is not a number of seconds', help: 'Send whole seconds, or leave it out.' },
  parameter_repeated: { title: 'A parameter was sent twice', help: 'Each parameter may stand in a request once.' },
  parameter_malformed: {
    title: 'A parameter is not readable',
    help: 'Send UTF-8, percent-encoded once, without NUL, and not longer than 4 kB.',
  },
  parameter_missing: { title: 'A parameter is missing', help: 'Received names it.' },
  secret_missing: {
    title: 'No client secret was sent',
    help: 'This client is confidential: it authenticates with its secret, by HTTP Basic or in the body.',
  },
  wrong_secret: {
    title: 'The client secret is wrong',
    help: 'It is neither the current secret nor the previous one. If it was lost, rotate it.',
  },
  previous_secret: {
    title: 'A previous client secret was used after its end',
    help: 'This integration still holds a secret that was rotated. Give it the current one.',
  },
  secret_not_expected: {
    title: 'A public client sent a secret',
    help: 'This client has none: it sends its client_id in the body and a code_verifier, and no Authorization header.',
  },
  too_many_failures: {
    title: 'Too many failures in a row',
    help: 'Requests from this address wait until the time in Retry-After has passed; elsewhere the client works.',
  },
  grant_type: {
    title: 'The grant type is not supported',
    help: 'There are authorization_code and refresh_token, and the one for device codes where the server has it switched on.',
  },
  device_not_allowed: {
    title: 'The client may not use device codes',
    help: 'Turn on Device authorization in its settings, if it runs on devices without a browser.',
  },
  device_waiting: { title: 'The user has not decided yet', help: 'The device goes on asking, not more often than it was told to.' },
  device_denied: { title: 'The user refused the device', help: 'Start again on the device, if that was a mistake.' },
  device_code_unknown: {
    title: 'The device code was never issued to this client',
    help: 'It was cut, changed, or comes from another client or server.',
  },
  device_code_used: {
    title: 'The device code was used already',
    help: 'A device code gives tokens once; the device that got them refreshes them.',
  },
  device_code_dead: {
    title: 'The device code has expired or its authorization has ended',
    help: 'It lives ten minutes, and ends with a pause or a revocation. Start again on the device.',
  },
  code_unknown: { title: 'The code was never issued', help: 'It was cut, changed, or comes from another server.' },
  code_used: {
    title: 'The code was used already',
    help: 'A code works once. Its second use has revoked what the first one issued; the user has to authorize again.',
  },
  code_dead: {
    title: 'The code has expired or its authorization has ended',
    help: 'A code lives 60 seconds, and ends with the client’s redirect URI, a pause, or a revocation.',
  },
  code_not_proven: {
    title: 'The PKCE verifier or the redirect URI does not fit the code',
    help: 'Send the code_verifier of the same authorization, and no redirect_uri or the same one.',
  },
  code_foreign: { title: 'The code belongs to another client', help: 'The client that asked for a code exchanges it.' },
  pkce_verifier_missing: { title: 'The PKCE verifier is missing', help: 'Send the code_verifier that belongs to the challenge.' },
  pkce_verifier_malformed: { title: 'The PKCE verifier is malformed', help: 'It has 43 to 128 characters: letters, digits and -._~' },
  refresh_not_issued: {
    title: 'The client gets no refresh tokens',
    help: 'Turn on Issue a refresh token, and let the user authorize again.',
  },
  refresh_token_unknown: { title: 'The refresh token was never issued', help: 'It was cut, changed, or comes from another server.' },
  refresh_token_foreign: { title: 'The refresh token belongs to another client', help: 'The client that got a token refreshes it.' },
  refresh_token_reused: {
    title: 'The refresh token was used already',
    help: 'Each answer brings a new one; the old one coming back may be a theft, so the authorization was revoked. The user has to authorize again.',
  },
  refresh_token_dead: {
    title: 'The refresh token has ended',
    help: 'It expired, was revoked, or its user, client or teams no longer allow it. See Active Sessions and the audit log.',
  },
  dpop_proof_missing: {
    title: 'The DPoP proof is missing',
    help: 'The code or refresh token is bound to a key, or the client requires DPoP: send a proof in the DPoP header.',
  },
  dpop_proof_invalid: {
    title: 'The DPoP proof is not acceptable',
    help: 'Received names the part at fault. A proof is made anew for each request, with its method and address, and by a clock that is right within a minute.',
  },
  dpop_key_mismatch: {
    title: 'The DPoP proof is of another key',
    help: 'What was authorized is bound to one key, and works with its proofs alone. A key that was lost means that the user authorizes again; a stranger’s may be a theft.',
  },
  token_foreign: { title: 'The token belongs to another client', help: 'A client revokes its own tokens.' },
  token_not_revocable: { title: 'An ID token cannot be revoked', help: 'Send the access token or the refresh token.' },
  introspection_by_public: {
    title: 'A public client cannot introspect',
    help: 'Use a confidential client, marked as Resource server to see other clients’ tokens.',
  },
  server: { title: 'The server could not answer', help: 'Try again; the request ID leads to the log line.' },
} as const satisfies Record<string, { title: string; help: string }>;

/** Kept and shown of each client. */
export const CLIENT_FAILURES_KEPT = 50;

export type FailureReason = keyof typeof FAILURE_REASONS;

/** Whether a text names one of the reasons; rows of an older version may hold another. */
export function isFailureReason(reason: string): reason is FailureReason {
  return Object.hasOwn(FAILURE_REASONS, reason);
}
