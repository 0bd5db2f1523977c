import type { LoggerService } from '@nestjs/common';
import type { FastifyBaseLogger } from 'fastify';
import pino, { type LoggerOptions } from 'pino';
import type { Config } from './config.js';

/** Whether answers are logged. */
export function logsAnswers({ log_level }: Pick<Config, 'log_level'>): boolean {
  return pino.levels.values[log_level]! <= pino.levels.values['info']!;
}

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
 * left goes out when the process ends, unless it is killed outright; the audit log's own rows do not depend on it.
 */
export function logStream(): LogStream {
  return (stream ??= pino.destination({
    fd: process.stdout.fd,
    sync: false,
    minLength: BUFFERED_BYTES,
    periodicFlush: FLUSH_MILLISECONDS,
  }));
}

type LogStream = ReturnType<typeof pino.destination>;
/** One for the process, or lines would get into each other. */
let stream: LogStream | undefined;

/** The patterns of routes as JSON, of which there are only so many. */
const written_routes = new Map<string, string>();

/** Lines of this turn of the event loop. */
let answers = '';

/**
 * Logs one answer, at the level `info`. Not by the logger, which takes as long for the one line that every request has as judging its
 * token does; and the lines of a turn go to the stream together, since it counts the bytes of all that it holds at each write.
 *
 * @param reqId a UUID
 * @param route a pattern of ours
 */
export function logAnswer(reqId: string, method: string, route: string | undefined, status: number, milliseconds: number): void {
  if (answers === '') setImmediate(writeAnswers);
  const ms = Math.round(milliseconds * 100) / 100;
  const named = route === undefined ? '' : `,"route":${written_routes.get(route) ?? writeRoute(route)}`;
  answers += `{"level":"info"${timestamp()},"reqId":"${reqId}","method":"${method}"${named},"status":${status},"ms":${ms}}\n`;
}

function writeAnswers(): void {
  logStream().write(answers);
  answers = '';
}

function writeRoute(route: string): string {
  const text = JSON.stringify(route);
  written_routes.set(route, text);
  return text;
}

/** What a pipe or a terminal says to a demand that its content be on a disk. */
const NO_DISK = new Set(['EINVAL', 'ENOTSUP']);

/**
 * Writes lines between those of the log, whatever the log's level.
 *
 * @returns once they have left the process
 * @throws Error where nobody reads any more
 */
export function writeLines(lines: readonly string[]): Promise<void> {
  const to = logStream();
  return new Promise((resolve, reject) => {
    for (const line of lines) to.write(`${line}\n`);
    to.flush((error?: NodeJS.ErrnoException | null) => (error && !NO_DISK.has(error.code ?? '') ? reject(error) : resolve()));
  });
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
