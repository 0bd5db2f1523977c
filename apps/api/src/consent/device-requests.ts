import { normalizeUserCode } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import { LiveClients } from '../client/index.js';
import type { Origin } from '../platform/actor.js';
import { Failures } from '../platform/failures/failures.js';
import { validationFailed } from '../platform/problem.js';
import { type CurrentSession, sessionActor } from '../session/index.js';
import { type DeviceAuthorization, DeviceAuthorizations } from '../token/index.js';
import { AuthorizationRequests, type StoredRequest } from './authorization-requests.js';

/** From the code that a device shows to the page where its user decides. */
@Injectable()
export class DeviceRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly devices: DeviceAuthorizations,
    private readonly requests: AuthorizationRequests,
    private readonly clients: LiveClients,
    private readonly failures: Failures,
    private readonly audit: AuditLog,
  ) {}

  /**
   * Opens what waits under a code, for one browser: nothing is decided yet. Wrong codes are guesses, limited for each user from one
   * address and for the address (RFC 8628 §5.1), and written down.
   *
   * @throws Problem `validation-failed` at `/user_code` for a code under which nothing waits, `too-many-requests`
   */
  async open(user_code: string, session: CurrentSession, origin: Origin): Promise<StoredRequest> {
    const found: DeviceAuthorization[] = [];
    await this.failures.guess('device', session.user.id, origin.ip_address, async () => {
      found.push(...(await this.#find(user_code)));
      return found.length > 0;
    });
    if (found[0]) return this.requests.storeForDevice(found[0]);
    await this.#recordWrong(session, origin);
    throw validationFailed([
      { pointer: '/user_code', code: 'unknown', detail: 'No device is waiting under this code. Compare it, or start again on the device.' },
    ]);
  }

  /** What waits under a code: one at most, and none whose client was paused or changed meanwhile. */
  async #find(user_code: string): Promise<DeviceAuthorization[]> {
    const code = normalizeUserCode(user_code);
    const device = code === null ? null : await this.devices.find(code);
    const client = device && (await this.clients.find(device.client_id));
    if (!device || client?.status !== 'enabled') return [];
    return client.device_authorization && client.epoch === device.client_epoch ? [device] : [];
  }

  async #recordWrong(session: CurrentSession, origin: Origin): Promise<void> {
    await this.dataSource.transaction((tx) =>
      this.audit.record(tx, {
        actor: sessionActor(session, origin),
        organization_id: session.organization_id,
        action: 'access.denied',
        result: 'denied',
        reason: 'unknown_user_code',
        target_type: 'device',
      }),
    );
  }
}
