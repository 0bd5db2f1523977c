import type { Config } from '../platform/config.js';
import { cookieOptions, sessionCookieName } from '../platform/http/cookies.js';
import type { Reply } from '../platform/http/request.js';

/** Hands a session to its browser; the cookie lasts as long as the session may at most. */
export function sendSessionCookie(reply: Reply, secret: string, config: Config): void {
  reply.setCookie(sessionCookieName(config.issuer), secret, cookieOptions(config.issuer, config.session_absolute_seconds));
}
