import type { OAuthErrorCode } from '@behalf/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isIP } from 'node:net';
import type { Actor, ClientActor, Origin } from '../actor.js';

/** What the server hangs on a request: the caller, once the access guard has judged it. */
export interface Request extends FastifyRequest {
  actor?: Actor;
  /** The same where it is a client as itself, which may be refused all the same. */
  client_actor?: ClientActor;
  /** Rows of the access log that name the client, for the request's log line. */
  client_id?: string;
  /** The client of a request to the OAuth endpoints, once it has proven itself. */
  client?: { readonly client_type: 'public' | 'confidential'; readonly resource_server: boolean };
  /** What an OAuth endpoint refused it with, for the metrics. */
  oauth_error?: OAuthErrorCode;
}

export type Reply = FastifyReply;

const USER_AGENT_CHARACTERS = 256;

/**
 * Address, agent and id of a request, made safe for the database: an agent cut to printable characters and an
 * address without zone, so that one request's headers can never fail the batch it travels in.
 */
export function originOf(request: FastifyRequest): Origin {
  const agent = request.headers['user-agent'];
  return { request_id: request.id, ip_address: cleanAddress(request.ip), user_agent: agent ? cleanAgent(agent) : null };
}

function cleanAgent(agent: string): string {
  return agent.slice(0, USER_AGENT_CHARACTERS).replace(/[^\x20-\x7e]/g, '?');
}

/** Some proxies name the port with the address: 203.0.113.7:4711, [2001:db8::7]:4711. */
const WITH_PORT = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/;

/** The address as PostgreSQL's inet takes it: no port, no zone, and IPv4 in its own form rather than mapped into IPv6. */
function cleanAddress(address: string | undefined): string | null {
  if (!address) return null;
  const [, ipv4, ipv6] = WITH_PORT.exec(address) ?? [];
  const bare = (ipv4 ?? ipv6 ?? address).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  return isIP(bare) ? bare : null;
}
