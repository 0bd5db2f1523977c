import { Injectable } from '@nestjs/common';
import type { FastifyBaseLogger } from 'fastify';
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
  #log: FastifyBaseLogger | undefined;

  /** The log to write to, known once there is a server. */
  logTo(log: FastifyBaseLogger): void {
    this.#log = log;
  }

  /** Calls back with each answer from now on; it must be quick, and must not throw. */
  observe(observer: (answer: Answer) => void): void {
    this.#observers.push(observer);
  }

  tell(answer: Answer): void {
    const { call, method, route, status, milliseconds } = answer;
    // The server's own log and no child of it: making one for each request costs as much as the line.
    this.#log?.info({ reqId: call.id, method, route, status, ms: Math.round(milliseconds * 100) / 100 });
    for (const observe of this.#observers) observe(answer);
  }
}
