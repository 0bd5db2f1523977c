// An MCP server over streamable HTTP: its tools call the API as the user whose agent is talking.
import { createResourceServer } from '@behalf/resource-server';
import { expressResourceServer } from '@behalf/resource-server/express';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
import { listenAt, readSettings, stopOnSignals } from './settings.js';

const { ISSUER, API_URL, MCP_SERVER_URL, MCP_SERVER_CLIENT_ID, MCP_SERVER_CLIENT_SECRET } = readSettings(
  'ISSUER',
  'API_URL',
  'MCP_SERVER_URL',
  'MCP_SERVER_CLIENT_ID',
  'MCP_SERVER_CLIENT_SECRET',
);

const resourceServer = createResourceServer({
  issuer: ISSUER,
  client_id: MCP_SERVER_CLIENT_ID,
  client_secret: MCP_SERVER_CLIENT_SECRET,
  // The 401 names the metadata of this address in `resource_metadata`: that is how an MCP client finds the way to Behalf.
  resource: MCP_SERVER_URL,
  resource_name: 'Orders for agents',
  on_fault: (fault) => console.error(`Behalf did not answer: ${fault.message}`),
});
const { metadata, bearer } = expressResourceServer(resourceServer);

/**
 * The tools of one request. The caller's token goes on to the API, which judges it again: this server has no power of its own that an
 * agent could borrow. That is right only because both belong to one organization and take the same issuer's tokens; a token must
 * never travel to an API that it was not meant for.
 *
 * @param {string} authorization
 */
function toolsFor(authorization) {
  const mcp = new McpServer({ name: 'orders', version: '1.0.0' });
  mcp.registerTool(
    'list_orders',
    { description: 'Lists the orders of the teams that the user allowed.', annotations: { readOnlyHint: true } },
    () => callApi(authorization, 'GET', '/orders'),
  );
  mcp.registerTool(
    'create_order',
    {
      description: 'Places an order for a team.',
      inputSchema: { team_id: z.uuid(), text: z.string().min(1).max(200) },
      annotations: { destructiveHint: false },
    },
    ({ team_id, text }) => callApi(authorization, 'POST', `/teams/${team_id}/orders`, { text }),
  );
  return mcp;
}

/**
 * A refusal is an answer too: the agent is told, so that it can tell its user.
 *
 * @param {string} authorization
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<import('@modelcontextprotocol/sdk/types.js').CallToolResult>}
 */
async function callApi(authorization, method, path, body) {
  try {
    const response = await fetch(API_URL + path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    return { isError: !response.ok, content: [{ type: 'text', text: await response.text() }] };
  } catch (error) {
    console.error(`The API did not answer: ${/** @type {Error} */ (error).message}`);
    return { isError: true, content: [{ type: 'text', text: 'The API does not answer. Try again later.' }] };
  }
}

const { hostname, pathname } = new URL(MCP_SERVER_URL);
// Only under its own name: a page that had a name of its own lead here (DNS rebinding) is refused.
const app = createMcpExpressApp({ allowedHosts: [hostname] });
app.disable('x-powered-by');
app.use(metadata);
app.post(pathname, bearer, async (request, response) => {
  // One server for each request: nothing of one user can be left over for the next.
  const mcp = toolsFor(/** @type {string} */ (request.headers.authorization));
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  response.once('close', () => void mcp.close());
  await mcp.connect(transport);
  await transport.handleRequest(request, response, request.body);
});
// Without sessions there is no stream to open and none to end.
app.all(pathname, bearer, (_request, response) => void response.status(405).set('allow', 'POST').end());

const server = app.listen(...listenAt(MCP_SERVER_URL), () => console.log(`The MCP server listens at ${MCP_SERVER_URL}`));
server.requestTimeout = 30_000;
stopOnSignals(server, () => resourceServer.close());
