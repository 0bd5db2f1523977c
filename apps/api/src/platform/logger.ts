import type { LoggerService } from '@nestjs/common';
import type { FastifyBaseLogger } from 'fastify';
import pino, { type DestinationStream, type LoggerOptions } from 'pino';
import type { Config } from './config.js';

/** Structured logs; requests are logged by route pattern alone, so that no query, header or body can reach them. */
export function loggerOptions(config: Pick<Config, 'log_level'>): LoggerOptions {
  return {
    level: config.log_level,
    base: null,
    messageKey: 'message',
    formatters: { level: (level) => ({ level }) },
    timestamp,
    serializers: { req: () => undefined, res: () => undefined, err: serializeError },
  };
}

let instant = 0;
let written = '';

/** Many lines share a millisecond, and writing it out costs as much as the rest of a short one. */
function timestamp(): string {
  const now = Date.now();
  if (now !== instant) {
    instant = now;
    written = `,"time":"${new Date(now).toISOString()}"`;
  }
  return written;
}

/** Just under the most that is written at once. */
const BUFFERED_BYTES = 15 * 1024;
const FLUSH_MILLISECONDS = 20;

/**
 * Lines go out together, a few milliseconds late: a system call for each of them costs a tenth of an introspection. What is
 * left goes out when the process ends, unless it is killed outright; the audit log does not come this way.
 */
export function logStream(): DestinationStream {
  return pino.destination({ fd: process.stdout.fd, sync: false, minLength: BUFFERED_BYTES, periodicFlush: FLUSH_MILLISECONDS });
}

/** Message, code and stack; not the other members, where drivers put statements and their parameters. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: 'a value that is no error was thrown' };
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: error.message,
    code: typeof code === 'string' ? code : undefined,
    stack: error.stack,
    cause: error.cause instanceof Error ? serializeError(error.cause) : undefined,
  };
}

/** Nest's own lines through the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: FastifyBaseLogger) {}

  log(message: unknown, ...context: unknown[]): void {
    this.logger.debug({ context: context.at(-1) }, String(message));
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.logger.warn({ context: context.at(-1) }, String(message));
  }

  error(message: unknown, ...context: unknown[]): void {
    this.logger.error({ context }, String(message));
  }
}
