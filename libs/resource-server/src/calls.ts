import { type ActiveToken, callOutcome, METADATA_MAX_AGE_SECONDS } from '@behalf/domain';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ResourceServer } from './resource-server.js';

/** A call, as every framework can tell it once it has ended. */
export interface EndedCall {
  readonly method: string;
  /** The route's pattern, where the framework knows it. */
  readonly route: string | undefined;
  readonly status: number;
  readonly ip_address?: string | undefined;
  readonly user_agent?: string | undefined;
}

/**
 * Reports a call once it has ended, answered or not, where that is switched on.
 *
 * @returns false when the caller has hung up already: then it is reported, and must not be served, since nothing tells any more
 *   what comes of it
 */
export function followCall(
  server: ResourceServer,
  token: ActiveToken,
  { socket, response }: { readonly socket: Socket; readonly response: ServerResponse },
  describe: () => EndedCall,
): boolean {
  if (!server.settings.report_calls) return true;
  const report = (answered: boolean) => {
    const { method, route, status, ...origin } = describe();
    server.report(token, { operation: `${method} ${route ?? '(no route)'}`, ...callOutcome(status, answered), ...origin });
  };
  const gone = socket.destroyed;
  if (gone) report(false);
  else onceEnded(socket, response, report);
  return !gone;
}

/** Whoever hangs up ends a response without `finish`; of HTTP/2 it has one even then, but was not ended by its handler. */
function onceEnded(socket: Socket, response: ServerResponse, told: (answered: boolean) => void): void {
  const end = (answered: boolean) => {
    response.off('finish', finished).off('close', aborted);
    socket.off('close', aborted);
    told(answered);
  };
  const finished = () => end(response.writableEnded);
  const aborted = () => end(false);
  response.once('finish', finished).once('close', aborted);
  // A response that waits for an earlier one on its connection (pipelining) has no socket yet, and is told of no end of it.
  if (!response.socket) socket.setMaxListeners(0).once('close', aborted);
}

/** Clients in a browser read the metadata too (RFC 9728 §3.2 is public by nature). */
export const METADATA_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': `public, max-age=${METADATA_MAX_AGE_SECONDS}`,
  'access-control-allow-origin': '*',
} as const;
