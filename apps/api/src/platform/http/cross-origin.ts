import type { FastifyInstance } from 'fastify';
import { type Config, switchedOffPaths } from '../config.js';
import { pathOf } from './form.js';

/** What browser apps of other origins may call: they bring a token or a code in the request itself, never a cookie. */
const METHODS = {
  '/oauth2/par': 'POST',
  '/oauth2/token': 'POST',
  '/oauth2/revoke': 'POST',
  '/oauth2/userinfo': 'GET, POST',
  '/oauth2/jwks': 'GET',
  '/.well-known/oauth-authorization-server': 'GET',
  '/.well-known/openid-configuration': 'GET',
  '/.well-known/oauth-protected-resource': 'GET',
};

const ALLOWED_HEADERS = 'authorization, content-type, dpop, mcp-protocol-version';
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce, Retry-After';
const PREFLIGHT_SECONDS = '600';

/**
 * Cross-origin answers for exactly the endpoints above, errors included, always without credentials mode.
 * The hook runs before everything else, so that a refusal carries the headers too.
 */
export function crossOrigin(server: FastifyInstance, config: Config): void {
  const off = switchedOffPaths(config);
  const served: Record<string, string> = Object.fromEntries(Object.entries(METHODS).filter(([url]) => !off.has(url)));
  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers.origin !== undefined && served[pathOf(request.url)]) {
      reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', EXPOSED_HEADERS);
    }
    done();
  });
  for (const [url, methods] of Object.entries(served)) {
    server.options(url, (_request, reply) => {
      void reply
        .status(204)
        .headers({
          'access-control-allow-origin': '*',
          'access-control-allow-methods': methods,
          'access-control-allow-headers': ALLOWED_HEADERS,
          'access-control-expose-headers': EXPOSED_HEADERS,
          'access-control-max-age': PREFLIGHT_SECONDS,
        })
        .send();
    });
  }
}
