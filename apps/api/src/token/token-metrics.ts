import { SAMPLED_PAGES } from '@behalf/domain';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock.js';
import { MetricFamilies, only } from '../platform/metrics/families.js';
import { reading } from '../platform/metrics/reading.js';
import { GRANT_LIVE, OWNERS } from './grant-sql.js';

const SHARE = `
SELECT least(1, $1::float8 * current_setting('block_size')::bigint / greatest(1, pg_relation_size('authorization_grant'))) AS share`;

/** A sample of whole pages, so that it costs the same however many grants there are: exact where it takes in all of them. */
const LIVE = `
SELECT count(*)::float8 / $2::float8 AS live FROM authorization_grant g TABLESAMPLE SYSTEM ($2::float8 * 100) ${OWNERS} WHERE ${GRANT_LIVE('$1')}`;

const KEY_AGE = `
SELECT extract(epoch FROM now - max(active_at))::float8 AS age
  FROM signing_key, (SELECT coalesce($1::timestamptz, clock_timestamp()) AS now) t WHERE active_at <= now GROUP BY now`;

/** What the module's tables can tell. */
@Injectable()
export class TokenMetrics {
  constructor(
    families: MetricFamilies,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    const live = reading(() => this.#live());
    const key_age = reading(() => this.#keyAge());
    families.add(
      {
        name: 'behalf_live_grants',
        help: 'Grants whose tokens work, as estimated from a sample of at most 500 pages of their table; exact where it has fewer.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only(await live()),
      },
      {
        name: 'behalf_signing_key_age_seconds',
        help: 'Time for which the current signing key has signed.',
        type: 'gauge',
        aggregator: 'max',
        read: async () => only(await key_age()),
      },
    );
  }

  async #live(): Promise<number> {
    const [{ share }] = await this.dataSource.query<[{ share: number }]>(SHARE, [SAMPLED_PAGES]);
    const [{ live }] = await this.dataSource.query<[{ live: number }]>(LIVE, [this.clock.bind(), share]);
    return Math.round(live);
  }

  async #keyAge(): Promise<number> {
    const [row] = await this.dataSource.query<{ age: number }[]>(KEY_AGE, [this.clock.bind()]);
    return row?.age ?? 0;
  }
}
