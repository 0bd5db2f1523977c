/** Where integrations find the server, below its issuer; discovery names them too (RFC 8414 §2, OIDC Discovery §3). */
export const OAUTH_ENDPOINTS = {
  authorization: '/oauth2/authorize',
  token: '/oauth2/token',
  revocation: '/oauth2/revoke',
  introspection: '/oauth2/introspect',
  userinfo: '/oauth2/userinfo',
  jwks: '/oauth2/jwks',
  device_authorization: '/oauth2/device_authorization',
  pushed_authorization_request: '/oauth2/par',
  metadata: '/.well-known/oauth-authorization-server',
  protected_resource: '/.well-known/oauth-protected-resource',
} as const;
