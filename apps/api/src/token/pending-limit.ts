import { Injectable } from '@nestjs/common';
import { Failures } from '../platform/failures/failures.js';
import { type ClientCall, demandPatience } from './client-authentication.js';

/**
 * How often what waits for a user may be begun. A public client proves nothing, so each request that is stored in its name may be
 * anybody's: they are counted from one address, never by the client alone, or an attacker elsewhere could lock its users out.
 */
@Injectable()
export class PendingLimit {
  constructor(private readonly failures: Failures) {}

  /** @throws OAuthError 429 with Retry-After for a public client that has begun too many from there */
  async demand({ client: { client_id, client_type }, origin: { ip_address } }: ClientCall): Promise<void> {
    if (client_type !== 'public') return;
    demandPatience(this.failures.wait('pending', client_id, ip_address));
    demandPatience(await this.failures.attempt('pending', client_id, ip_address));
  }
}
