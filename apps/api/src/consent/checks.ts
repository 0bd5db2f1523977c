import { isCodeChallenge, MAX_PARAMETER_BYTES, type OAuthErrorCode, requestScope } from '@behalf/domain';
import type { LiveClient } from '../client/index.js';
import type { Parameters } from '../platform/http/form.js';

/** Every parameter that the authorization endpoint knows; the rest is ignored (RFC 6749 §3.1). */
export const AUTHORIZE_PARAMETERS: ReadonlySet<string> = new Set([
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'login_hint',
  'request',
  'request_uri',
  'registration',
]);

const PROMPTS = ['none', 'login', 'consent', 'select_account'];

/** What a request asks for, once every check has passed. */
export interface CheckedRequest {
  readonly scope: readonly string[];
  readonly code_challenge: string;
  readonly nonce: string | null;
  readonly login_hint: string | null;
  readonly prompt: readonly string[];
  readonly max_age_seconds: number | null;
}

type Check = (parameters: Parameters, client: LiveClient) => OAuthErrorCode | null;

/** The checks after client and redirect URI, in order; the first that answers decides the error that is sent back. */
const CHECKS: readonly Check[] = [
  ({ repeated, malformed }) => (repeated.length || malformed.length ? 'invalid_request' : null),
  ({ values }) => (Object.values(values).some(isUnstorable) ? 'invalid_request' : null),
  // OIDC Core §6, §7.2.1: features that are not built are named, never half obeyed.
  ({ values }) => (values['request'] ? 'request_not_supported' : null),
  ({ values }) => (values['request_uri'] ? 'request_uri_not_supported' : null),
  ({ values }) => (values['registration'] ? 'registration_not_supported' : null),
  ({ values }) => (values['response_type'] === undefined ? 'invalid_request' : null),
  ({ values }) => (values['response_type'] === 'code' ? null : 'unsupported_response_type'),
  ({ values }) => (values['response_mode'] === undefined || values['response_mode'] === 'query' ? null : 'invalid_request'),
  // OAuth 2.1 §4.1.1: a challenge from every client, and S256 alone; a method left out would mean plain.
  ({ values }) => (isCodeChallenge(values['code_challenge']) && values['code_challenge_method'] === 'S256' ? null : 'invalid_request'),
  ({ values }, client) => ('error' in requestScope(values['scope'], client.access_preset) ? 'invalid_scope' : null),
  ({ values }) => (isPrompt(promptsOf(values)) ? null : 'invalid_request'),
  ({ values }) => (values['max_age'] === undefined || /^\d{1,9}$/.test(values['max_age']) ? null : 'invalid_request'),
];

/** Runs the checks; answers the error to send back, or the request. */
export function checkRequest(parameters: Parameters, client: LiveClient): CheckedRequest | OAuthErrorCode {
  for (const check of CHECKS) {
    const error = check(parameters, client);
    if (error) return error;
  }
  const { values } = parameters;
  const requested = requestScope(values['scope'], client.access_preset);
  return {
    scope: 'scope' in requested ? requested.scope : [],
    code_challenge: values['code_challenge']!,
    nonce: values['nonce'] ?? null,
    login_hint: values['login_hint'] ?? null,
    prompt: promptsOf(values),
    max_age_seconds: values['max_age'] === undefined ? null : Number(values['max_age']),
  };
}

function promptsOf(values: Readonly<Record<string, string>>): string[] {
  return values['prompt']?.split(' ').filter((word) => word !== '') ?? [];
}

/** OIDC Core §3.1.2.1: known words, and `none` alone. */
function isPrompt(words: readonly string[]): boolean {
  return words.every((word) => PROMPTS.includes(word)) && (!words.includes('none') || words.length === 1);
}

/** PostgreSQL's text holds no NUL, and a request has no business being longer. */
function isUnstorable(value: string): boolean {
  return value.includes('\0') || Buffer.byteLength(value) > MAX_PARAMETER_BYTES;
}
