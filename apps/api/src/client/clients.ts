import {
  type Client,
  type ClientPreview,
  type ClientSettings,
  clientNotices,
  type CreatedClient,
  type Impact,
  type Page,
  type RiskCode,
  risksToConfirm,
} from '@behalf/domain';
import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import { Directory } from '../directory/index.js';
import type { Actor } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { CONFIG, type Config } from '../platform/config.js';
import { Listing, type ListQuery } from '../platform/database/listing.js';
import { Problem } from '../platform/problem.js';
import { CLIENT_COLUMNS, CLIENT_FROM, CLIENT_PLAN, clientConditions, type ClientFilter, type ClientRow } from './client-list.js';
import { isClientId, lockClient } from './client-rows.js';
import { changesOf, completeSettings, confirmationOf, demandSettings, judgeSettings, SETTINGS } from './client-settings.js';
import { ClientSecrets } from './client-secrets.js';
import { GrantUsage } from './grant-usage.js';
import { judgeResourcesIn } from './known-resources.js';
import { Resumptions } from './resumptions.js';

/** Lists count live tokens up to here; `1000` stands for as many or more. */
const LISTED_TOKENS_CAP = 1000;
const CLIENT_ID_BYTES = 15;

export interface ClientEdit {
  readonly changes: Partial<ClientSettings>;
  /** The version that the edit was based on. */
  readonly version: number;
  readonly confirmed_risks: readonly string[];
  readonly also_revoke_tokens: boolean;
}

/** Registered OAuth clients and their settings. */
@Injectable()
export class Clients {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly listing: Listing,
    private readonly directory: Directory,
    private readonly audit: AuditLog,
    private readonly secrets: ClientSecrets,
    private readonly usage: GrantUsage,
    private readonly resumptions: Resumptions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async list(organization_id: string, filter: ClientFilter, query: ListQuery): Promise<Page<Client>> {
    await this.resumptions.apply();
    const where = clientConditions(this.clock.bind(), organization_id, filter);
    const page = await this.listing.page<ClientRow>(this.dataSource.manager, CLIENT_PLAN, where, query, { organization_id, ...filter });
    const live = await this.usage.liveTokens(
      page.items.map(({ client_id }) => client_id),
      LISTED_TOKENS_CAP,
    );
    return { ...page, items: page.items.map((row) => toClient(row, live.get(row.client_id) ?? 0)) };
  }

  /** @throws Problem `not-found` for a client of another organization too */
  async get(organization_id: string, client_id: string): Promise<Client> {
    await this.resumptions.apply();
    const row = await this.#row(this.dataSource.manager, organization_id, client_id);
    return toClient(row, (await this.usage.liveTokens([client_id])).get(client_id) ?? 0);
  }

  /** Registers a client; its secret is in the answer once and nowhere else. */
  async create(actor: Actor, given: Partial<ClientSettings>, confirmed_risks: readonly string[]): Promise<CreatedClient> {
    const settings = completeSettings(given);
    const risks = await judgeSettings(actor, null, settings, confirmed_risks, { directory: this.directory, limits: this.config.limits });
    const { organization_id } = actor;
    const client_id = randomBytes(CLIENT_ID_BYTES).toString('base64url');
    return this.dataSource.transaction(async (tx) => {
      const columns = [...SETTINGS, 'client_id', 'organization_id', 'created_by'];
      const values = [...SETTINGS.map((name) => settings[name]), client_id, organization_id, actor.user.id];
      await tx.query(
        `INSERT INTO oauth_client (${columns.join(', ')}, created_at, updated_at)
         SELECT ${columns.map((_, index) => `$${index + 1}`).join(', ')}, t.now, t.now
           FROM (SELECT coalesce($${columns.length + 1}::timestamptz, clock_timestamp()) AS now) t`,
        [...values, this.clock.bind()],
      );
      if (settings.resources.length) await judgeResourcesIn(tx, organization_id);
      const client_secret = settings.client_type === 'confidential' ? await this.secrets.add(tx, client_id) : undefined;
      const changes = Object.fromEntries(SETTINGS.map((name) => [name, [null, settings[name]]] as const));
      const target = { target_type: 'oauth_client', target_id: client_id, target_name: settings.client_name };
      await this.audit.record(tx, {
        actor,
        organization_id,
        action: 'client.created',
        ...target,
        changes: { ...changes, ...confirmationOf(risks) },
      });
      const client = toClient(await this.#row(tx, organization_id, client_id), 0);
      return client_secret === undefined ? { client } : { client, client_secret };
    });
  }

  /**
   * Changes settings. What that revokes (refresh switched off, Multiple → Single) is an epoch that moves on, in the same update.
   *
   * @throws Problem `not-found`, `validation-failed`, `version-conflict` with the client as it is now, `confirmation-required`
   */
  async update(actor: Actor, client_id: string, { changes, version, confirmed_risks, also_revoke_tokens }: ClientEdit): Promise<Client> {
    const { organization_id } = actor;
    const current_version = await this.dataSource.transaction(async (tx) => {
      const before = await lockClient(tx, organization_id, client_id);
      if (before.version !== version) return before.version;
      const after = completeSettings(changes, before);
      const risks = await judgeSettings(actor, before, after, confirmed_risks, {
        directory: this.directory,
        limits: this.config.limits,
        tx,
      });
      await this.#store(tx, actor, before, after, { risks, revoke: also_revoke_tokens });
      return version;
    });
    const client = await this.get(organization_id, client_id);
    if (current_version !== version) throw new Problem('version-conflict', { members: { your_version: version, current: client } });
    return client;
  }

  /**
   * What an edit would do, with nothing stored.
   *
   * @throws Problem `not-found`; `validation-failed` for what could not be saved either
   */
  async preview(actor: Actor, client_id: string, changes: Partial<ClientSettings>): Promise<ClientPreview> {
    const before = await this.#row(this.dataSource.manager, actor.organization_id, client_id);
    const after = completeSettings(changes, before);
    await demandSettings(actor, before, after, { directory: this.directory, limits: this.config.limits });
    return { ...(await this.usage.preview(client_id, before, after)), risks: risksToConfirm(before, after, []) };
  }

  /** What pausing or deleting these clients would touch. @throws Problem `not-found` when one of them is not there */
  async impact(organization_id: string, client_ids: readonly string[]): Promise<Impact> {
    const ids = [...new Set(client_ids)];
    const [{ known }] = await this.dataSource.query<[{ known: number }]>(
      'SELECT count(*)::integer AS known FROM oauth_client WHERE client_id = ANY ($1::text[]) AND organization_id = $2',
      [ids.filter(isClientId), organization_id],
    );
    if (known !== ids.length) throw new Problem('not-found');
    return this.usage.impact(ids);
  }

  async #store(
    tx: EntityManager,
    actor: Actor,
    before: ClientSettings & { client_id: string },
    after: ClientSettings,
    { risks, revoke }: { risks: readonly RiskCode[]; revoke: boolean },
  ): Promise<void> {
    const changes = changesOf(before, after);
    if (!Object.keys(changes).length && !revoke) return;
    const assignments = SETTINGS.map((name, index) => `${name} = $${index + 5}`);
    await tx.query(
      `UPDATE oauth_client SET ${assignments.join(', ')}, epoch = epoch + $2::integer, refresh_epoch = refresh_epoch + $3::integer,
              multi_team_epoch = multi_team_epoch + $4::integer, version = version + 1,
              updated_at = coalesce($${SETTINGS.length + 5}::timestamptz, clock_timestamp())
        WHERE client_id = $1`,
      [
        before.client_id,
        revoke ? 1 : 0,
        before.issue_refresh_token && !after.issue_refresh_token ? 1 : 0,
        before.team_selection === 'multiple' && after.team_selection === 'single' ? 1 : 0,
        ...SETTINGS.map((name) => after[name]),
        this.clock.bind(),
      ],
    );
    if (after.resources.length) await judgeResourcesIn(tx, actor.organization_id);
    const target = { target_type: 'oauth_client', target_id: before.client_id, target_name: after.client_name };
    const entry = { actor, organization_id: actor.organization_id, action: 'client.updated', ...target } as const;
    await this.audit.record(tx, { ...entry, changes: { ...changes, ...confirmationOf(risks) }, reason: revoke ? 'tokens_revoked' : null });
  }

  async #row(tx: EntityManager, organization_id: string, client_id: string): Promise<ClientRow> {
    if (!isClientId(client_id)) throw new Problem('not-found');
    const text = `SELECT ${CLIENT_COLUMNS} FROM ${CLIENT_FROM} WHERE c.organization_id = $2 AND c.client_id = $3`;
    const [row] = await tx.query<ClientRow[]>(text, [this.clock.bind(), organization_id, client_id]);
    if (!row) throw new Problem('not-found');
    return row;
  }
}

function toClient({ organization_id: _organization, now, ...row }: ClientRow, live_tokens: number): Client {
  const last_used_at = row.last_used_at === null ? null : new Date(row.last_used_at);
  const notices = clientNotices(row, { last_used_at, created_at: new Date(row.created_at), now: new Date(now) });
  return { ...row, notices, live_tokens };
}
