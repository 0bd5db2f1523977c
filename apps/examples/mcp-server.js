// An MCP server over streamable HTTP: its tools act as the user whose agent is talking.
import { createResourceServer, isRefusal } from '@behalf/resource-server';
import { expressResourceServer } from '@behalf/resource-server/express';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';
import { ordersFor, placeOrder } from './orders.js';
import { listenAt, readSettings, stopOnSignals } from './settings.js';

const { ISSUER, MCP_SERVER_URL, MCP_SERVER_CLIENT_ID, MCP_SERVER_CLIENT_SECRET } = readSettings(
  'ISSUER',
  'MCP_SERVER_URL',
  'MCP_SERVER_CLIENT_ID',
  'MCP_SERVER_CLIENT_SECRET',
);

const resourceServer = createResourceServer({
  issuer: ISSUER,
  client_id: MCP_SERVER_CLIENT_ID,
  client_secret: MCP_SERVER_CLIENT_SECRET,
  // The 401 names the metadata of this address in `resource_metadata`: that is how an MCP client finds the way to Behalf. There it asks
  // for a token for this address alone, which Behalf knows from **Resources** of this client.
  resource: MCP_SERVER_URL,
  resource_name: 'Orders for agents',
  on_fault: (fault) => console.error(`Behalf did not answer: ${fault.message}`),
});
const { metadata, bearer } = expressResourceServer(resourceServer);

/**
 * The tools of one request. What they may do is what its token may: the user's teams as of now, and the scope that the user allowed.
 * The token is for this server alone (`resource`), and goes nowhere from here: the MCP specification excludes that, and every other
 * API of the organization would refuse it. A tool that needs another API is a client of that API, with a token of its own.
 *
 * @param {import('@behalf/resource-server').ActiveToken} actor
 */
function toolsFor(actor) {
  const mcp = new McpServer({ name: 'orders', version: '1.0.0' });
  mcp.registerTool(
    'list_orders',
    { description: 'Lists the orders of the teams that the user allowed.', annotations: { readOnlyHint: true } },
    () => answered(() => ordersFor(actor)),
  );
  mcp.registerTool(
    'create_order',
    {
      description: 'Places an order for a team.',
      inputSchema: { team_id: z.uuid(), text: z.string().min(1).max(200) },
      annotations: { destructiveHint: false },
    },
    ({ team_id, text }) =>
      answered(() => {
        // Two different questions: what the client may do, and where.
        resourceServer.requireScope(actor, 'write');
        resourceServer.requireTeam(actor, team_id);
        return placeOrder(actor, team_id.toLowerCase(), text);
      }),
  );
  return mcp;
}

/**
 * A refusal is an answer too: the agent is told, so that it can tell its user.
 *
 * @param {() => unknown} work
 * @returns {import('@modelcontextprotocol/sdk/types.js').CallToolResult}
 */
function answered(work) {
  try {
    return { isError: false, content: [{ type: 'text', text: JSON.stringify(work()) }] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { isError: true, content: [{ type: 'text', text: JSON.stringify(error.body) }] };
  }
}

const { hostname, pathname } = new URL(MCP_SERVER_URL);
// Only under its own name: a page that had a name of its own lead here (DNS rebinding) is refused.
const app = createMcpExpressApp({ allowedHosts: [hostname] });
app.disable('x-powered-by');
app.use(metadata);
app.post(pathname, bearer, async (request, response) => {
  // One server for each request: nothing of one user can be left over for the next.
  const mcp = toolsFor(/** @type {import('@behalf/resource-server').ActiveToken} */ (request.actor));
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
