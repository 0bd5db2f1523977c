import { type AuditAction, type AuditEvent, incidentUses, incidentVerdict, type Page } from '@behalf/domain';
import { Injectable, Optional } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { AccessLog } from '../platform/access/access-log.js';
import type { Actor, ClientActor, Origin } from '../platform/actor.js';
import { Clock } from '../platform/clock.js';
import { Listing, type ListQuery } from '../platform/database/listing.js';
import { Locations } from '../platform/locations.js';
import { Problem } from '../platform/problem.js';
import { exportText } from './audit-export.js';
import { AUDIT_PLAN, type AuditFilter, auditConditions } from './audit-list.js';
import { RequestEvents } from './request-events.js';
import type { StreamedEvent } from './stream-sinks.js';
import type { StoredStreamedEvent } from './stream-store.js';

/** Who did something, where no Actor stands for it: a sign-in under way, the system, a client without a user. */
export interface AuditSource {
  readonly channel: 'ui' | 'oauth' | 'system';
  readonly user: { readonly id: string; readonly email: string; readonly name: string } | null;
  readonly client_id: string | null;
  readonly client_name: string | null;
  readonly token_id: string | null;
  readonly origin: Partial<Origin>;
}

/** What the server does on its own. */
export const SYSTEM: AuditSource = { channel: 'system', user: null, client_id: null, client_name: null, token_id: null, origin: {} };

/** Something that happened. It never holds a secret. */
export interface AuditEntry {
  /** Where it comes from somebody else, who may send it again; else a new one. */
  readonly id?: string;
  readonly actor: Actor | AuditSource;
  /** Whose log it stands in; null for what belongs to no organization. */
  readonly organization_id: string | null;
  readonly action: AuditAction;
  readonly target_type?: string | null;
  readonly target_id?: string | null;
  readonly target_name?: string | null;
  readonly team_id?: string | null;
  readonly result?: 'success' | 'denied' | 'failure';
  readonly reason?: string | null;
  readonly count?: number;
  /** Each changed field with its value before and after. */
  readonly changes?: Record<string, readonly [unknown, unknown]> | null;
  /** How long ago it happened, for what was gathered in memory first. */
  readonly seconds_ago?: number;
}

/** The columns of an audit row, in the order in which the statements of all modules name them. */
const AUDIT_COLUMNS = `id, at, organization_id, user_id, user_email, user_name, action, target_type, target_id, target_name, team_id,
  channel, client_id, client_name, token_id, ip_address, user_agent, request_id, result, reason, count, changes`;

/**
 * Writes events, as one statement or as a part of one.
 *
 * @param now a placeholder for the clock's bind value
 * @param events a placeholder for what `eventsJson` makes
 * @param where keeps them back, where nothing was done
 */
export const insertEvents = (now: string, events: string, where = 'true'): string => `
INSERT INTO audit_event (${AUDIT_COLUMNS})
SELECT e.id, coalesce(${now}::timestamptz, clock_timestamp()) - make_interval(secs => e.seconds_ago), e.organization_id, e.user_id, e.user_email, e.user_name,
       e.action, e.target_type, e.target_id, e.target_name, e.team_id, e.channel, e.client_id, e.client_name, e.token_id, e.ip_address, e.user_agent,
       e.request_id, e.result, e.reason, e.count, e.changes
  FROM jsonb_to_recordset(${events}::jsonb) e(
       id uuid, seconds_ago float8, organization_id uuid, user_id uuid, user_email text, user_name text,
       action text, target_type text, target_id text, target_name text, team_id uuid, channel text, client_id text, client_name text, token_id uuid,
       ip_address inet, user_agent text, request_id uuid, result text, reason text, count integer, changes jsonb)
 WHERE ${where}`;

/** Events as `insertEvents` takes them. */
export const eventsJson = (...entries: readonly AuditEntry[]): string => JSON.stringify(entries.map(toRow));

const INSERT = insertEvents('$1', '$2');

/** First half of the advisory locks under which reported events are written. */
const REPORT_LOCK = 0x62686672;

/** The append-only log of what was done and what was denied. */
@Injectable()
export class AuditLog extends AccessLog {
  constructor(
    private readonly dataSource: DataSource,
    private readonly listing: Listing,
    private readonly clock: Clock,
    private readonly locations: Locations,
    /** Missing in a command, which answers no request. */
    @Optional() private readonly requests?: RequestEvents,
  ) {
    super();
  }

  /** Writes rows in the transaction of the change that they tell of. A request's first one is named in its answer. */
  async record(tx: EntityManager, ...entries: readonly AuditEntry[]): Promise<void> {
    const rows = entries.map(toRow);
    await tx.query(INSERT, [this.clock.bind(), JSON.stringify(rows)]);
    for (const { id, request_id } of rows) if (request_id !== undefined) this.requests?.writtenIn(tx, { request_id, event_id: id });
  }

  /**
   * Writes those rows that are not there yet, for events with an id of their own.
   *
   * @param writer whose events they are; only one transaction at a time writes for the same one
   * @throws Problem `unavailable` at once where another one does: whoever waited would hold a connection that all share
   */
  async recordOnce(tx: EntityManager, writer: string, entries: readonly (AuditEntry & { readonly id: string })[]): Promise<void> {
    const lock = 'SELECT pg_try_advisory_xact_lock($1, hashtext($2)) AS mine';
    const [{ mine }] = await tx.query<[{ mine: boolean }]>(lock, [REPORT_LOCK, writer]);
    if (!mine)
      throw new Problem('unavailable', { detail: 'Another report of the same client is being written.', headers: { 'retry-after': '1' } });
    const ids = entries.map(({ id }) => id);
    const known = await tx.query<{ id: string }[]>('SELECT id FROM audit_event WHERE id = ANY ($1::uuid[])', [ids]);
    const missing = entries.filter(({ id }) => !known.some((row) => row.id === id));
    if (missing.length) await this.record(tx, ...missing);
  }

  /** Stands in the log of the organization that the attempt was made in. */
  async denied(actor: Actor | ClientActor, route: string, problem: Problem, team_id: string | null): Promise<void> {
    await this.record(this.dataSource.manager, {
      actor,
      organization_id: problem.organization_id ?? actor.organization_id,
      team_id,
      action: 'access.denied',
      target_type: 'route',
      target_id: route,
      result: 'denied',
      reason: typeof problem.members['permission'] === 'string' ? problem.members['permission'] : problem.problem,
    });
  }

  /** One page of an organization's log, newest first. */
  async list(organization_id: string, { limit, cursor, sort, ...filter }: AuditFilter & ListQuery): Promise<Page<AuditEvent>> {
    const where = auditConditions(organization_id, filter);
    const query = { limit, cursor, sort };
    const page = await this.listing.page<StoredEvent>(this.dataSource.manager, AUDIT_PLAN, where, query, { organization_id, ...filter });
    return { ...page, items: page.items.map((stored) => this.#toEvent(stored)) };
  }

  /** All that a filter shows, as text that is read as fast as it is taken; between two reads no connection is held. */
  export(organization_id: string, filter: AuditFilter, format: 'csv' | 'ndjson'): AsyncGenerator<string> {
    const stored = this.listing.each<StoredEvent>(this.dataSource.manager, AUDIT_PLAN, () => auditConditions(organization_id, filter));
    return exportText(stored, (row) => this.#toEvent(row), format);
  }

  /** An event as it is handed on: as the export shows it, and whose log it stands in. */
  toStreamed({ position: _position, organization_id, ...stored }: StoredStreamedEvent): StreamedEvent {
    return { ...this.#toEvent(stored), organization_id };
  }

  #toEvent(stored: StoredEvent): AuditEvent {
    const addresses = [stored.ip_address, ...(incidentUses(stored) ?? []).map((use) => use.ip_address)].filter(
      (address) => address !== null,
    );
    const locations = Object.fromEntries(addresses.map((address) => [address, this.locations.of(address)]));
    return { ...stored, locations, verdict: incidentVerdict(stored)?.verdict ?? null };
  }
}

type StoredEvent = Omit<AuditEvent, 'verdict' | 'locations'>;

function toRow({ actor, ...entry }: AuditEntry) {
  const { user, channel, client_id, client_name, token_id, origin } = actor;
  const by = { user_id: user?.id, user_email: user?.email, user_name: user?.name, channel, client_id, client_name, token_id };
  return { seconds_ago: 0, result: 'success', count: 1, ...by, ...origin, ...entry, id: entry.id ?? randomUUID() };
}
