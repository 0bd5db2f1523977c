import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../config.js';
import { logAnswer, logsAnswers } from '../logger.js';
import type { Call } from './request.js';

/** A request that has its answer, by the route's pattern and never the URL: a query may hold codes and tokens. */
export interface Answer {
  readonly call: Call;
  readonly method: string;
  readonly route: string | undefined;
  readonly status: number;
  /** From the end of the headers to the end of the answer. */
  readonly milliseconds: number;
}

/** Where every answer comes by once it has left, whichever way its request was served: the log has its line of each. */
@Injectable()
export class Answered {
  readonly #observers: ((answer: Answer) => void)[] = [];
  readonly #logs: boolean;

  constructor(@Inject(CONFIG) config: Config) {
    this.#logs = logsAnswers(config);
  }

  /** Calls back with each answer from now on; it must be quick, and must not throw. */
  observe(observer: (answer: Answer) => void): void {
    this.#observers.push(observer);
  }

  tell(answer: Answer): void {
    const { call, method, route, status, milliseconds } = answer;
    if (this.#logs) logAnswer(call.id, method, route, status, milliseconds);
    for (const observe of this.#observers) observe(answer);
  }
}
