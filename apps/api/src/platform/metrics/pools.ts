import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BrowserConnections, HotConnections, PendingConnections, SettlingConnections } from '../database/batcher.js';
import { type Family, MetricFamilies, type Sample } from './families.js';

const BATCH_SIZE = 'behalf_database_batch_size';
const STATEMENT_DURATION = 'behalf_database_statement_duration_seconds';

/** How a pool stands at this moment; `waitingCount` are those who want a connection. */
type PoolState = HotConnections['state'];

/** What can be told of the pools, by their names. */
@Injectable()
export class Pools {
  readonly #lanes: Readonly<Record<string, HotConnections>>;

  constructor(
    families: MetricFamilies,
    private readonly dataSource: DataSource,
    @Inject(HotConnections) hot: HotConnections,
    @Inject(SettlingConnections) settling: SettlingConnections,
    @Inject(BrowserConnections) browsers: BrowserConnections,
    @Inject(PendingConnections) pending: PendingConnections,
  ) {
    this.#lanes = { hot, settling, browsers, pending };
    families.add(...this.#now(), ...this.#passed());
  }

  #now(): Family[] {
    return [
      {
        name: 'behalf_database_connections',
        help: 'Connections to PostgreSQL by pool and state: in use, or idle.',
        type: 'gauge',
        aggregator: 'sum',
        read: () => this.#states().flatMap(connectionsOf),
      },
      {
        name: 'behalf_database_waiting',
        help: 'Statements and batches that wait for a connection, by pool.',
        type: 'gauge',
        aggregator: 'sum',
        read: () => this.#states().map(([pool, { waitingCount }]) => ({ value: waitingCount, labels: { pool } })),
      },
    ];
  }

  #passed(): Family[] {
    return [
      {
        name: BATCH_SIZE,
        help: 'Requests that shared one statement, by pool.',
        type: 'histogram',
        aggregator: 'sum',
        read: () => Object.entries(this.#lanes).flatMap(([pool, { usage }]) => usage.batches.samples(BATCH_SIZE, { pool })),
      },
      {
        name: STATEMENT_DURATION,
        help: 'Time from when a prepared statement was sent to its result, by pool and name of the statement.',
        type: 'histogram',
        aggregator: 'sum',
        read: () => Object.entries(this.#lanes).flatMap(statementsOf),
      },
    ];
  }

  #states(): [string, PoolState][] {
    // What TypeORM calls its pool.
    const { master } = this.dataSource.driver as unknown as { readonly master: PoolState };
    return [...Object.entries(this.#lanes).map(([pool, { state }]): [string, PoolState] => [pool, state]), ['management', master]];
  }
}

function connectionsOf([pool, { totalCount, idleCount }]: [string, PoolState]): Sample[] {
  return [
    { value: totalCount - idleCount, labels: { pool, state: 'in_use' } },
    { value: idleCount, labels: { pool, state: 'idle' } },
  ];
}

function statementsOf([pool, { usage }]: [string, HotConnections]): Sample[] {
  return [...usage.statements].flatMap(([statement, histogram]) => histogram.samples(STATEMENT_DURATION, { pool, statement }));
}
