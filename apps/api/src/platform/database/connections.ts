import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { HotConnections, SettlingConnections } from './batcher.js';
import { APP_ROLE } from './migrate.js';

const HOT = 2;
const SETTLING = 4;

/** Time limits of statements are the server's: a limit of the driver's would leave a write's outcome unknown. */
const HOT_LIMITS = '-c statement_timeout=5s -c lock_timeout=2s';

/** The lanes of the batched statements. */
export function hotConnections(url: string): HotConnections {
  return new HotConnections({
    connectionString: url,
    max: HOT,
    application_name: 'behalf hot',
    options: `-c role=${APP_ROLE} ${HOT_LIMITS}`,
  });
}

/** For single statements that may wait on one row. */
export function settlingConnections(url: string): SettlingConnections {
  return new SettlingConnections({
    connectionString: url,
    max: SETTLING,
    application_name: 'behalf settling',
    options: `-c role=${APP_ROLE} ${HOT_LIMITS}`,
  });
}

/** Closes the connections once every module has flushed what it held. */
@Injectable()
export class ConnectionsCloser implements OnApplicationShutdown {
  constructor(
    @Inject(HotConnections) private readonly hot: HotConnections,
    @Inject(SettlingConnections) private readonly settling: SettlingConnections,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.hot.close(), this.settling.close()]);
  }
}
