import { connect } from 'node:net';

/** What a fuzzer puts on the wire: bytes, a pause in milliseconds, or the end of its side of the connection. */
export type Part = Buffer | number | 'end';

/** One answer as it came, with nothing merged or decoded that a client library would hide. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface Exchange {
  readonly answers: readonly RawAnswer[];
  /** Whatever came that is no HTTP/1.1 answer; empty where all is well. */
  readonly rest: string;
  /** From the last byte sent to the first byte that came; null where none came. */
  readonly wait_ms: number | null;
  readonly ended: 'closed' | 'reset' | 'refused' | 'deadline';
}

/** Later than this nothing of ours may be answered. */
export const ANSWER_DEADLINE_MS = 10_000;

/**
 * Sends bytes as they are over a connection of their own and gathers what comes until the server hangs up.
 *
 * @param patience_ms how long it may take in all, pauses included
 */
export async function exchange(
  port: number,
  parts: readonly Part[],
  { head = false, patience_ms = ANSWER_DEADLINE_MS }: { head?: boolean; patience_ms?: number } = {},
): Promise<Exchange> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
  const chunks: Buffer[] = [];
  let ended: Exchange['ended'] = 'closed';
  let sent_at = performance.now();
  let first_at: number | null = null;
  socket.on('data', (chunk) => {
    first_at ??= performance.now();
    chunks.push(chunk);
  });
  socket.on('end', () => socket.destroy());
  socket.on('error', (error: NodeJS.ErrnoException) => (ended = error.code === 'ECONNREFUSED' ? 'refused' : 'reset'));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const deadline = setTimeout(() => {
    ended = 'deadline';
    socket.destroy();
  }, patience_ms);
  for (const part of parts) {
    if (socket.destroyed) break;
    if (part === 'end') socket.end();
    else if (typeof part === 'number') await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, part))]);
    else socket.write(part);
    sent_at = performance.now();
  }
  await closed;
  clearTimeout(deadline);
  const wait_ms = first_at === null ? null : Math.max(0, first_at - sent_at);
  return { ...parseAnswers(Buffer.concat(chunks), head), wait_ms, ended };
}

/** @param head whether the first answer is one to HEAD, which has no body whatever its headers say (RFC 9112 §6.3) */
function parseAnswers(bytes: Buffer, head: boolean): Pick<Exchange, 'answers' | 'rest'> {
  const answers: RawAnswer[] = [];
  let rest = bytes;
  while (rest.length) {
    const end = rest.indexOf('\r\n\r\n');
    const [line = '', ...lines] = rest.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 ([1-5]\d\d) /.exec(line)?.[1]);
    if (end < 0 || !status) break;
    const headers = lines.map((each): [string, string] => {
      const colon = each.indexOf(':');
      return [each.slice(0, colon).toLowerCase(), each.slice(colon + 1).trim()];
    });
    const bodiless = status < 200 || status === 204 || status === 304 || (head && !answers.some((each) => each.status >= 200));
    const read = bodiless ? { body: Buffer.alloc(0), length: 0 } : readBody(rest.subarray(end + 4), headers);
    answers.push({ status, headers, body: read.body });
    rest = rest.subarray(end + 4 + read.length);
  }
  return { answers, rest: rest.toString('latin1') };
}

function readBody(bytes: Buffer, headers: readonly (readonly [string, string])[]): { body: Buffer; length: number } {
  const value = (name: string) => headers.find(([each]) => each === name)?.[1];
  if (value('transfer-encoding') !== 'chunked') {
    const length = Number(value('content-length') ?? bytes.length);
    return { body: bytes.subarray(0, length), length };
  }
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\r\n', at);
    const size = parseInt(bytes.subarray(at, end).toString('latin1'), 16);
    if (end < 0 || !(size >= 0)) return { body: Buffer.concat(chunks), length: bytes.length };
    chunks.push(bytes.subarray(end + 2, end + 2 + size));
    at = end + 2 + size + 2;
    if (size === 0) return { body: Buffer.concat(chunks), length: at };
  }
}
