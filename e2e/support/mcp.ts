import type { OAuthClientProvider } from '@modelcontextprotocol/sdk/client/auth.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

const METADATA = '/.well-known/oauth-protected-resource';

/**
 * An MCP server with one tool, whose authorization server is ours: it says so (RFC 9728) and introspects each token.
 *
 * @param credentials of a client that is marked as a resource server
 */
export async function mcpServer(issuer: string, credentials: Credentials): Promise<{ url: URL; server: Server }> {
  const server = createServer((request, response) => void answer(request, response).catch(() => response.writeHead(500).end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = new URL('/mcp', origin);
  return { url, server };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url!.startsWith(METADATA)) {
      const metadata = { resource: url.href, authorization_servers: [issuer], bearer_methods_supported: ['header'] };
      return void response.setHeader('content-type', 'application/json').end(JSON.stringify(metadata));
    }
    const username = await introspect(request.headers.authorization?.replace(/^Bearer /, '') ?? 'none');
    if (username === null) {
      const challenge = `Bearer error="invalid_token", resource_metadata="${origin}${METADATA}/mcp"`;
      return void response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const mcp = new McpServer({ name: 'whoami', version: '1.0.0' });
    mcp.registerTool('whoami', {}, () => ({ content: [{ type: 'text', text: username }] }));
    const transport = new StreamableHTTPServerTransport();
    await mcp.connect(transport);
    await transport.handleRequest(request, response);
  }

  async function introspect(token: string): Promise<string | null> {
    const body = new URLSearchParams({ token, ...credentials });
    const answered = await fetch(`${issuer}/oauth2/introspect`, { method: 'POST', body });
    const { active, username } = (await answered.json()) as { active: boolean; username?: string };
    return active ? username! : null;
  }
}

/** What an MCP client keeps of one authorization, in memory; it is registered already, as a public client. */
export class McpProvider implements OAuthClientProvider {
  /** Where the user's browser is to go. */
  authorization_url: URL | undefined;
  readonly issued: OAuthTokens[] = [];
  #verifier = '';
  readonly #state = crypto.randomUUID();

  constructor(
    private readonly client_id: string,
    readonly redirectUrl: string,
    private readonly scope?: string,
  ) {}

  get clientMetadata() {
    return { redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none', ...(this.scope && { scope: this.scope }) };
  }

  clientInformation() {
    return { client_id: this.client_id };
  }

  state(): string {
    return this.#state;
  }

  tokens(): OAuthTokens | undefined {
    return this.issued.at(-1);
  }

  saveTokens(tokens: OAuthTokens): void {
    this.issued.push(tokens);
  }

  redirectToAuthorization(url: URL): void {
    this.authorization_url = url;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    return this.#verifier;
  }
}
