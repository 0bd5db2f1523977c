/** A rule that a value breaks: where (a JSON Pointer, or the name of a query parameter), which, and in words. */
export interface Violation {
  pointer: string;
  code: string;
  detail: string;
}

/** What a problem document holds beside the members that RFC 9457 §3.1 names. */
export type ProblemMember = 'errors' | 'permission' | 'risks' | 'missing' | 'your_version' | 'current';

/** Every error of the management API (RFC 9457): the name stands behind the `#` of `type`, which leads to its title and help. */
export const PROBLEMS = {
  'validation-failed': {
    status: 422,
    title: 'Some values are not valid',
    members: ['errors'],
    help: 'Each entry of `errors` names a field by `pointer` (a JSON Pointer into the body, or the name of a query parameter) and says what to change. Nothing was stored.',
  },
  'malformed-body': { status: 400, title: 'The body cannot be read', help: 'The body is not JSON, or not UTF-8. Send one JSON object.' },
  'wrong-credentials': {
    status: 401,
    title: 'Wrong email or password',
    help: 'Email and password do not fit together, or the user is disabled. Which of them is not told.',
  },
  'not-signed-in': {
    status: 401,
    title: 'You are not signed in',
    help: 'There is no browser session, or it has ended, or this route does not take access tokens. Sign in and send the request again.',
  },
  'invalid-token': {
    status: 401,
    title: 'The access token is not active',
    help: 'The access token is unknown, has ended, or was revoked: with its grant, its client or its user; or it is bound to a key, and did not come with a good proof of it, as the challenge says. Refresh it, or send the user through the flow again.',
  },
  'invalid-client': {
    status: 401,
    title: 'The client is not proven',
    help: 'This route is for a client: send its Client ID and secret by HTTP Basic. A paused client, and a secret that does not work any more, are answered so too.',
  },
  'insufficient-scope': {
    status: 403,
    title: 'The access token does not carry the scope that this needs',
    help: 'The challenge names the scope to ask for. The client needs a preset that allows it, and the user has to consent again.',
  },
  'cross-site-request': {
    status: 403,
    title: 'The request came from another site',
    help: 'A write that relies on the session cookie has to come from the pages of this server. Programs use an access token instead.',
  },
  'permission-required': {
    status: 403,
    title: 'A permission is missing',
    members: ['permission'],
    help: '`permission` names what the role of the user lacks in this organization. Ask an administrator; another token would not help.',
  },
  'resource-server-required': {
    status: 403,
    title: 'The client is not a resource server',
    help: 'Only a client that is marked as resource server may do this. An administrator turns that on in its settings.',
  },
  'not-found': { status: 404, title: 'There is nothing here', help: 'There is no such thing, or none that you may know of.' },
  'method-not-allowed': {
    status: 405,
    title: 'This method is not allowed here',
    help: 'The Allow header lists the methods that this address knows.',
  },
  'name-mismatch': {
    status: 422,
    title: 'The name was not typed exactly',
    help: 'Type the name exactly as it is shown; case and spaces count.',
  },
  'confirmation-required': {
    status: 409,
    title: 'A risk has to be confirmed',
    members: ['risks'],
    help: '`risks` lists what has to be confirmed. Send the request again with these codes in `confirmed_risks`, or lower the risk.',
  },
  'already-gone': {
    status: 409,
    title: 'Something is already gone',
    members: ['missing'],
    help: '`missing` lists what is not there any more. Nothing was deleted; leave those out and try again.',
  },
  'version-conflict': {
    status: 409,
    title: 'Someone else changed this meanwhile',
    members: ['your_version', 'current'],
    help: '`current` is what is stored now, `your_version` the one that your edit was based on. Apply the edit to the current one and send its version.',
  },
  'not-confidential': {
    status: 409,
    title: 'A public client has no secret',
    help: 'A public client proves itself with PKCE and has no secret that could be rotated.',
  },
  'last-administrator': {
    status: 409,
    title: 'An organization needs an active Platform Admin',
    help: 'The change would leave an organization without an active Platform Admin. Make somebody else one first.',
  },
  'request-gone': {
    status: 410,
    title: 'This is over: it was answered already, or took too long',
    help: 'Start again where the link or the sign-in came from.',
  },
  'payload-too-large': { status: 413, title: 'The body is too large', help: 'Send less at once; a bulk delete takes up to 500 ids.' },
  'unsupported-media-type': { status: 415, title: 'The body has to be application/json', help: 'Send the body as application/json.' },
  'too-many-requests': { status: 429, title: 'Too many attempts', help: 'Wait for as many seconds as Retry-After says.' },
  'internal-error': {
    status: 500,
    title: 'Something went wrong on our side',
    help: 'The fault is ours and was written to the log. Tell whoever runs the server the X-Request-Id of the answer.',
  },
  unavailable: {
    status: 503,
    title: 'Not available right now',
    help: 'The database does not answer, or takes no writes, or too many requests are under way. Nothing was half done; try again after Retry-After.',
  },
} as const satisfies Record<string, { status: number; title: string; help: string; members?: readonly ProblemMember[] }>;

export type ProblemName = keyof typeof PROBLEMS;

/**
 * Every error code of the OAuth endpoints, each with one neutral sentence of printable ASCII (OAuth 2.1 §3.2.4):
 * what the caller did is not explained to the caller.
 */
export const OAUTH_ERRORS = {
  invalid_request: { status: 400, description: 'The request is missing a parameter, repeats one, or holds a malformed value.' },
  invalid_client: { status: 401, description: 'Client authentication failed.' },
  invalid_grant: { status: 400, description: 'The code or token is invalid, expired, revoked, or belongs to another client.' },
  unauthorized_client: { status: 400, description: 'The client may not use this grant type.' },
  unsupported_grant_type: { status: 400, description: 'The grant type is not supported.' },
  unsupported_response_type: { status: 400, description: 'The response type is not supported.' },
  unsupported_token_type: { status: 400, description: 'Tokens of this type cannot be revoked.' },
  invalid_scope: { status: 400, description: 'The scope is unknown, malformed, or exceeds what may be granted.' },
  invalid_target: { status: 400, description: 'The resource is unknown, malformed, or exceeds what may be granted.' },
  authorization_pending: { status: 400, description: 'The user has not decided yet.' },
  slow_down: { status: 400, description: 'The user has not decided yet, and the device asks too often.' },
  expired_token: { status: 400, description: 'The device code has expired.' },
  access_denied: { status: 400, description: 'The request was denied.' },
  server_error: { status: 500, description: 'The server met an unexpected condition.' },
  temporarily_unavailable: { status: 503, description: 'The server cannot handle the request right now.' },
  login_required: { status: 400, description: 'The user has to sign in.' },
  consent_required: { status: 400, description: 'The user has to consent.' },
  interaction_required: { status: 400, description: 'The user has to interact.' },
  request_not_supported: { status: 400, description: 'The request parameter is not supported.' },
  request_uri_not_supported: { status: 400, description: 'The request_uri parameter is not supported.' },
  registration_not_supported: { status: 400, description: 'The registration parameter is not supported.' },
  invalid_token: { status: 401, description: 'The access token is missing or not active.' },
  invalid_dpop_proof: { status: 400, description: 'The DPoP proof is missing, malformed, stale, was used before, or does not fit.' },
  use_dpop_nonce: { status: 400, description: 'The DPoP proof has to hold the nonce of DPoP-Nonce.' },
  insufficient_scope: { status: 403, description: 'The access token does not carry the scope that this needs.' },
} as const satisfies Record<string, { status: number; description: string }>;

export type OAuthErrorCode = keyof typeof OAUTH_ERRORS;
