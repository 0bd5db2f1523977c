import { Logger } from '@nestjs/common';

/** Something that is done again and again in the background: never two at once, never keeping the process alive. */
export class Round {
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /**
   * @param what in words, for the log line of a round that failed; the next one tries again
   * @param every milliseconds from one start to the next
   */
  constructor(
    private readonly what: string,
    private readonly every: number,
    private readonly run: () => Promise<void>,
  ) {
    this.#logger = new Logger(what);
  }

  start(): void {
    this.#timer = setInterval(() => void this.once(), this.every).unref();
  }

  /** Stops; resolves when a round that was under way has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  /** Runs a round now, unless one is under way. */
  async once(): Promise<void> {
    this.#running ??= this.run()
      .catch((error: unknown) => this.#logger.warn(`${this.what} failed: ${error instanceof Error ? error.message : 'unknown fault'}`))
      .finally(() => (this.#running = undefined));
    await this.#running;
  }
}
