import { exactly, listOf, type Schema, TEXT, WHOLE, YES_OR_NO } from './schema.js';

const url: Schema = { type: 'string', format: 'uri' };
const METADATA: Record<string, Schema> = {
  issuer: url,
  authorization_endpoint: url,
  token_endpoint: url,
  revocation_endpoint: url,
  introspection_endpoint: url,
  userinfo_endpoint: url,
  jwks_uri: url,
  scopes_supported: listOf(TEXT),
  response_types_supported: listOf(TEXT),
  response_modes_supported: listOf(TEXT),
  grant_types_supported: listOf(TEXT),
  token_endpoint_auth_methods_supported: listOf(TEXT),
  revocation_endpoint_auth_methods_supported: listOf(TEXT),
  introspection_endpoint_auth_methods_supported: listOf(TEXT),
  code_challenge_methods_supported: listOf(TEXT),
  authorization_response_iss_parameter_supported: YES_OR_NO,
  request_parameter_supported: YES_OR_NO,
  request_uri_parameter_supported: YES_OR_NO,
};

/** What stands in the metadata only where a standard is switched on. */
const SWITCHED: Record<string, Schema> = {
  protected_resources: listOf(url),
  pushed_authorization_request_endpoint: url,
  require_pushed_authorization_requests: YES_OR_NO,
  device_authorization_endpoint: url,
  dpop_signing_alg_values_supported: listOf(TEXT),
};

const metadata = (members: Record<string, Schema>) => exactly({ ...members, ...SWITCHED }, Object.keys(members));

/** What the protocol's own documents, and the server's health, look like. */
export const PROTOCOL_SCHEMAS: Record<string, Schema> = {
  AuthorizationServerMetadata: metadata(METADATA),
  DeviceAuthorization: exactly({
    device_code: TEXT,
    user_code: { type: 'string', pattern: '^[A-Z]{4}-[A-Z]{4}$' },
    verification_uri: url,
    verification_uri_complete: url,
    expires_in: WHOLE,
    interval: WHOLE,
  }),
  PushedRequest: exactly({ request_uri: TEXT, expires_in: { type: 'integer', description: 'Seconds.' } }),
  ProtectedResourceMetadata: exactly(
    {
      resource: url,
      authorization_servers: listOf(url),
      scopes_supported: listOf(TEXT),
      bearer_methods_supported: listOf(TEXT),
      resource_name: TEXT,
      resource_documentation: url,
      dpop_signing_alg_values_supported: listOf(TEXT),
      dpop_bound_access_tokens_required: YES_OR_NO,
    },
    ['resource', 'authorization_servers', 'scopes_supported', 'bearer_methods_supported', 'resource_name', 'resource_documentation'],
  ),
  OpenidConfiguration: metadata({
    ...METADATA,
    subject_types_supported: listOf(TEXT),
    id_token_signing_alg_values_supported: listOf(TEXT),
    claims_supported: listOf(TEXT),
    claims_parameter_supported: YES_OR_NO,
    prompt_values_supported: listOf(TEXT),
  }),
  SigningJwk: exactly({ kty: TEXT, n: TEXT, e: TEXT, kid: TEXT, use: { const: 'sig' }, alg: TEXT }),
  Unready: exactly(
    {
      status: { const: 'unavailable' },
      checks: exactly({ database: { const: 'down' } }),
      reason: { type: 'string', enum: ['stopping', 'read_only', 'full'], description: 'Why, where more is known than that.' },
    },
    ['status', 'checks'],
  ),
};
