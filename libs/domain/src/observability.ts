import { OAUTH_ERRORS, type OAuthErrorCode } from './errors.js';

/** What a request asked for, as metrics name it: few names that never change, and nothing that a caller can choose. */
export const OBSERVED_ENDPOINTS = [
  'authorize',
  'token',
  'introspect',
  'revoke',
  'userinfo',
  'jwks',
  'metadata',
  'oauth',
  'sign_in',
  'consent',
  'management',
  'health',
  'page',
] as const;
export type ObservedEndpoint = (typeof OBSERVED_ENDPOINTS)[number];

/** Patterns of routes by their first characters; the first that fits counts. */
const PLACES: readonly [prefix: string, endpoint: ObservedEndpoint][] = [
  ['/oauth2/authorize', 'authorize'],
  ['/oauth2/token', 'token'],
  ['/oauth2/introspect', 'introspect'],
  ['/oauth2/revoke', 'revoke'],
  ['/oauth2/userinfo', 'userinfo'],
  ['/oauth2/jwks', 'jwks'],
  ['/oauth2/', 'oauth'],
  ['/.well-known/', 'metadata'],
  ['/api/v1/session', 'sign_in'],
  ['/api/v1/authorization-requests', 'consent'],
  ['/api/', 'management'],
  ['/health/', 'health'],
];

/** @param pattern of a route, undefined where none fits: what no route knows is answered like a page */
export function observedEndpoint(pattern: string | undefined): ObservedEndpoint {
  return PLACES.find(([prefix]) => pattern?.startsWith(prefix))?.[1] ?? 'page';
}

/** Who called, as metrics tell callers apart; `none` where no client was proven. */
export const CLIENT_CLASSES = ['none', 'public', 'confidential', 'resource_server'] as const;
export type ClientClass = (typeof CLIENT_CLASSES)[number];

export function clientClass(client: { readonly client_type: string; readonly resource_server: boolean } | undefined): ClientClass {
  if (client === undefined) return 'none';
  if (client.client_type === 'public') return 'public';
  return client.resource_server ? 'resource_server' : 'confidential';
}

/** The error code of an answer of the OAuth endpoints (RFC 6749 §5.2), or none. */
export const OBSERVED_ERRORS = ['none', ...(Object.keys(OAUTH_ERRORS) as OAuthErrorCode[])] as const;

/** Upper ends in seconds: an introspection takes less than the first ones, a statement ends at the last ones. */
export const LATENCY_BOUNDS_SECONDS = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
/** Requests that share one statement; the last is the most that do. */
export const BATCH_BOUNDS = [1, 2, 4, 8, 16, 32, 64] as const;

/** What is read from the database for a scrape is read at most this often. */
export const READING_SECONDS = 15;
/** What is waited for a reading; a scrape has ten seconds, and goes on without it. */
export const READING_PATIENCE_SECONDS = 2;
/** How long a worker may take to tell its metrics; what it told last stands in for it. */
export const WORKER_PATIENCE_SECONDS = 2;
/** Pages of the table of grants that an estimate of the live ones looks at: all of a table of ten thousand. */
export const SAMPLED_PAGES = 500;
/** Rows that wait are counted up to here. */
export const WAITING_ROWS_COUNTED = 10_000;
