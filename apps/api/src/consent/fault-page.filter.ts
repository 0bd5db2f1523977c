import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config.js';
import { logFault, toProblem } from '../platform/http/faults.js';
import { sendFaultPage, UNAVAILABLE_PAGE } from '../platform/http/pages.js';
import type { Reply, Request } from '../platform/http/request.js';

/** A fault of the authorization endpoint that must not redirect (RFC 6749 §4.1.2.1). */
export class FaultPage extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly text: string,
  ) {
    super(title);
  }
}

/** Shows faults on a page of our own, with the request id that finds the log line. */
@Catch()
@Injectable()
export class FaultPageFilter implements ExceptionFilter {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    if (!(thrown instanceof FaultPage)) logFault(thrown, request);
    const { status, title, text } = thrown instanceof FaultPage ? thrown : explain(thrown);
    if (status === 503) host.switchToHttp().getResponse<Reply>().header('retry-after', '1');
    sendFaultPage(host.switchToHttp().getResponse<Reply>(), status, title, text, this.config.issuer);
  }
}

function explain(thrown: unknown): FaultPage {
  const problem = toProblem(thrown);
  switch (problem.problem) {
    case 'not-found':
    case 'request-gone':
      return new FaultPage(
        400,
        'This request has ended',
        'It was answered already, took too long, or belongs to another browser. Start again from the application.',
      );
    case 'unavailable':
      return new FaultPage(UNAVAILABLE_PAGE.status, UNAVAILABLE_PAGE.title, UNAVAILABLE_PAGE.text);
    default:
      return new FaultPage(problem.status, 'Something went wrong', 'The fault is on our side and was written down under the ID below.');
  }
}
