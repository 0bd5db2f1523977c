import { type AuditReport, checkReportedEvents, type ReportedEvent } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditLog } from '../audit/index.js';
import type { LiveClient } from '../client/index.js';
import { Clock } from '../platform/clock.js';
import { sha256, uuidOf } from '../platform/crypto.js';
import { demandValid } from '../platform/problem.js';

interface ReportedGrant {
  readonly id: string;
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly client_id: string;
  readonly client_name: string;
  readonly team_ids: readonly string[];
  /** Seconds since the grant was made; nothing was done with it earlier. */
  readonly age: number;
}

// Ended ones too: what a token did before it was revoked is what the log is for. A code that was not exchanged has no token yet.
const GRANTS = `
SELECT g.id, jsonb_build_object('id', u.id, 'email', u.email, 'name', u.name) AS user, g.client_id, c.client_name, g.team_ids,
       extract(epoch FROM coalesce($3::timestamptz, clock_timestamp()) - g.created_at)::float8 AS age
  FROM authorization_grant g
  JOIN oauth_client c ON c.client_id = g.client_id
  JOIN user_account u ON u.id = g.user_id
 WHERE g.id = ANY ($1::uuid[]) AND c.organization_id = $2 AND g.generation > 0`;

/** What resource servers tell of the tokens that they were shown. */
@Injectable()
export class AuditReports {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes reported events under the user, client and token that they tell of; resolves after the commit. Who reported
   * stands in the row as its target, which the reporter cannot choose. An event of a team that its grant does not have (now)
   * stands under no team: refused, it would take the whole batch with it.
   *
   * @throws Problem `validation-failed`; nothing was written then
   */
  async record(reporter: LiveClient, events: readonly ReportedEvent[]): Promise<AuditReport> {
    demandValid(checkReportedEvents(events));
    const token_ids = [...new Set(events.map(({ token_id }) => token_id))];
    return this.dataSource.transaction(async (tx) => {
      const found = await tx.query<ReportedGrant[]>(GRANTS, [token_ids, reporter.organization_id, this.clock.bind()]);
      const grants = new Map(found.map((grant) => [grant.id, grant]));
      const entries = events.flatMap((event) => {
        const grant = grants.get(event.token_id);
        return grant ? [toEntry(reporter, event, grant)] : [];
      });
      await this.audit.recordOnce(tx, reporter.client_id, entries);
      return { recorded: entries.length, missing: token_ids.filter((id) => !grants.has(id)) };
    });
  }
}

/** A token acts on the teams of its grant and on no other; a team that the API only heard of from a caller goes into no log. */
function grantedTeam({ team_id }: ReportedEvent, { team_ids }: ReportedGrant): string | null {
  return team_ids.find((id) => id === team_id) ?? null;
}

function toEntry(reporter: LiveClient, event: ReportedEvent, grant: ReportedGrant) {
  const { operation, result, reason, ip_address = null, user_agent = null, count = 1, seconds_ago = 0 } = event;
  const { user, client_id, client_name, id: token_id } = grant;
  return {
    id: eventId(reporter.client_id, event.id),
    actor: { channel: 'oauth', user, client_id, client_name, token_id, origin: { ip_address, user_agent } },
    organization_id: reporter.organization_id,
    action: 'api.called',
    target_type: 'resource_server',
    target_id: reporter.client_id,
    target_name: operation,
    team_id: grantedTeam(event, grant),
    result,
    reason,
    count,
    seconds_ago: Math.max(0, Math.min(seconds_ago, grant.age)),
  } as const;
}

/** Derived from the reporter too, so that no reporter can take another event's id. */
function eventId(client_id: string, id: string): string {
  return uuidOf(sha256(`${client_id} ${id}`).toString('hex'));
}
