import type { FailureReason } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { RefusalLog } from '../audit/index.js';
import { ClientFailures, type LiveClient, LiveClients } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import { Failures } from '../platform/failures/failures.js';

/** The endpoints that a client calls as itself, for its recent failures. */
export type ClientEndpoint = 'par' | 'device_authorization' | 'token' | 'revoke' | 'introspect' | 'audit-events';

export interface ClientCredentials {
  readonly client_id: string;
  readonly client_secret: string | undefined;
  readonly by_header: boolean;
}

/** Why a caller is not believed, with the seconds to wait after too many failures. */
export interface Refusal {
  readonly client: null;
  readonly reason: string;
  readonly wait: number;
}

/** A client that has proven who it is, or a refusal. */
export type Proof = { readonly client: LiveClient } | Refusal;

/** Judges what a client sends to prove who it is, in whatever dialect it is answered. Refusals are counted and written down. */
@Injectable()
export class ClientProof {
  constructor(
    private readonly clients: LiveClients,
    private readonly refusals: RefusalLog,
    private readonly failures: Failures,
    private readonly recent: ClientFailures,
  ) {}

  /** Seconds to wait before anything of this client is judged again; 0 for none. */
  wait(client_id: string, { ip_address }: Origin): number {
    return this.failures.wait('client', client_id, ip_address);
  }

  /** The client as it is now, and whether the request comes from it. Only failures are counted, so that the limit costs a good caller nothing. */
  async judge(credentials: ClientCredentials, endpoint: ClientEndpoint, origin: Origin): Promise<Proof> {
    const client = await this.clients.find(credentials.client_id);
    return this.isProven(client, credentials, origin) ? { client } : this.refuse(client, credentials, endpoint, origin);
  }

  /** Whether what a call sends proves that it comes from `client`, and that one may call now. */
  isProven(client: LiveClient | null, { client_secret, by_header }: ClientCredentials, origin: Origin): client is LiveClient {
    // Unknown, paused, deleted and wrong secret are alike, in time too: something is always compared.
    const proven =
      client?.client_type === 'public'
        ? client_secret === undefined && !by_header
        : this.clients.verifySecret(client, client_secret ?? '', origin) !== null;
    return proven && client?.status === 'enabled';
  }

  /** Writes down and counts a call that was not proven. */
  async refuse(
    client: LiveClient | null,
    { client_id, client_secret }: ClientCredentials,
    endpoint: ClientEndpoint,
    origin: Origin,
  ): Promise<Refusal> {
    const reason = client ? reasonOf(client, client_secret) : 'unknown_client';
    this.refusals.note({ action: 'client.authentication_refused', client, account: client_id, reason, origin });
    if (reason !== 'unknown_client') this.recent.note({ client_id, endpoint, reason, presented_secret: client_secret, origin });
    return { client: null, reason, wait: await this.failures.attempt('client', client_id, origin.ip_address) };
  }
}

/** Why a client that exists was not believed; the integration learns none of it. */
function reasonOf(client: LiveClient, client_secret: string | undefined): FailureReason {
  if (client.status !== 'enabled') return 'client_paused';
  if (client.client_type === 'public') return 'secret_not_expected';
  return client_secret === undefined || client_secret === '' ? 'secret_missing' : 'wrong_secret';
}
