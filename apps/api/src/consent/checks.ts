import {
  type FailureReason,
  isCodeChallenge,
  isKnownScope,
  isThumbprint,
  MAX_PARAMETER_BYTES,
  type OAuthErrorCode,
  requestScope,
  selectResources,
} from '@behalf/domain';
import type { LiveClient } from '../client/index.js';
import { type Parameters, parseParameters } from '../platform/http/form.js';
import { valuesOf } from '../platform/http/repeatable.js';

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
  'dpop_jkt',
]);

const PROMPTS = ['none', 'login', 'consent', 'select_account'];

/** What a request asks for, once every check has passed. */
export interface CheckedRequest {
  readonly scope: readonly string[];
  /** Null for no resource in particular. */
  readonly resources: readonly string[] | null;
  readonly code_challenge: string;
  readonly nonce: string | null;
  readonly login_hint: string | null;
  readonly prompt: readonly string[];
  readonly max_age_seconds: number | null;
  /** The key that the code is to be bound to (RFC 9449 §10); null for none. */
  readonly dpop_jkt: string | null;
}

/** A fault of a request: what the client is told, and what its managers are. */
export interface RequestFault {
  readonly error: OAuthErrorCode;
  readonly reason: FailureReason;
  /** What was sent and did not fit. */
  readonly received?: string | undefined;
}

/** The parameters of a request, `resource` apart, which may be sent several times (RFC 8707 §2). */
export interface AuthorizeParameters extends Parameters {
  readonly resources: readonly string[];
  /** The client itself has sent them here, and not the browser. */
  readonly pushed: boolean;
}

/** Reads a query, or a form, as it came. */
export function readParameters(raw: string): AuthorizeParameters {
  const { values, repeated, malformed } = parseParameters(raw, AUTHORIZE_PARAMETERS);
  return { values, repeated, malformed, resources: valuesOf(raw, 'resource'), pushed: false };
}

/** What a request is judged by. */
export interface Judges {
  readonly client: LiveClient;
  /** Where `resource` means nothing, null. */
  readonly known_resources: readonly string[] | null;
  /** Where it is switched off, `dpop_jkt` means nothing. */
  readonly dpop: boolean;
}

type Check = (parameters: AuthorizeParameters, judges: Judges) => RequestFault | null;

const fault = (error: OAuthErrorCode, reason: FailureReason, received?: string): RequestFault => ({ error, reason, received });

/** The checks after client and redirect URI, in order; the first that answers decides the error that is sent back. */
const CHECKS: readonly Check[] = [
  ({ pushed }, { client }) =>
    pushed || !client.require_pushed_authorization_requests ? null : fault('invalid_request', 'request_not_pushed'),
  ({ repeated: [name] }) => (name === undefined ? null : fault('invalid_request', 'parameter_repeated', name)),
  ({ malformed: [name] }) => (name === undefined ? null : fault('invalid_request', 'parameter_malformed', name)),
  ({ values }) => {
    const name = Object.keys(values).find((each) => isUnstorable(values[each]!));
    return name === undefined ? null : fault('invalid_request', 'parameter_malformed', name);
  },
  // OIDC Core §6, §7.2.1: features that are not built are named, never half obeyed.
  ({ values }) => (values['request'] ? fault('request_not_supported', 'request_object', 'request') : null),
  ({ values }) => (values['request_uri'] ? fault('request_uri_not_supported', 'request_object', 'request_uri') : null),
  ({ values }) => (values['registration'] ? fault('registration_not_supported', 'request_object', 'registration') : null),
  ({ values }) => (values['response_type'] === undefined ? fault('invalid_request', 'parameter_missing', 'response_type') : null),
  ({ values }) =>
    values['response_type'] === 'code' ? null : fault('unsupported_response_type', 'response_type', values['response_type']),
  ({ values: { response_mode } }) =>
    response_mode === undefined || response_mode === 'query' ? null : fault('invalid_request', 'response_mode', response_mode),
  ({ values }) => pkceFault(values['code_challenge'], values['code_challenge_method']),
  ({ values: { scope } }, { client }) => {
    if (scope === undefined || !('error' in requestScope(scope, client.access_preset))) return null;
    return fault('invalid_scope', isKnownScope(scope) ? 'scope_too_wide' : 'scope_unknown', scope);
  },
  ({ resources }, { known_resources }) => {
    if (!known_resources || !('error' in selectResources(resources, known_resources))) return null;
    return fault('invalid_target', 'resource_unknown', resources.join(' '));
  },
  ({ values }) => (isPrompt(promptsOf(values)) ? null : fault('invalid_request', 'prompt', values['prompt'])),
  ({ values: { max_age } }) => (max_age === undefined || /^\d{1,9}$/.test(max_age) ? null : fault('invalid_request', 'max_age', max_age)),
  ({ values: { dpop_jkt } }, { dpop }) =>
    !dpop || dpop_jkt === undefined || isThumbprint(dpop_jkt) ? null : fault('invalid_request', 'parameter_malformed', 'dpop_jkt'),
];

/** Runs the checks; answers the first fault, or the request. */
export function checkRequest(parameters: AuthorizeParameters, judges: Judges): CheckedRequest | RequestFault {
  for (const check of CHECKS) {
    const found = check(parameters, judges);
    if (found) return found;
  }
  const { values } = parameters;
  const requested = requestScope(values['scope'], judges.client.access_preset);
  return {
    scope: 'scope' in requested ? requested.scope : [],
    resources: resourcesOf(parameters, judges),
    code_challenge: values['code_challenge']!,
    nonce: values['nonce'] ?? null,
    login_hint: values['login_hint'] ?? null,
    prompt: promptsOf(values),
    max_age_seconds: values['max_age'] === undefined ? null : Number(values['max_age']),
    dpop_jkt: judges.dpop ? (values['dpop_jkt'] ?? null) : null,
  };
}

function resourcesOf({ resources }: AuthorizeParameters, { known_resources }: Judges): string[] | null {
  if (!known_resources || !resources.length) return null;
  const selected = selectResources(resources, known_resources);
  return 'resources' in selected ? selected.resources : null;
}

/** OAuth 2.1 §4.1.1: a challenge from every client, and S256 alone; a method left out would mean plain. */
function pkceFault(challenge: string | undefined, method: string | undefined): RequestFault | null {
  if (challenge === undefined) return fault('invalid_request', 'pkce_missing');
  if (method !== 'S256') return fault('invalid_request', 'pkce_method', method);
  return isCodeChallenge(challenge) ? null : fault('invalid_request', 'pkce_challenge_malformed');
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
