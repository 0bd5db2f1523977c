import { INCIDENT_ACTIONS, WAITING_ROWS_COUNTED } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Family, labelled, MetricFamilies, only, type Sample } from '../platform/metrics/families.js';
import { reading } from '../platform/metrics/reading.js';
import { AuditSeals } from './audit-seals.js';
import { AuditStream } from './audit-stream.js';
import { readHead } from './chain-store.js';
import { type Place, streamProgress } from './stream-store.js';

const BEHIND = `
SELECT count(*)::integer AS rows, coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8 AS age
  FROM (SELECT at FROM audit_event WHERE (position, id) > ($1::bigint, $2::uuid) ORDER BY position, id LIMIT ${WAITING_ROWS_COUNTED}) a`;

interface Waiting {
  readonly rows: number;
  /** Of the oldest, in seconds. */
  readonly age: number;
}

/** What the log can tell of itself. */
@Injectable()
export class AuditMetrics {
  constructor(
    families: MetricFamilies,
    private readonly dataSource: DataSource,
    private readonly seals: AuditSeals,
    private readonly stream: AuditStream,
  ) {
    families.add(...this.#log(), ...this.#streaming());
  }

  #log(): Family[] {
    const unsealed = reading(() => this.#unsealed());
    return [
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
    ];
  }

  #streaming(): Family[] {
    const waiting = reading(() => this.#waiting());
    return [
      {
        name: 'behalf_audit_stream_events_total',
        help: 'Events of the audit log that the receiver of the stream has taken.',
        type: 'counter',
        aggregator: 'sum',
        read: () => only(this.stream.delivered_events),
      },
      {
        name: 'behalf_audit_stream_attempts_total',
        help: 'Batches that were sent, by what came of it: delivered, refused (4xx), or waiting for a receiver that is not able to.',
        type: 'counter',
        aggregator: 'sum',
        read: () => labelled('outcome', this.stream.attempts),
      },
      {
        name: 'behalf_audit_stream_waiting_events',
        help: 'Events that the stream has still to hand on; 10000 stands for that many or more.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only((await waiting()).rows),
      },
      {
        name: 'behalf_audit_stream_lag_seconds',
        help: 'Age of the oldest of them; 0 where there is none.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only((await waiting()).age),
      },
      {
        name: 'behalf_audit_dead_letters',
        help: 'Batches of events that the receiver refused, and that wait to be sent again by hand.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only((await waiting()).dead_letters),
      },
    ];
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

  async #unsealed(): Promise<Waiting> {
    const head = await readHead(this.dataSource.manager);
    return this.#behind(head);
  }

  /** What no seal holds yet waits too. */
  async #waiting(): Promise<Waiting & { dead_letters: number }> {
    const { place, dead_letters } = await streamProgress(this.dataSource.manager, this.stream.sink);
    return { dead_letters, ...(place ? await this.#behind(place) : { rows: 0, age: 0 }) };
  }

  async #behind({ position, event_id }: Place): Promise<Waiting> {
    const [row] = await this.dataSource.query<[Waiting]>(BEHIND, [position, event_id]);
    return row;
  }
}
