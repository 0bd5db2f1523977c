/** A rule that a value breaks: where (a JSON Pointer, or the name of a query parameter), which, and in words. */
export interface Violation {
  pointer: string;
  code: string;
  detail: string;
}

/** Every error of the management API (RFC 9457): the name stands behind the `#` of `type`. */
export const PROBLEMS = {
  'validation-failed': { status: 422, title: 'Some values are not valid' },
  'malformed-body': { status: 400, title: 'The body cannot be read' },
  'wrong-credentials': { status: 401, title: 'Wrong email or password' },
  'not-signed-in': { status: 401, title: 'You are not signed in' },
  'invalid-token': { status: 401, title: 'The access token is not active' },
  'insufficient-scope': { status: 403, title: 'The access token does not carry the scope that this needs' },
  'cross-site-request': { status: 403, title: 'The request came from another site' },
  'permission-required': { status: 403, title: 'A permission is missing' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This method is not allowed here' },
  'name-mismatch': { status: 422, title: 'The name was not typed exactly' },
  'confirmation-required': { status: 409, title: 'A risk has to be confirmed' },
  'already-gone': { status: 409, title: 'Something is already gone' },
  'version-conflict': { status: 409, title: 'Someone else changed this meanwhile' },
  'not-confidential': { status: 409, title: 'A public client has no secret' },
  'last-administrator': { status: 409, title: 'An organization needs an active Platform Admin' },
  'request-gone': { status: 410, title: 'This is over: it was answered already, or took too long' },
  'payload-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body has to be application/json' },
  'too-many-requests': { status: 429, title: 'Too many attempts' },
  'internal-error': { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'Not available right now' },
} as const satisfies Record<string, { status: number; title: string }>;

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
  access_denied: { status: 403, description: 'The request was denied.' },
  server_error: { status: 500, description: 'The server met an unexpected condition.' },
  temporarily_unavailable: { status: 503, description: 'The server cannot handle the request right now.' },
  login_required: { status: 400, description: 'The user has to sign in.' },
  consent_required: { status: 400, description: 'The user has to consent.' },
  interaction_required: { status: 400, description: 'The user has to interact.' },
  request_not_supported: { status: 400, description: 'The request parameter is not supported.' },
  request_uri_not_supported: { status: 400, description: 'The request_uri parameter is not supported.' },
  registration_not_supported: { status: 400, description: 'The registration parameter is not supported.' },
  invalid_token: { status: 401, description: 'The access token is missing or not active.' },
  insufficient_scope: { status: 403, description: 'The access token does not carry the scope that this needs.' },
} as const satisfies Record<string, { status: number; description: string }>;

export type OAuthErrorCode = keyof typeof OAUTH_ERRORS;
