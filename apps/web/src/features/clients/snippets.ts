import { type Client, CODE_LIFETIME_SECONDS, formatScope, matchRedirectUri, OAUTH_ENDPOINTS, presetScope } from '@behalf/domain';

export const LANGUAGES = ['Node', 'Python', 'Go', 'curl', 'MCP'] as const;

export type Language = (typeof LANGUAGES)[number];

/** One step of connecting: what it is, what to know, and code that can be run. */
export interface Step {
  readonly title: string;
  readonly text: string;
  readonly code: string;
}

interface Facts {
  readonly issuer: string;
  readonly client_id: string;
  readonly redirect_uri: string;
  readonly redirect_uris: readonly string[];
  readonly scope: string;
  readonly confidential: boolean;
}

/** Code for this very client; its secret is read from the environment, never written into code. */
export function stepsFor(language: Language, client: Client, issuer: string): Step[] {
  const facts: Facts = {
    issuer,
    client_id: client.client_id,
    redirect_uri: client.redirect_uris[0] ?? 'https://YOUR_REDIRECT_URI',
    redirect_uris: client.redirect_uris,
    scope: formatScope(presetScope(client.access_preset)),
    confidential: client.client_type === 'confidential',
  };
  if (language === 'MCP') return mcp(facts);
  const { authorize, exchange, refresh } = { Node: node, Python: python, Go: go, curl }[language](facts);
  const steps = [
    { title: 'Send the user to consent', text: 'Every client uses PKCE. Keep the verifier until the exchange.', code: authorize },
    {
      title: 'Exchange the code',
      text: `Within ${CODE_LIFETIME_SECONDS} seconds, once. Cache the access token until it expires.`,
      code: exchange,
    },
  ];
  const renewal = {
    title: 'Renew the access token',
    text: 'Each answer brings a new refresh token. Store it before you use it.',
    code: refresh,
  };
  return client.issue_refresh_token ? [...steps, renewal] : steps;
}

interface Snippets {
  readonly authorize: string;
  readonly exchange: string;
  readonly refresh: string;
}

/** A redirect URI may hold a quote; JSON's spelling is right in JavaScript, Python and Go alike. */
const quoted = (text: string) => (text.includes("'") ? JSON.stringify(text) : `'${text}'`);

function node({ issuer, client_id, redirect_uri, scope, confidential }: Facts): Snippets {
  const secret = confidential ? 'process.env.BEHALF_CLIENT_SECRET' : 'undefined';
  const method = confidential ? 'oidc.ClientSecretBasic()' : 'oidc.None()';
  const insecure = issuer.startsWith('http://') ? ',\n  { execute: [oidc.allowInsecureRequests] }' : '';
  return {
    authorize: `import * as oidc from 'openid-client'

const server = await oidc.discovery(
  new URL('${issuer}'),
  '${client_id}',
  ${secret},
  ${method}${insecure})
const verifier = oidc.randomPKCECodeVerifier()
const state = oidc.randomState()
const url = oidc.buildAuthorizationUrl(server, {
  redirect_uri: ${quoted(redirect_uri)},
  scope: '${scope}', state,
  code_challenge_method: 'S256', code_challenge:
    await oidc.calculatePKCECodeChallenge(verifier)
})
// Redirect the user's browser to url.href.`,
    exchange: `// callbackUrl: the whole address the browser came back to.
const tokens = await oidc.authorizationCodeGrant(
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
    scope='${scope}',
    redirect_uri=${quoted(redirect_uri)},
    token_endpoint_auth_method='${method}',
    code_challenge_method='S256')
verifier = generate_token(48)
url, state = session.create_authorization_url(
    '${issuer}${OAUTH_ENDPOINTS.authorization}',
    code_verifier=verifier)
# Redirect the user's browser to url.`,
    exchange: `# callback_url: the whole address the browser came back to.
tokens = session.fetch_token(
    '${issuer}${OAUTH_ENDPOINTS.token}',
    authorization_response=callback_url, state=state,
    code_verifier=verifier)`,
    refresh: `tokens = session.refresh_token(
    '${issuer}${OAUTH_ENDPOINTS.token}',
    refresh_token=tokens['refresh_token'])`,
  };
}

function go({ issuer, client_id, redirect_uri, scope, confidential }: Facts): Snippets {
  const secret = confidential ? '\n  ClientSecret: os.Getenv("BEHALF_CLIENT_SECRET"),' : '';
  const style = confidential ? 'InHeader' : 'InParams';
  return {
    authorize: `// import "golang.org/x/oauth2"
conf := &oauth2.Config{
  ClientID:     ${JSON.stringify(client_id)},${secret}
  RedirectURL:  ${JSON.stringify(redirect_uri)},
  Scopes:       []string{${scope
    .split(' ')
    .map((word) => JSON.stringify(word))
    .join(', ')}},
  Endpoint: oauth2.Endpoint{
    AuthURL:   "${issuer}${OAUTH_ENDPOINTS.authorization}",
    TokenURL:  "${issuer}${OAUTH_ENDPOINTS.token}",
    AuthStyle: oauth2.AuthStyle${style},
  },
}
verifier := oauth2.GenerateVerifier()
state := oauth2.GenerateVerifier()
url := conf.AuthCodeURL(state,
  oauth2.S256ChallengeOption(verifier))
// Redirect the user's browser to url.`,
    exchange: `// Compare the answer's state with yours first.
token, err := conf.Exchange(ctx, code,
  oauth2.VerifierOption(verifier))`,
    refresh: `// Renews the token by itself when it has expired.
client := conf.Client(ctx, token)`,
  };
}

function curl({ issuer, client_id, redirect_uri, scope, confidential }: Facts): Snippets {
  const client = confidential ? `-u "${client_id}:$BEHALF_CLIENT_SECRET"` : `-d client_id=${client_id}`;
  const query = new URLSearchParams({ response_type: 'code', client_id, redirect_uri, scope }).toString();
  return {
    authorize: `VERIFIER=$(openssl rand -base64 48 | tr '+/' '-_')
CHALLENGE=$(printf %s "$VERIFIER" \\
  | openssl dgst -sha256 -binary \\
  | openssl base64 | tr '+/' '-_' | tr -d '=')
STATE=$(openssl rand -hex 16)
# Open this in a browser:
echo "${issuer}${OAUTH_ENDPOINTS.authorization}?${query}&state=$STATE&code_challenge_method=S256&code_challenge=$CHALLENGE"`,
    exchange: `# CODE: from the address the browser came back to.
curl ${issuer}${OAUTH_ENDPOINTS.token} \\
  ${client} \\
  -d grant_type=authorization_code \\
  -d code=$CODE -d code_verifier=$VERIFIER`,
    refresh: `curl ${issuer}${OAUTH_ENDPOINTS.token} \\
  ${client} \\
  -d grant_type=refresh_token \\
  -d refresh_token=$REFRESH_TOKEN`,
  };
}

/** Where desktop MCP clients listen; the port is theirs to choose (RFC 8252 §7.3). */
const MCP_CALLBACK = 'http://localhost/callback';
const MCP_PORT = 8080;

/** MCP clients run the flow themselves: they need to know the client, since there is no dynamic registration. */
function mcp({ issuer, client_id, redirect_uris, scope, confidential }: Facts): Step[] {
  const callback = redirect_uris.find((uri) => matchRedirectUri(uri, [MCP_CALLBACK]));
  const callbackPort = Number(callback && new URL(callback).port) || MCP_PORT;
  const oauth = { clientId: client_id, callbackPort, scopes: scope };
  const configuration = { mcpServers: { 'my-server': { type: 'http', url: 'https://YOUR_MCP_SERVER/mcp', oauth } } };
  const register = callback === undefined ? `First register ${MCP_CALLBACK} as a redirect URI: the client listens there. ` : '';
  const secret = confidential ? 'The client asks for the secret, or reads MCP_CLIENT_SECRET.' : 'A public client needs no secret.';
  return [
    {
      title: 'Configure the MCP client',
      text: `${register}In .mcp.json; other MCP clients ask for the same values. ${secret}`,
      code: JSON.stringify(configuration, null, 2),
    },
    {
      title: 'Point the MCP server here',
      text: 'Its protected resource metadata (RFC 9728) names this server; MCP clients find the rest by themselves.',
      code: JSON.stringify({ resource: 'https://YOUR_MCP_SERVER/mcp', authorization_servers: [issuer] }, null, 2),
    },
  ];
}
