// Serves the browser app: one page, and its script in one bundle. There is no secret here to keep.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { listenAt, readSettings, stopOnSignals } from '../settings.js';

const { ISSUER, API_URL, BROWSER_APP_URL, BROWSER_APP_CLIENT_ID } = readSettings(
  'ISSUER',
  'API_URL',
  'BROWSER_APP_URL',
  'BROWSER_APP_CLIENT_ID',
);
/** @param {string} name */
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// A build step of its own in a real app; it takes a moment.
const bundle = await build({
  input: here('app.js'),
  platform: 'browser',
  write: false,
  logLevel: 'warn',
  output: { format: 'esm', minify: true },
});
const page = { type: 'text/html; charset=utf-8', body: await readFile(here('index.html'), 'utf8') };
const settings = { issuer: ISSUER, client_id: BROWSER_APP_CLIENT_ID, api_url: API_URL };
/** @type {Map<string | undefined, { type: string, body: string }>} */
const files = new Map([
  ['/', page],
  ['/callback', page],
  ['/app.js', { type: 'text/javascript; charset=utf-8', body: bundle.output[0].code }],
  ['/settings.json', { type: 'application/json', body: JSON.stringify(settings) }],
]);

// Tokens are within reach of every script on the page: one script may run, and it may talk to these two servers and nobody else.
const policy = `default-src 'none'; script-src 'self'; connect-src 'self' ${new URL(ISSUER).origin} ${new URL(API_URL).origin}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const headers = {
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const server = createServer((request, response) => {
  const file = request.method === 'GET' ? files.get(request.url?.split('?', 1)[0]) : undefined;
  if (!file) return void response.writeHead(404, headers).end();
  response.writeHead(200, { ...headers, 'content-type': file.type }).end(file.body);
});
server.requestTimeout = 30_000;
server.listen(...listenAt(BROWSER_APP_URL), () => console.log(`The browser app listens at ${BROWSER_APP_URL}`));
stopOnSignals(server);
