import { OAUTH_ENDPOINTS, OAUTH_ERRORS, type OAuthErrorCode } from '@behalf/domain';
import { AUTHORIZE_WORDS, clientForm, pushForm } from './protocol-parameters.js';
import { content, exactly, listOf, ref, type Schema, TEXT } from './schema.js';

type Answers = Record<string, unknown>;

/** Operations by method in lower case, by path. */
export type Paths = Record<string, Record<string, Record<string, unknown>>>;

const OAUTH = ['OAuth 2.1 and OpenID Connect'];
const SERVER = ['Server'];
const FORM = 'application/x-www-form-urlencoded';
const CLIENT = [{ client_secret_basic: [] }, {}];
const CLIENT_FORM = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'];
const TOO_LARGE = 413;
const TOO_MANY = 429;

const headers = (...names: string[]) => ({
  headers: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
});
const ok = (schema: Schema, description: string): Answers => ({ 200: { description, ...content('application/json', schema) } });
const page = (description: string) => ({ description, ...content('text/html', TEXT) });

interface RefusalKinds {
  readonly throttled?: boolean;
  readonly challenged?: boolean;
  /** What is a 401 here, whatever it is elsewhere. */
  readonly unauthorized?: readonly OAuthErrorCode[];
}

/** Errors of RFC 6749 §5.2, by the status that each code has; a body that is too large is one of them too. */
function refusals(
  codes: readonly OAuthErrorCode[],
  { throttled = false, challenged = true, unauthorized = [] }: RefusalKinds = {},
): Answers {
  const all = new Map<number, OAuthErrorCode[]>();
  const add = (status: number, code: OAuthErrorCode) => all.set(status, [...(all.get(status) ?? []), code]);
  for (const code of [...codes, 'server_error', 'temporarily_unavailable'] as const) add(OAUTH_ERRORS[code].status, code);
  for (const code of unauthorized) add(401, code);
  if (throttled) add(TOO_MANY, 'temporarily_unavailable');
  if (codes.includes('invalid_request')) add(TOO_LARGE, 'invalid_request');
  return Object.fromEntries(
    [...all].map(([status, those]) => {
      const error = exactly({
        error: { enum: those },
        error_description: { enum: [...new Set(those.map((code) => OAUTH_ERRORS[code].description))] },
      });
      const named = [
        ...(those.includes('use_dpop_nonce') ? ['DPoP-Nonce'] : []),
        ...(status === 401 && challenged ? ['WWW-Authenticate'] : []),
        ...(status === 429 || status === 503 ? ['Retry-After'] : []),
      ];
      const description = those.map((code) => `\`${code}\`: ${OAUTH_ERRORS[code].description}`).join(' ');
      return [status, { description, ...(named.length ? headers(...named) : {}), ...content('application/json', error) }];
    }),
  );
}

const CLIENT_REFUSALS = refusals(['invalid_request', 'invalid_client'], { throttled: true });
const REVOKE_REFUSALS = refusals(['invalid_request', 'invalid_client', 'invalid_grant', 'unsupported_token_type'], { throttled: true });
const TOKEN_REFUSALS = refusals(
  [
    'invalid_request',
    'invalid_client',
    'invalid_grant',
    'unauthorized_client',
    'unsupported_grant_type',
    'invalid_scope',
    'invalid_target',
    'authorization_pending',
    'slow_down',
    'expired_token',
    'access_denied',
    'invalid_dpop_proof',
    'use_dpop_nonce',
  ],
  { throttled: true },
);

const DEVICE_REFUSALS = refusals(
  ['invalid_request', 'invalid_client', 'unauthorized_client', 'invalid_scope', 'invalid_target', 'invalid_dpop_proof', 'use_dpop_nonce'],
  { throttled: true },
);

const PUSH_REFUSALS = refusals(
  [
    'invalid_request',
    'invalid_client',
    'invalid_scope',
    'invalid_target',
    'unsupported_response_type',
    'request_not_supported',
    'registration_not_supported',
    'invalid_dpop_proof',
    'use_dpop_nonce',
  ],
  { throttled: true },
);

const AUTHORIZE_ANSWERS: Answers = {
  303: {
    description:
      'To the sign-in page, to the consent page, or back to the client: with `code`, `state` and `iss`, or with `error`, `state` and `iss` (RFC 9207).',
    ...headers('Location'),
  },
  400: page('A fault that must not redirect: no such client, a redirect URI that is not registered, or a request that has ended.'),
  404: page('No such request.'),
  500: page('Our own fault.'),
  503: { ...page('Not available right now.'), ...headers('Retry-After') },
};
/** All else stands in a pushed request, or beside it. */
const AUTHORIZE_REQUIRED = ['client_id'];
const PUSH_REQUIRED = ['response_type', 'code_challenge', 'code_challenge_method'];
const authorizeForm: Schema = { type: 'object', properties: AUTHORIZE_WORDS, required: AUTHORIZE_REQUIRED };

const preflight = {
  tags: OAUTH,
  summary: 'Let a browser app of another origin call this',
  security: [],
  // A preflight has no body; one that comes with it all the same is read, and may be improper or too large.
  responses: { ...refusals(['invalid_request']), 204: { description: 'The methods and headers that it may use.' } },
};

/** RFC 9449 §4.1. */
const PROOF = {
  parameters: [
    {
      name: 'DPoP',
      in: 'header',
      required: false,
      description: 'A proof of the client’s key, made for this request: what it gets, or brings, is bound to that key (RFC 9449).',
      schema: TEXT,
    },
  ],
};

const form = (schema: Schema) => ({ required: true, ...content(FORM, schema) });
const UNFIT = { unauthorized: ['invalid_dpop_proof', 'use_dpop_nonce'] } as const;
const { 200: _, ...userinfoRefusals } = refusals(['invalid_token'], UNFIT);
const USERINFO: Answers = { ...ok(ref('UserInfo'), 'Who the user is, and on which teams the token may act.'), ...userinfoRefusals };

/** What stands outside of the management API: the protocol's endpoints, and the server's own pages. */
export const PROTOCOL: Paths = {
  [OAUTH_ENDPOINTS.authorization]: {
    get: {
      operationId: 'authorize',
      tags: OAUTH,
      summary: 'Ask a user to authorize a client',
      description:
        'Where a client sends the user’s browser (RFC 6749 §4.1.1, with PKCE for every client): with `response_type`, `code_challenge` and `code_challenge_method`, or with the `request_uri` of a pushed request alone.',
      security: [],
      parameters: Object.entries(AUTHORIZE_WORDS).map(([name, { description, ...schema }]) => ({
        name,
        in: 'query',
        description,
        required: AUTHORIZE_REQUIRED.includes(name),
        schema,
      })),
      responses: AUTHORIZE_ANSWERS,
    },
    post: {
      operationId: 'authorizeByPost',
      tags: OAUTH,
      summary: 'The same, sent as a form',
      security: [],
      requestBody: form(authorizeForm),
      responses: { ...AUTHORIZE_ANSWERS, [TOO_LARGE]: refusals(['invalid_request'])[TOO_LARGE] },
    },
  },
  [`${OAUTH_ENDPOINTS.authorization}/resume`]: {
    get: {
      operationId: 'resumeAuthorization',
      tags: OAUTH,
      summary: 'Go on with an authorization after sign-in',
      security: [],
      parameters: [
        {
          name: 'request_id',
          in: 'query',
          required: true,
          description: 'The pending request.',
          schema: { type: 'string', format: 'uuid' },
        },
      ],
      responses: AUTHORIZE_ANSWERS,
    },
  },
  [OAUTH_ENDPOINTS.device_authorization]: {
    post: {
      operationId: 'beginDeviceAuthorization',
      tags: OAUTH,
      summary: 'Ask for a user who is elsewhere',
      description:
        'RFC 8628: the device shows the code, its user enters it in a browser, and the device asks the token endpoint meanwhile.',
      security: CLIENT,
      ...PROOF,
      requestBody: form(clientForm(['scope', 'resource', 'dpop_jkt', ...CLIENT_FORM], [])),
      responses: { ...ok(ref('DeviceAuthorization'), 'What to show, and how often to ask.'), ...DEVICE_REFUSALS },
    },
  },
  [OAUTH_ENDPOINTS.pushed_authorization_request]: {
    post: {
      operationId: 'pushAuthorizationRequest',
      tags: OAUTH,
      summary: 'Send an authorization request ahead',
      description:
        'RFC 9126: the request is judged here, and the browser carries a reference in its place, good once, for its client, and for a short time.',
      security: CLIENT,
      ...PROOF,
      requestBody: form(pushForm(CLIENT_FORM, PUSH_REQUIRED)),
      responses: { 201: { description: 'It waits.', ...content('application/json', ref('PushedRequest')) }, ...PUSH_REFUSALS },
    },
    options: { operationId: 'pushAuthorizationRequestPreflight', ...preflight },
  },
  [OAUTH_ENDPOINTS.token]: {
    post: {
      operationId: 'token',
      tags: OAUTH,
      summary: 'Exchange a code, ask for a device, or refresh',
      description:
        'Refresh tokens rotate for every client. The one just replaced gets the same answer again for some seconds, since two tabs or a lost answer are no theft; any other reuse revokes the authorization.',
      security: CLIENT,
      ...PROOF,
      requestBody: form(
        clientForm(
          ['grant_type', 'code', 'code_verifier', 'device_code', 'redirect_uri', 'refresh_token', 'scope', 'resource', ...CLIENT_FORM],
          ['grant_type'],
        ),
      ),
      responses: { ...ok(ref('TokenResponse'), 'Tokens.'), ...TOKEN_REFUSALS },
    },
    options: { operationId: 'tokenPreflight', ...preflight },
  },
  [OAUTH_ENDPOINTS.revocation]: {
    post: {
      operationId: 'revoke',
      tags: OAUTH,
      summary: 'Revoke a token',
      description:
        'RFC 7009: a refresh token ends the whole authorization, an access token itself alone. What is unknown is answered the same way.',
      security: CLIENT,
      requestBody: form(clientForm(['token', 'token_type_hint', ...CLIENT_FORM], ['token'])),
      responses: { 200: { description: 'It is revoked, durably; or there was nothing to revoke.' }, ...REVOKE_REFUSALS },
    },
    options: { operationId: 'revokePreflight', ...preflight },
  },
  [OAUTH_ENDPOINTS.introspection]: {
    post: {
      operationId: 'introspect',
      tags: OAUTH,
      summary: 'Say whether a token counts now, and for what',
      description: 'RFC 7662, for confidential clients: their own tokens, or those of the whole organization for a resource server.',
      security: [{ client_secret_basic: [] }, {}],
      requestBody: form(clientForm(['token', 'token_type_hint', ...CLIENT_FORM], ['token'])),
      responses: {
        ...ok(ref('Introspection'), 'What is true at this moment; `{"active":false}` and nothing else for all that does not count.'),
        ...CLIENT_REFUSALS,
      },
    },
  },
  [OAUTH_ENDPOINTS.userinfo]: {
    get: {
      operationId: 'userinfo',
      tags: OAUTH,
      summary: 'Say whose token it is',
      security: [{ access_token: [] }],
      ...PROOF,
      responses: USERINFO,
    },
    post: {
      operationId: 'userinfoByPost',
      tags: OAUTH,
      summary: 'The same, with the token in the header or in a form',
      security: [{ access_token: [] }, {}],
      ...PROOF,
      requestBody: content(FORM, { type: 'object', properties: { access_token: TEXT } }),
      responses: { ...USERINFO, ...refusals(['invalid_request', 'invalid_token'], UNFIT) },
    },
    options: { operationId: 'userinfoPreflight', ...preflight },
  },
  [OAUTH_ENDPOINTS.jwks]: {
    get: {
      operationId: 'jwks',
      tags: OAUTH,
      summary: 'The keys that ID tokens are signed with',
      security: [],
      responses: ok(exactly({ keys: listOf(ref('SigningJwk')) }), 'Public keys (RFC 7517); the one that signs now stands first.'),
    },
    options: { operationId: 'jwksPreflight', ...preflight },
  },
  [OAUTH_ENDPOINTS.metadata]: {
    get: {
      operationId: 'authorizationServerMetadata',
      tags: OAUTH,
      summary: 'What this server can do (RFC 8414)',
      security: [],
      responses: ok(ref('AuthorizationServerMetadata'), 'The metadata.'),
    },
    options: { operationId: 'authorizationServerMetadataPreflight', ...preflight },
  },
  '/.well-known/openid-configuration': {
    get: {
      operationId: 'openidConfiguration',
      tags: OAUTH,
      summary: 'The same for OpenID Connect (Discovery §4)',
      security: [],
      responses: ok(ref('OpenidConfiguration'), 'The metadata.'),
    },
    options: { operationId: 'openidConfigurationPreflight', ...preflight },
  },
  [OAUTH_ENDPOINTS.protected_resource]: {
    get: {
      operationId: 'protectedResourceMetadata',
      tags: OAUTH,
      summary: 'What our own API takes, and from whom (RFC 9728)',
      security: [],
      responses: ok(ref('ProtectedResourceMetadata'), 'The metadata.'),
    },
    options: { operationId: 'protectedResourceMetadataPreflight', ...preflight },
  },
  '/health/live': {
    get: {
      operationId: 'live',
      tags: SERVER,
      summary: 'Whether the process answers',
      security: [],
      responses: ok(exactly({ status: { const: 'ok' } }), 'It does.'),
    },
  },
  '/health/ready': {
    get: {
      operationId: 'ready',
      tags: SERVER,
      summary: 'Whether it can do its work',
      description: 'Tries a write: a database that only reads is not ready.',
      security: [],
      responses: {
        ...ok(exactly({ status: { const: 'ok' } }), 'It can.'),
        503: { description: 'It cannot now.', ...content('application/json', ref('Unready')) },
      },
    },
  },
  '/errors': {
    get: {
      operationId: 'errorsPage',
      tags: SERVER,
      summary: 'What the errors of the management API mean',
      security: [],
      responses: { 200: page('A page with an anchor for each `type`.') },
    },
  },
};
