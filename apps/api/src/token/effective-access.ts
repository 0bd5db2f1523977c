import { type EffectiveAccess, explainAccess, formatScope, parseScope, type TeamRef, type UserRef, type UserStatus } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type LiveClient, LiveClients } from '../client/index.js';
import { Directory } from '../directory/index.js';
import { type Actor, requirePermission } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Problem } from '../platform/problem.js';
import { GRANT_LIVE, GRANTS_WITH_OWNERS } from './grant-sql.js';

/** Whose access is asked about; with a token's id that of this one alone. */
export interface AccessQuestion {
  readonly client_id: string;
  readonly user_id: string;
  readonly token_id?: string | undefined;
}

interface Consented {
  readonly basis: EffectiveAccess['basis'];
  readonly consents: readonly { readonly team_ids: readonly string[]; readonly scope: readonly string[] }[];
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
  async explain(actor: Actor, question: AccessQuestion): Promise<EffectiveAccess> {
    const mine = question.user_id === actor.user.id;
    const client = await this.clients.find(question.client_id);
    const here = client?.organization_id === actor.organization_id;
    if (!client || !(here || mine)) throw new Problem('not-found');
    // Before anything is looked up, or the refusal would tell whom and what there is.
    if (!mine) requirePermission(actor, 'SESSION_READ');
    const user = await this.#user(question.user_id);
    if (!user) throw new Problem('not-found');
    const { basis, consents } = await this.#consented(question);
    if (!here && basis === 'none') throw new Problem('not-found');
    const consented = consents.flatMap(({ team_ids }) => team_ids);
    // Of another's places elsewhere only those count here that they consented to.
    const memberships = (await this.directory.memberships(user.id)).filter(
      ({ team_id, organization_id }) => mine || organization_id === actor.organization_id || consented.includes(team_id),
    );
    if (!mine && basis === 'none' && !memberships.length) throw new Problem('not-found');
    const teams = await this.#teams([...consented, ...memberships.map(({ team_id }) => team_id)], mine ? null : actor.organization_id);
    const verdicts = explainAccess({ consents, client, user: { status: user.status, memberships }, teams });
    const consented_scope = parseScope(consents.flatMap(({ scope }) => scope).join(' ')) ?? [];
    const rests = { basis, live_tokens: basis === 'tokens' ? consents.length : 0, consented_scope: formatScope(consented_scope) };
    return { client: clientOf(client), user, ...rests, ...verdicts };
  }

  async #user(id: string): Promise<(UserRef & { status: UserStatus }) | null> {
    const [user] = await this.dataSource.query<(UserRef & { status: UserStatus })[]>(
      'SELECT id, email, name, status FROM user_account WHERE id = $1',
      [id],
    );
    return user ?? null;
  }

  /** What each live grant holds; without any, what is remembered. */
  async #consented({ client_id, user_id, token_id }: AccessQuestion): Promise<Consented> {
    const tokens = await this.dataSource.query<{ team_ids: string[]; scope: string }[]>(
      `SELECT g.team_ids, coalesce(g.narrowed_scope, g.scope) AS scope FROM ${GRANTS_WITH_OWNERS}
        WHERE g.client_id = $1 AND g.user_id = $2 AND ($4::uuid IS NULL OR g.id = $4::uuid) AND ${GRANT_LIVE('$3')}`,
      [client_id, user_id, this.clock.bind(), token_id ?? null],
    );
    if (tokens.length) return { basis: 'tokens', consents: tokens.map(toConsent) };
    if (token_id !== undefined) throw new Problem('not-found');
    const approvals = await this.dataSource.query<{ team_ids: string[]; scope: string }[]>(
      `SELECT k.team_ids, k.scope FROM consent k JOIN oauth_client c ON c.client_id = k.client_id AND c.consent_epoch = k.consent_epoch
         JOIN user_account u ON u.id = k.user_id AND u.epoch = k.user_epoch
        WHERE k.client_id = $1 AND k.user_id = $2`,
      [client_id, user_id],
    );
    return { basis: approvals.length ? 'approval' : 'none', consents: approvals.map(toConsent) };
  }

  /** Names of the teams; of another's only those of the organization that the actor acts in. */
  async #teams(ids: readonly string[], organization_id: string | null): Promise<TeamRef[]> {
    return this.dataSource.query<TeamRef[]>(
      `SELECT id, name, organization_id FROM team WHERE id = ANY ($1::uuid[]) AND ($2::uuid IS NULL OR organization_id = $2::uuid) ORDER BY name, id`,
      [ids, organization_id],
    );
  }
}

function toConsent({ team_ids, scope }: { team_ids: string[]; scope: string }): Consented['consents'][number] {
  return { team_ids, scope: parseScope(scope) ?? [] };
}

function clientOf({ client_id, client_name, status, access_preset, team_restrictions }: LiveClient): EffectiveAccess['client'] {
  const restricted = team_restrictions.team_ids.length + team_restrictions.organization_ids.length > 0;
  return { client_id, client_name, status, access_preset, restricted };
}
