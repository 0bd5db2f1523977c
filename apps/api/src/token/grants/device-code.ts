import type { DevicePoll, FailureReason, TokenResponse } from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import type { LiveClient } from '../../client/index.js';
import type { Origin } from '../../platform/actor.js';
import { CONFIG, type Config } from '../../platform/config.js';
import { Failures } from '../../platform/failures/failures.js';
import { OAuthError } from '../../platform/oauth-error.js';
import { demandPatience } from '../client-authentication.js';
import { DeviceAuthorizations } from '../device-authorizations.js';
import type { Prove } from '../dpop/dpop-proofs.js';
import { bindToKey, type KeyBinding } from '../dpop/key-binding.js';
import { GrantResources } from '../grant-resources.js';
import { LastUsed } from '../last-used.js';
import { LiveGrants } from '../live-grants.js';
import type { RotatableGrant } from '../live-row.js';
import { Revocations } from '../revocation.js';
import { Rotations } from '../rotation.js';
import { TokenAnswers } from '../token-answer.js';
import { type Handle, TokenHandles } from '../token-handle.js';

/** `grant_type=urn:ietf:params:oauth:grant-type:device_code`: until the user has decided an error, then generation 0 becomes 1, once. */
@Injectable()
export class DeviceCodeGrant {
  constructor(
    @Inject(TokenHandles) private readonly handles: TokenHandles,
    private readonly devices: DeviceAuthorizations,
    private readonly live: LiveGrants,
    private readonly rotations: Rotations,
    private readonly revocations: Revocations,
    private readonly answers: TokenAnswers,
    private readonly lastUsed: LastUsed,
    private readonly failures: Failures,
    private readonly resources: GrantResources,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Answers a device that asks.
   *
   * @param requested resources that the access token alone is to be for
   * @param prove reads the proof of the client's key, where it sent one
   * @throws OAuthError RFC 8628 §3.5, `unauthorized_client`, `invalid_target`, `invalid_dpop_proof`; `invalid_grant` for everything about the code
   */
  async exchange(
    client: LiveClient,
    form: Readonly<Record<string, string>>,
    origin: Origin,
    requested: readonly string[],
    prove: Prove,
  ): Promise<TokenResponse> {
    if (!this.config.device_authorization) throw new OAuthError('unsupported_grant_type', { reason: 'grant_type' });
    if (!client.device_authorization) throw new OAuthError('unauthorized_client', { reason: 'device_not_allowed' });
    if (!form['device_code']) throw new OAuthError('invalid_request', { reason: 'parameter_missing', received: 'device_code' });
    const handle = this.handles.decode(form['device_code']);
    if (handle?.kind !== 'dc') {
      // A guess, unlike a code that exists.
      demandPatience(await this.failures.attempt('client', client.client_id, origin.ip_address));
      throw new OAuthError('invalid_grant', { reason: 'device_code_unknown' });
    }
    const keys = await bindToKey(client, handle, prove);
    demandAllowed(await this.#poll(client, handle, origin));
    const read = await this.live.findToRotate(handle);
    const wanted = await this.resources.judge(client, read, requested);
    return this.#tokens(client, handle, origin, read, wanted, keys);
  }

  /** A device that keeps to its interval meets no limit; what comes too early, or for nothing, is counted as a failure. */
  async #poll(client: LiveClient, handle: Handle, { ip_address }: Origin): Promise<DevicePoll | null> {
    demandPatience(this.failures.wait('poll', client.client_id, ip_address));
    const poll = await this.devices.poll(client, handle);
    if (poll !== 'pending' && poll !== 'allowed') demandPatience(await this.failures.attempt('poll', client.client_id, ip_address));
    return poll;
  }

  async #tokens(
    client: LiveClient,
    handle: Handle,
    origin: Origin,
    read: RotatableGrant | null,
    wanted: readonly string[] | null,
    keys: KeyBinding,
  ): Promise<TokenResponse> {
    const presented = { kind: 'device_code', client_id: client.client_id, replay_seconds: 0 } as const;
    const bind = (grant: RotatableGrant) => this.resources.binding(grant, wanted, origin);
    const outcome = await this.rotations.rotate(handle, presented, () => true, origin, { bind, read, jkt: keys.access_jkt });
    if (outcome.kind === 'rotated') {
      const { grant, generation } = outcome;
      this.lastUsed.noteClient(client.client_id, generation.rotated_at);
      const bits = await this.resources.bitsOf(grant, wanted, origin);
      return this.answers.build(handle.locator, grant, generation, grant.granted_scope, null, generation.rotated_at, keys, bits);
    }
    if (outcome.kind === 'history_lost') await this.revocations.revokeGrant(handle.grant_id, 'history_lost', origin);
    // A device that asks once too often, or twice at once, is no thief: it has no redirect in which a code could leak.
    const reason = outcome.kind === 'reused' ? 'device_code_used' : 'device_code_dead';
    throw new OAuthError('invalid_grant', { detail: `the device code is ${outcome.kind}`, reason });
  }
}

const REFUSALS = {
  pending: ['authorization_pending', 'device_waiting'],
  slow_down: ['slow_down', 'device_waiting'],
  denied: ['access_denied', 'device_denied'],
  expired: ['expired_token', 'device_code_dead'],
} as const satisfies Record<Exclude<DevicePoll, 'allowed'>, readonly [code: OAuthError['code'], reason: FailureReason]>;

function demandAllowed(poll: DevicePoll | null): void {
  if (poll === 'allowed') return;
  if (poll === null) throw new OAuthError('invalid_grant', { reason: 'device_code_unknown' });
  const [code, reason] = REFUSALS[poll];
  throw new OAuthError(code, { reason });
}
