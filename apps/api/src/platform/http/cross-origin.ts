import type { FastifyInstance } from 'fastify';

/** What browser apps of other origins may call: they bring a token or a code in the request itself, never a cookie. */
const METHODS: Record<string, string> = {
  '/oauth2/token': 'POST',
  '/oauth2/revoke': 'POST',
  '/oauth2/userinfo': 'GET, POST',
  '/oauth2/jwks': 'GET',
  '/.well-known/oauth-authorization-server': 'GET',
  '/.well-known/openid-configuration': 'GET',
};

const ALLOWED_HEADERS = 'authorization, content-type, dpop, mcp-protocol-version';
const EXPOSED_HEADERS = 'WWW-Authenticate, DPoP-Nonce, Retry-After';
const PREFLIGHT_SECONDS = '600';

/**
 * Cross-origin answers for exactly the endpoints above, errors included, always without credentials mode.
 * The hook runs before everything else, so that a refusal carries the headers too.
 */
export function crossOrigin(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (request.headers.origin !== undefined && METHODS[pathOf(request.url)]) {
      reply.header('access-control-allow-origin', '*').header('access-control-expose-headers', EXPOSED_HEADERS);
    }
    done();
  });
  for (const [url, methods] of Object.entries(METHODS)) {
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

function pathOf(url: string): string {
  const mark = url.indexOf('?');
  return mark < 0 ? url : url.slice(0, mark);
}
