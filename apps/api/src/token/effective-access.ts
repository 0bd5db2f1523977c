import {
  type EffectiveAccess,
  effectivePermissions,
  effectiveScope,
  effectiveTeams,
  isTeamAllowed,
  narrowPermissions,
  parseScope,
  PERMISSIONS,
  presetScope,
} from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type LiveClient, LiveClients } from '../client/index.js';
import { Directory, type NamedTeam } from '../directory/index.js';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Problem } from '../platform/problem.js';
import { GRANT_LIVE, GRANTS_WITH_OWNERS } from './grant-sql.js';

interface Consented {
  readonly team_ids: readonly string[];
  readonly scope: readonly string[];
}

/** Consent ∩ client ∩ user, told side by side; by the same functions that judge a token when it is used. */
@Injectable()
export class EffectiveAccesses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly clients: LiveClients,
    private readonly directory: Directory,
  ) {}

  /** @throws Problem `not-found` for what the actor may not know of, `permission-required` for another user's */
  async explain(actor: Actor, client_id: string, user_id: string): Promise<EffectiveAccess> {
    const mine = user_id === actor.user.id;
    const client = await this.clients.find(client_id);
    const consented = client && (await this.#consented(client_id, user_id));
    const visible = client && (client.organization_id === actor.organization_id || (mine && consented));
    if (!visible) throw new Problem('not-found');
    if (!mine) requirePermission(actor, 'SESSION_READ');
    const memberships = await this.directory.teamsOf(user_id);
    if (!mine && !consented && !memberships.some((team) => team.organization_id === actor.organization_id)) throw new Problem('not-found');
    const consent = consented ?? { team_ids: [], scope: [] };
    const names = await this.#teams([...consent.team_ids, ...memberships.map(({ team_id }) => team_id)], actor, mine);
    return {
      teams: names.map(({ id, name, organization_id }) => {
        const sides = {
          consent: consent.team_ids.includes(id),
          client: client.status === 'enabled' && isTeamAllowed(client, { team_id: id, organization_id }),
          user: memberships.some(({ team_id }) => team_id === id),
        };
        return { id, name, ...sides, result: sides.consent && sides.client && sides.user };
      }),
      permissions: this.#permissions(consent, client, memberships),
    };
  }

  #permissions(
    consent: Consented,
    client: LiveClient,
    memberships: Awaited<ReturnType<Directory['teamsOf']>>,
  ): EffectiveAccess['permissions'] {
    const byConsent = narrowPermissions(PERMISSIONS, consent.scope);
    const byClient = client.status === 'enabled' ? narrowPermissions(PERMISSIONS, presetScope(client.access_preset)) : new Set();
    const counting = effectiveTeams(consent.team_ids, client, memberships);
    const byUser = effectivePermissions(counting, null);
    const result = effectivePermissions(counting, effectiveScope(consent.scope, client.access_preset));
    return PERMISSIONS.map((permission) => ({
      permission,
      consent: byConsent.has(permission),
      client: byClient.has(permission),
      user: byUser.has(permission),
      result: client.status === 'enabled' && result.has(permission),
    }));
  }

  /** What the live grants hold together; without any, what is remembered. */
  async #consented(client_id: string, user_id: string): Promise<Consented | null> {
    const rows = await this.dataSource.query<{ team_ids: string[]; scope: string }[]>(
      `SELECT g.team_ids, coalesce(g.narrowed_scope, g.scope) AS scope FROM ${GRANTS_WITH_OWNERS}
        WHERE g.client_id = $1 AND g.user_id = $2 AND ${GRANT_LIVE('$3')}
       UNION ALL
       SELECT k.team_ids, k.scope FROM consent k JOIN oauth_client c ON c.client_id = k.client_id AND c.consent_epoch = k.consent_epoch
         JOIN user_account u ON u.id = k.user_id AND u.epoch = k.user_epoch
        WHERE k.client_id = $1 AND k.user_id = $2`,
      [client_id, user_id, this.clock.bind()],
    );
    if (!rows.length) return null;
    const union = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())];
    return { team_ids: union(rows.map((row) => row.team_ids)), scope: union(rows.map((row) => parseScope(row.scope) ?? [])) };
  }

  /** Names of the teams; of another's only those of the organization that the actor acts in. */
  async #teams(ids: readonly string[], actor: Actor, mine: boolean): Promise<Omit<NamedTeam, 'organization_name'>[]> {
    return this.dataSource.query(
      `SELECT id, name, organization_id FROM team WHERE id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR organization_id = $2::uuid) ORDER BY name, id`,
      [ids, mine ? null : actor.organization_id],
    );
  }
}
