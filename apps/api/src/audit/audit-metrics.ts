import { INCIDENT_ACTIONS, WAITING_ROWS_COUNTED } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MetricFamilies, only, type Sample } from '../platform/metrics/families.js';
import { reading } from '../platform/metrics/reading.js';
import { AuditSeals } from './audit-seals.js';
import { readHead } from './chain-store.js';

const UNSEALED = `
SELECT count(*)::integer AS rows, coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS age
  FROM (SELECT at FROM audit_event WHERE (position, id) > ($1::bigint, $2::uuid) ORDER BY position, id LIMIT ${WAITING_ROWS_COUNTED}) a`;

/** What the log can tell of itself. */
@Injectable()
export class AuditMetrics {
  constructor(
    families: MetricFamilies,
    private readonly dataSource: DataSource,
    private readonly seals: AuditSeals,
  ) {
    const unsealed = reading(() => this.#unsealed());
    families.add(
      {
        name: 'behalf_audit_events_total',
        help: 'Rows of the audit log, by action and result, counted by the process that sealed them.',
        type: 'counter',
        aggregator: 'sum',
        read: () => this.#sealed(),
      },
      {
        name: 'behalf_incidents_total',
        help: 'Refresh tokens and codes that were used twice, and uses of a previous client secret (one an hour each), by action.',
        type: 'counter',
        aggregator: 'sum',
        read: () => INCIDENT_ACTIONS.map((action) => ({ value: this.#count(action), labels: { action } })),
      },
      {
        name: 'behalf_audit_unsealed_events',
        help: 'Rows of the audit log that no seal holds yet; 10000 stands for that many or more.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only((await unsealed()).rows),
      },
      {
        name: 'behalf_audit_unsealed_age_seconds',
        help: 'Age of the oldest of them; 0 where there is none.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only((await unsealed()).age),
      },
    );
  }

  #sealed(): Sample[] {
    return [...this.seals.sealed].map(([kind, value]) => {
      const [action = '', result = ''] = kind.split(' ');
      return { value, labels: { action, result } };
    });
  }

  /** Also where there was none yet: a reader that first meets a 1 has seen nothing grow. */
  #count(action: string): number {
    return this.#sealed().reduce((sum, { labels, value }) => (labels['action'] === action ? sum + value : sum), 0);
  }

  async #unsealed(): Promise<{ rows: number; age: number }> {
    const { position, event_id } = await readHead(this.dataSource.manager);
    const [row] = await this.dataSource.query<[{ rows: number; age: number }]>(UNSEALED, [position, event_id]);
    return row;
  }
}
