import cluster, { type Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { logStream, writeLines } from './logger.js';

const REQUEST = 'behalf:write-lines';
const ANSWER = 'behalf:lines-written';

interface WriteRequest {
  readonly type: typeof REQUEST;
  readonly id: string;
  readonly lines: readonly string[];
}

interface WriteAnswer {
  readonly type: typeof ANSWER;
  readonly id: string;
  readonly written: boolean;
}

/**
 * Has whole lines written to the standard output of the server. Of several workers the primary does it for all: a pipe takes apart
 * what is longer than PIPE_BUF when several processes write to it and its reader is slow (POSIX `write`).
 *
 * @returns once they have left the process that writes
 * @throws Error where nobody reads any more, or the primary is gone
 */
export function writeWholeLines(lines: readonly string[]): Promise<void> {
  return cluster.isWorker ? writeByPrimary(lines) : writeLines(lines);
}

function writeByPrimary(lines: readonly string[]): Promise<void> {
  const id = randomUUID();
  return new Promise((resolve, reject) => {
    const settle = (fault?: Error | null) => {
      process.off('message', hear).off('disconnect', lose);
      if (fault) reject(fault);
      else resolve();
    };
    const hear = (message: Partial<WriteAnswer> | undefined) => {
      if (message?.type === ANSWER && message.id === id)
        settle(message.written ? null : new Error('the primary could not write the lines'));
    };
    const lose = () => settle(new Error('the primary is gone'));
    process.on('message', hear).once('disconnect', lose);
    process.send!({ type: REQUEST, id, lines } satisfies WriteRequest, undefined, undefined, (fault) => void (fault && settle(fault)));
  });
}

/** Primary: is the only one that writes to the standard output. What workers write there themselves, their log, passes through it line by line. */
export function writeForWorkers(): void {
  cluster.on('message', (worker, message: Partial<WriteRequest> | undefined) => {
    if (message?.type !== REQUEST || message.lines === undefined || message.id === undefined) return;
    const { id } = message;
    writeLines(message.lines).then(
      () => answer(worker, { type: ANSWER, id, written: true }),
      () => answer(worker, { type: ANSWER, id, written: false }),
    );
  });
  cluster.on('fork', ({ process: { stdout, stderr } }) => {
    if (stdout) void passOn(stdout);
    stderr?.pipe(process.stderr, { end: false });
  });
}

function answer(worker: Worker, written: WriteAnswer): void {
  // Without a callback a worker that died this instant would end the primary.
  if (worker.isConnected()) worker.send(written, () => undefined);
}

/** No faster than they are read: who waits then is the worker, whose log waits in its own memory. */
async function passOn(output: Readable): Promise<void> {
  const to = logStream();
  let begun = '';
  output.setEncoding('utf8');
  for await (const text of output as AsyncIterable<string>) {
    const end = text.lastIndexOf('\n') + 1;
    const whole = end > 0 ? begun + text.slice(0, end) : '';
    begun = end > 0 ? text.slice(end) : begun + text;
    if (whole && !to.write(whole)) await once(to, 'drain');
  }
  if (begun) to.write(`${begun}\n`);
}
