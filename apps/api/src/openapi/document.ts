import { OAUTH_ENDPOINTS, OAUTH_SCOPES_SUPPORTED } from '@behalf/domain';
import type { INestApplicationContext } from '@nestjs/common';
import { CONFIG, type Config, switchedOffPaths } from '../platform/config.js';
import { sessionCookieName } from '../platform/http/cookies.js';
import { nestedIn } from '../platform/http/nested.js';
import { ANSWERS } from './answers.js';
import { type DeclaredRoute, declaredRoutes } from './declared-routes.js';
import { componentOf, type Dto, fieldsOf, objectOf } from './dto-schema.js';
import { ACCESS } from './operations/access.js';
import { AUDIT } from './operations/audit.js';
import { CLIENTS } from './operations/clients.js';
import { DIRECTORY } from './operations/directory.js';
import { SESSIONS } from './operations/sessions.js';
import type { OperationWords } from './operations/words.js';
import { FIELDS } from './fields.js';
import { DOCUMENT_PATH, REFERENCE_PATH } from './paths.js';
import { type Paths, PROTOCOL } from './protocol.js';
import { PROTOCOL_SCHEMAS } from './protocol-schemas.js';
import { callersOf, problemAnswers, problemSchemas, problemsOf, securityOf } from './refusals.js';
import { content, ref, type Schema, TEXT } from './schema.js';

const PARTS = [CLIENTS, ACCESS, SESSIONS, DIRECTORY, AUDIT];
const BASE = '/api/v1';

/** The OpenAPI 3.1 description of this server. */
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string; readonly license: object };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Paths;
  readonly components: { readonly schemas: Record<string, Schema> } & Record<string, unknown>;
}

const DESCRIPTION = `An OAuth 2.1 authorization server with a management API.

A token’s power is what the user consented to, what the client allows now, and what the user may do now, together, at the moment of its use.

- JSON everywhere, in snake_case. Times are ISO 8601 in UTC; in the OAuth endpoints, seconds since the epoch. Durations end in \`_seconds\`.
- Errors of the management API are problem documents (RFC 9457) whose \`type\` leads to their explanation; those of the OAuth endpoints are RFC 6749 §5.2 JSON.
- A write that relies on the session cookie comes from this server’s own pages; programs send an access token. Reading asks for the scope \`read\`, everything else for \`write\`.
- What belongs to an organization out of reach answers 404, like what does not exist.
- Lists answer \`items\`, and \`next_cursor\` until the last page; \`total\` is exact up to 10,000.
- Every answer has \`X-Request-Id\`, which finds its line in the log. Every GET route answers HEAD too.
- What is no proper HTTP is answered \`{"error":"invalid_request"}\`, whatever its address.`;

/**
 * Puts the document together from what the server itself goes by: the handlers with their access rules and DTOs, the types of
 * their answers, and the registry of problems.
 *
 * @throws Error for a route without words, and for words without a route
 */
export function describe(app: INestApplicationContext, issuer: string, version: string): OpenApiDocument {
  const routes = declaredRoutes(app);
  const words = new Map(
    PARTS.flatMap((part) => Object.entries(part.operations).map(([route, each]) => [route, { part, ...each }] as const)),
  );
  const config = app.get<Config>(CONFIG);
  for (const off of switchedOffPaths(config)) words.delete(`POST ${off.slice(BASE.length)}`);
  const paths: Paths = { ...documentPaths() };
  for (const declared of routes) {
    const [method = '', path = ''] = declared.route.split(' ');
    const route = `${method} ${path.slice(BASE.length)}`;
    const its = words.get(route);
    if (!its) throw new Error(`${declared.route} is not described in openapi/operations.`);
    words.delete(route);
    const { part, ...own } = its;
    (paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {})[method.toLowerCase()] = { tags: [part.name], ...operationOf(declared, own) };
  }
  if (words.size) throw new Error(`No handler serves ${[...words.keys()].join(', ')}.`);
  return {
    openapi: '3.1.0',
    info: { title: 'Behalf', version, description: DESCRIPTION, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: issuer }],
    tags: [
      ...PARTS.map(({ name, description }) => ({ name, description })),
      { name: 'OAuth 2.1 and OpenID Connect', description: 'The protocol’s own endpoints and documents.' },
      { name: 'Server', description: 'Health, and this description.' },
    ],
    paths: { ...paths, ...protocolOf(config) },
    components: {
      schemas: { ...ANSWERS.schemas, ...PROTOCOL_SCHEMAS, ...problemSchemas(issuer), ...inputsOf(routes) },
      headers: HEADERS,
      securitySchemes: securitySchemes(issuer),
    },
  };
}

/** Without what is switched off. */
function protocolOf(config: Config): Paths {
  const off = switchedOffPaths(config);
  return Object.fromEntries(Object.entries(PROTOCOL).filter(([path]) => !off.has(path)));
}

function operationOf(declared: DeclaredRoute, { operationId, summary, description, problems, sort, answers }: OperationWords) {
  const { route, handler, rule, status, query, body, uuids } = declared;
  const [method = ''] = route.split(' ');
  const inPath = [...route.matchAll(/:(\w+)/g)].map(([, name]) => pathParameter(name!, uuids.has(name!)));
  const parameters = [...inPath, ...(query ? queryParameters(query, sort) : [])];
  const answer = ANSWERS.operations[handler];
  const sent = answers ?? (answer ? { 'application/json': answer } : undefined);
  const success = {
    description: sent ? 'Done.' : 'Done; there is nothing to answer.',
    headers: headersOf(method),
    ...(sent ? { content: Object.fromEntries(Object.entries(sent).map(([type, schema]) => [type, { schema }])) } : {}),
  };
  return {
    operationId,
    summary,
    description: [description, callersOf(rule)].filter(Boolean).join('\n\n'),
    security: securityOf(rule, method),
    ...(parameters.length ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: fieldsOf(body).some(({ required }) => required),
            ...content('application/json', ref(componentOf(body))),
          },
        }
      : {}),
    responses: { [status]: success, ...problemAnswers(problemsOf(declared, problems)) },
  };
}

function headersOf(method: string) {
  const names = method === 'GET' ? ['X-Request-Id'] : ['X-Request-Id', 'Audit-Event-Id'];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function pathParameter(name: string, is_uuid: boolean) {
  return { name, in: 'path', required: true, description: FIELDS[name], schema: is_uuid ? { type: 'string', format: 'uuid' } : TEXT };
}

/** A list that cannot be sorted says so by having no `sort`. */
function queryParameters(query: Dto, sort: readonly string[] | undefined) {
  return fieldsOf(query).flatMap(({ name, required, schema: { description, ...schema } }) => {
    if (name === 'sort' && !sort) return [];
    const keys = name === 'sort' ? { enum: sort!.flatMap((key) => [key, `-${key}`]) } : {};
    return [{ name, in: 'query', required, description, schema: { ...schema, ...keys } }];
  });
}

/** Every body as a component, with what is nested in it. */
function inputsOf(routes: readonly DeclaredRoute[]): Record<string, Schema> {
  const found: Record<string, Schema> = {};
  const add = (dto: Dto) => {
    found[componentOf(dto)] = objectOf(dto);
    for (const { name } of fieldsOf(dto)) {
      const nested = nestedIn(dto, name);
      if (nested) add(nested);
    }
  };
  for (const { body } of routes) if (body) add(body);
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function documentPaths(): Paths {
  const shared = { tags: ['Server'], security: [] };
  return {
    [DOCUMENT_PATH]: {
      get: {
        operationId: 'openapi',
        summary: 'This description',
        ...shared,
        responses: { 200: { description: 'OpenAPI 3.1.', ...content('application/json', { type: 'object' }) } },
      },
    },
    [REFERENCE_PATH]: {
      get: {
        operationId: 'reference',
        summary: 'This description as a page',
        ...shared,
        responses: { 200: { description: 'A page.', ...content('text/html', TEXT) } },
      },
    },
  };
}

const HEADERS = {
  'X-Request-Id': { description: 'Finds the request’s line in the log.', schema: { type: 'string', format: 'uuid' } },
  'Audit-Event-Id': { description: 'The audit event that was committed with the change, where there is one.', schema: TEXT },
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'string', pattern: '^[0-9]+$' } },
  'WWW-Authenticate': { description: 'How to authenticate, and with which scope (RFC 6750 §3, RFC 7617 §2, RFC 9449 §7.1).', schema: TEXT },
  'DPoP-Nonce': { description: 'The nonce that a proof has to hold, where it lacks one (RFC 9449 §8).', schema: TEXT },
  Location: { description: 'Where the browser goes next.', schema: TEXT },
};

function securitySchemes(issuer: string) {
  return {
    browser_session: {
      type: 'apiKey',
      in: 'cookie',
      name: sessionCookieName(issuer),
      description: 'Set by signing in. Writes that rely on it come from this server’s own pages.',
    },
    access_token: {
      type: 'oauth2',
      description:
        'An access token of this server in `Authorization: Bearer`; one that is bound to a key in `Authorization: DPoP`, with a proof in the header `DPoP` (RFC 9449). Where a cookie comes too, it is not read.',
      flows: {
        authorizationCode: {
          authorizationUrl: issuer + OAUTH_ENDPOINTS.authorization,
          tokenUrl: issuer + OAUTH_ENDPOINTS.token,
          refreshUrl: issuer + OAUTH_ENDPOINTS.token,
          scopes: Object.fromEntries(OAUTH_SCOPES_SUPPORTED.map((scope) => [scope, SCOPES[scope] ?? ''])),
        },
      },
    },
    client_secret_basic: {
      type: 'http',
      scheme: 'basic',
      description:
        'Client id and secret, each form-encoded first (RFC 6749 §2.3.1). Or both in the form; a public client sends its id alone.',
    },
  };
}

const SCOPES: Readonly<Record<string, string>> = {
  openid: 'An ID token.',
  profile: 'The user’s name in it.',
  email: 'The user’s email address in it.',
  read: 'Read through the management API.',
  write: 'Change through it, and read.',
};
