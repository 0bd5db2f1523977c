// The API that the other examples call: orders, by team. Behalf judges every token when it is used, so there is nothing to invalidate here.
import { createResourceServer } from '@behalf/resource-server';
import { expressResourceServer } from '@behalf/resource-server/express';
import cors from 'cors';
import express from 'express';
import { ordersFor, ordersOf, placeOrder } from './orders.js';
import { listenAt, readSettings, stopOnSignals } from './settings.js';

const { ISSUER, API_URL, API_CLIENT_ID, API_CLIENT_SECRET } = readSettings('ISSUER', 'API_URL', 'API_CLIENT_ID', 'API_CLIENT_SECRET');

const resourceServer = createResourceServer({
  issuer: ISSUER,
  client_id: API_CLIENT_ID,
  client_secret: API_CLIENT_SECRET,
  // Names this API to clients, and serves its metadata (RFC 9728).
  resource: API_URL,
  resource_name: 'Orders',
  // Every call stands in Behalf's audit log, under the user and the client.
  report_calls: true,
  on_fault: (fault) => console.error(`Behalf did not answer: ${fault.message}`),
});
const { metadata, bearer, requireScope, requireTeam } = expressResourceServer(resourceServer);

/** @param {express.Request} request */
const teamOf = ({ params }) => String(params.team_id).toLowerCase();
/** Who let the request in; there is always somebody after `bearer`. @param {express.Request} request */
const actorOf = ({ actor }) => actor ?? fail();

const app = express();
app.disable('x-powered-by');
app.get('/health', (_request, response) => void response.json({ status: 'ok' }));
// Any page may call: what it brings is a token, never a cookie, so another site's page gains nothing by it.
app.use(cors({ allowedHeaders: ['authorization', 'content-type'], exposedHeaders: ['www-authenticate'], maxAge: 600 }));
// From here on a request carries an active token. A body is read only afterwards.
app.use(metadata, bearer, express.json({ limit: '10kb' }));

app.get('/orders', (request, response) => {
  response.json(ordersFor(actorOf(request)));
});

app.get('/teams/:team_id/orders', requireTeam('team_id'), (request, response) => {
  response.json({ orders: ordersOf(teamOf(request)) });
});

// Two different questions: what the client may do (scope), and where (team).
app.post('/teams/:team_id/orders', requireScope('write'), requireTeam('team_id'), (request, response) => {
  const text = /** @type {unknown} */ (request.body?.text);
  if (typeof text !== 'string' || !text.trim() || text.length > 200)
    return void response.status(422).json({ error: 'invalid_order', error_description: 'text must be a string of 1 to 200 characters.' });
  response.status(201).json(placeOrder(actorOf(request), teamOf(request), text));
});

app.use((_request, response) => void response.status(404).json({ error: 'not_found', error_description: 'There is no such thing.' }));
/** Express knows an error handler by its four parameters. @type {express.ErrorRequestHandler} */
const answerFault = (error, _request, response, _next) => {
  const isTheirs = Number.isInteger(error.status) && error.status < 500;
  if (!isTheirs) console.error(error);
  response.status(isTheirs ? error.status : 500).json({ error: isTheirs ? 'invalid_request' : 'server_error' });
};
app.use(answerFault);

const server = app.listen(...listenAt(API_URL), () => console.log(`The API listens at ${API_URL}`));
server.requestTimeout = 30_000;
stopOnSignals(server, () => resourceServer.close());

/** @returns {never} */
function fail() {
  throw new Error('A route stands before bearer.');
}
