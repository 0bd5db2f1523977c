import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import type { LiveClient } from '../client/index.js';
import { RESOURCE_SERVER_STRATEGY } from '../platform/access/access.guard.js';
import { invalidClient } from '../platform/access/bearer-challenge.js';
import type { ClientActor, Origin } from '../platform/actor.js';
import { originOf, type Request } from '../platform/http/request.js';
import { Problem } from '../platform/problem.js';
import { parseBasic } from './basic-credentials.js';
import { ClientProof } from './client-proof.js';

/** A request of the management API that a client sends as itself. */
export interface ResourceServerRequest extends Request {
  resource_server: LiveClient;
}

/** Clients at the management API: by HTTP Basic alone, and only those that are marked as resource server. */
@Injectable()
export class ResourceServerStrategy extends PassportStrategy(Strategy, RESOURCE_SERVER_STRATEGY) {
  constructor(private readonly proof: ClientProof) {
    super();
  }

  /** @throws Problem `invalid-client` for everything that fails to prove, `resource-server-required` for a client without the mark */
  async validate(request: Request): Promise<LiveClient> {
    const basic = parseBasic(request.headers.authorization ?? '');
    if (!basic) throw invalidClient();
    const origin = originOf(request);
    demandPatience(this.proof.wait(basic.client_id, origin));
    const judged = await this.proof.judge({ ...basic, by_header: true }, 'audit-events', origin);
    if (!judged.client) {
      demandPatience(judged.wait);
      throw invalidClient();
    }
    request.client_actor = actorOf(judged.client, origin);
    if (!judged.client.resource_server) throw new Problem('resource-server-required');
    return judged.client;
  }
}

function actorOf({ client_id, client_name, organization_id }: LiveClient, origin: Origin): ClientActor {
  return { channel: 'oauth', user: null, organization_id, client_id, client_name, token_id: null, origin };
}

function demandPatience(seconds: number): void {
  if (seconds > 0) throw new Problem('too-many-requests', { headers: { 'retry-after': String(seconds) } });
}
