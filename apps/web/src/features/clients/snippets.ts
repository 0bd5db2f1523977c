import { type Client, formatScope, presetScope } from '@behalf/domain';

export const LANGUAGES = ['JavaScript', 'Python', 'curl'] as const;

export type Language = (typeof LANGUAGES)[number];

export interface Snippets {
  readonly authorize: string;
  readonly exchange: string;
  readonly refresh: string;
}

/** Code for this very client; its secret is read from the environment, never written into code. */
export function snippetsFor(language: Language, client: Client, issuer: string): Snippets {
  const facts: Facts = {
    issuer,
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0] ?? 'https://YOUR_REDIRECT_URI',
    scope: formatScope(presetScope(client.access_preset)),
    confidential: client.client_type === 'confidential',
  };
  return { JavaScript: javaScript, Python: python, curl }[language](facts);
}

interface Facts {
  readonly issuer: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly scope: string;
  readonly confidential: boolean;
}

function javaScript({ issuer, client_id, redirect_uri, scope, confidential }: Facts): Snippets {
  const secret = confidential ? 'process.env.BEHALF_CLIENT_SECRET' : 'undefined, oidc.None()';
  return {
    authorize: `import * as oidc from 'openid-client'

const server = await oidc.discovery(
  new URL('${issuer}'),
  '${client_id}', ${secret})
const verifier = oidc.randomPKCECodeVerifier()
const state = oidc.randomState()
const url = oidc.buildAuthorizationUrl(server, {
  redirect_uri: '${redirect_uri}',
  scope: '${scope}', state, code_challenge_method: 'S256',
  code_challenge:
    await oidc.calculatePKCECodeChallenge(verifier)
})`,
    exchange: `const tokens = await oidc.authorizationCodeGrant(
  server, callbackUrl,
  { pkceCodeVerifier: verifier, expectedState: state })`,
    refresh: `const renewed = await oidc.refreshTokenGrant(
  server, tokens.refresh_token)`,
  };
}

function python({ issuer, client_id, redirect_uri, scope, confidential }: Facts): Snippets {
  const secret = confidential ? "os.environ['BEHALF_CLIENT_SECRET']" : 'None';
  const method = confidential ? 'client_secret_basic' : 'none';
  return {
    authorize: `import os
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

session = OAuth2Session(
    '${client_id}', ${secret},
    scope='${scope}', redirect_uri='${redirect_uri}',
    token_endpoint_auth_method='${method}',
    code_challenge_method='S256')
verifier = generate_token(48)
url, state = session.create_authorization_url(
    '${issuer}/oauth2/authorize', code_verifier=verifier)`,
    exchange: `tokens = session.fetch_token(
    '${issuer}/oauth2/token',
    authorization_response=callback_url, state=state,
    code_verifier=verifier)`,
    refresh: `tokens = session.refresh_token(
    '${issuer}/oauth2/token',
    refresh_token=tokens['refresh_token'])`,
  };
}

function curl({ issuer, client_id, redirect_uri, scope, confidential }: Facts): Snippets {
  const client = confidential ? `-u "${client_id}:$BEHALF_CLIENT_SECRET"` : `-d client_id=${client_id}`;
  const query = new URLSearchParams({ response_type: 'code', client_id, redirect_uri, scope }).toString();
  return {
    authorize: `VERIFIER=$(openssl rand -base64 48 | tr '+/' '-_' | tr -d '=\\n')
CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary \\
  | openssl base64 | tr '+/' '-_' | tr -d '=')
STATE=$(openssl rand -hex 16)
# Open this in a browser:
echo "${issuer}/oauth2/authorize?${query}&state=$STATE&code_challenge_method=S256&code_challenge=$CHALLENGE"`,
    exchange: `curl ${issuer}/oauth2/token \\
  ${client} \\
  -d grant_type=authorization_code -d code=$CODE \\
  --data-urlencode redirect_uri=${redirect_uri} \\
  -d code_verifier=$VERIFIER`,
    refresh: `curl ${issuer}/oauth2/token \\
  ${client} \\
  -d grant_type=refresh_token -d refresh_token=$REFRESH_TOKEN`,
  };
}
