import { type AuditEvent, retryAfterSeconds, STREAM_TIMEOUT_SECONDS, type StreamOutcome, streamOutcome } from '@behalf/domain';
import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { StreamTarget } from '../platform/config.js';
import { writeWholeLines } from '../platform/worker-output.js';

const MILLISECONDS = 1000;

/** An event as it is handed on: as the export has it, and whose log it stands in. */
export type StreamedEvent = AuditEvent & { readonly organization_id: string | null };

export interface Batch {
  /** The same at each attempt, so that a receiver knows what it has. */
  readonly id: string;
  readonly events: readonly StreamedEvent[];
}

/** What came of an attempt, and why where it failed: never with what the receiver said, nor with its address. */
export interface Attempt {
  readonly outcome: StreamOutcome;
  readonly reason?: string;
  readonly retry_after?: number | null;
}

/** Hands a batch to wherever the log is streamed to; never rejects. */
export type Deliver = (batch: Batch) => Promise<Attempt>;

export function sinkOf(target: StreamTarget): Deliver {
  return target.sink === 'stdout' ? toStdout : (batch) => toWebhook(target, batch);
}

/** A line an event, beside the lines of the server's log and by the same pipe. */
async function toStdout({ events }: Batch): Promise<Attempt> {
  const impatience = setTimeout(STREAM_TIMEOUT_SECONDS * MILLISECONDS, WAITING, { ref: false });
  const written = writeWholeLines(events.map((event) => JSON.stringify({ audit_event: event })));
  return Promise.race([
    impatience,
    written.then(
      (): Attempt => ({ outcome: 'delivered' }),
      () => WAITING,
    ),
  ]);
}

const WAITING: Attempt = { outcome: 'waiting', reason: 'nobody reads the standard output' };

/** Signed as Standard Webhooks has it (standardwebhooks.com), once with each secret, so that one can be replaced. */
async function toWebhook({ url, secrets }: Extract<StreamTarget, { sink: 'webhook' }>, { id, events }: Batch): Promise<Attempt> {
  const body = JSON.stringify({ type: 'audit.events', timestamp: events.at(-1)!.at, data: { events } });
  const timestamp = String(Math.floor(Date.now() / MILLISECONDS));
  const signatures = secrets.map((secret) => `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length && { 'webhook-signature': signatures.join(' ') }),
  };
  try {
    const signal = AbortSignal.timeout(STREAM_TIMEOUT_SECONDS * MILLISECONDS);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    // What it says does not matter, and may be without end.
    await answer.body?.cancel();
    const outcome = streamOutcome(answer.status);
    if (outcome === 'delivered') return { outcome };
    const retry_after = retryAfterSeconds(answer.headers.get('retry-after'), answer.headers.get('date'));
    return { outcome, reason: `the receiver answered ${answer.status}`, retry_after };
  } catch (fault) {
    return { outcome: 'waiting', reason: `the receiver did not answer (${faultName(fault)})` };
  }
}

/** A code such as ECONNREFUSED; the message could name the address. */
function faultName(fault: unknown): string {
  const { name, cause } = fault as { name?: string; cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : (name ?? 'unknown fault');
}
