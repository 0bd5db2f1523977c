import pg from 'pg';

/**
 * A connection that gives up on a server which does not answer at all: its machine is gone, or the network swallows what is
 * sent. What a statement may take is the server's to say, so this limit lies above `statement_timeout`. That one ends where
 * PostgreSQL begins to commit: a commit that waits for the disk or for a standby has no limit but this one, and may be done
 * after it was given up. The connection is lost like any other then, and with it the outcome of a write: whoever sent one
 * reads before anything else.
 *
 * @param answer_milliseconds how long the server may take from the last statement that was sent
 */
export function boundedClient(answer_milliseconds: number): typeof pg.Client {
  return class BoundedClient extends pg.Client {
    #impatience: NodeJS.Timeout | undefined;

    constructor(config?: string | pg.ClientConfig) {
      super(config);
      for (const quiet of ['drain', 'end'] as const) this.on(quiet, () => this.#rest());
    }

    override query(...given: unknown[]): never {
      // Anew for each: a connection that is handed on at once under load is never heard to be quiet.
      if (this.#impatience) this.#impatience.refresh();
      else this.#impatience = setTimeout(() => this.#giveUp(), answer_milliseconds).unref();
      return (super.query as (...all: unknown[]) => never).apply(this, given);
    }

    #rest(): void {
      clearTimeout(this.#impatience);
      this.#impatience = undefined;
    }

    #giveUp(): void {
      this.connection.stream.destroy(Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' }));
    }
  };
}
