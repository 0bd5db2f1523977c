import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGE_HEADERS, sendFaultPage, strictTransport } from './pages.js';

const WEB_APP = resolve(dirname(fileURLToPath(import.meta.url)), '../../../../web/dist');

/** Styles are set by the components at run time; scripts come from our own files alone. */
const BASE_POLICY = [
  `default-src 'self'`,
  `script-src 'self'`,
  `style-src 'self' 'unsafe-inline'`,
  `img-src 'self' data:`,
  `font-src 'self'`,
  `connect-src 'self'`,
  `object-src 'none'`,
  `base-uri 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/**
 * Chromium applies form-action to the whole redirect chain behind a form, so the pages that lead back to a client go
 * without it. A sign-in on nobody's behalf is none of them: its document goes on as the console.
 */
const LEADING_TO_CLIENTS = /^\/(consent(\/|\?|$)|login\/?\?(.*&)?request_id=)/;

/**
 * Serves the built admin app: its hashed files for a year, its page for every address that no route knows.
 *
 * @returns what answers such an address
 */
export async function serveAdminApp(
  server: FastifyInstance,
  issuer: string,
): Promise<(request: FastifyRequest, reply: FastifyReply) => void> {
  const index = resolve(WEB_APP, 'index.html');
  if (!existsSync(index)) {
    return (_request, reply) =>
      sendFaultPage(reply, 503, 'The admin app is not built', 'Build it with npm start, which builds everything.', issuer);
  }
  await server.register(fastifyStatic, {
    root: WEB_APP,
    index: false,
    wildcard: false,
    cacheControl: false,
    // The build lays them there.
    preCompressed: true,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const page = readFileSync(index, 'utf8');
  const headers = { ...PAGE_HEADERS, ...strictTransport(issuer) };
  return (request, reply) => {
    const policy = LEADING_TO_CLIENTS.test(request.url) ? BASE_POLICY : `${BASE_POLICY}; form-action 'self'`;
    void reply
      .status(200)
      .headers({ ...headers, 'content-security-policy': policy })
      .type('text/html; charset=utf-8')
      .send(page);
  };
}
