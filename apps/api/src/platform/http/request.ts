import type { OAuthErrorCode } from '@behalf/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isIP, isIPv4 } from 'node:net';
import type { Actor, ClientActor, Origin } from '../actor.js';

/** What the OAuth endpoints ask of a request, whichever way it is served; each of the framework's is one. */
export interface Call extends Pick<FastifyRequest, 'id' | 'ip' | 'url' | 'headers' | 'body' | 'log'> {
  /** The caller, where it is a user's token. */
  actor?: Actor;
  /** The client, once it has proven itself. */
  client?: { readonly client_type: 'public' | 'confidential'; readonly resource_server: boolean };
  /** What an OAuth endpoint refused it with, for the metrics. */
  oauth_error?: OAuthErrorCode;
}

/** What the server hangs on a request: the caller, once the access guard has judged it. */
export interface Request extends FastifyRequest, Pick<Call, 'client' | 'oauth_error'> {
  actor?: Actor;
  /** The same where it is a client as itself, which may be refused all the same. */
  client_actor?: ClientActor;
}

export type Reply = FastifyReply;

const USER_AGENT_CHARACTERS = 256;

/**
 * Address, agent and id of a request, made safe for the database: an agent cut to printable characters and an
 * address without zone, so that one request's headers can never fail the batch it travels in.
 */
export function originOf({ id, ip, headers }: Pick<Call, 'id' | 'ip' | 'headers'>): Origin {
  const agent = headers['user-agent'];
  return { request_id: id, ip_address: cleanAddress(ip), user_agent: agent ? cleanAgent(agent) : null };
}

const PRINTABLE = /^[\x20-\x7e]*$/;

function cleanAgent(agent: string): string {
  const short = agent.slice(0, USER_AGENT_CHARACTERS);
  return PRINTABLE.test(short) ? short : short.replace(/[^\x20-\x7e]/g, '?');
}

/** Some proxies name the port with the address: 203.0.113.7:4711, [2001:db8::7]:4711. */
const WITH_PORT = /^(?:([\d.]+):\d+|\[([^\]]+)\](?::\d+)?)$/;

/** The address as PostgreSQL's inet takes it: no port, no zone, and IPv4 in its own form rather than mapped into IPv6. */
function cleanAddress(address: string | undefined): string | null {
  if (!address) return null;
  if (isIPv4(address)) return address;
  const [, ipv4, ipv6] = WITH_PORT.exec(address) ?? [];
  const bare = (ipv4 ?? ipv6 ?? address).replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '');
  return isIP(bare) ? bare : null;
}
