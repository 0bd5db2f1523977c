import type { AuditEvent } from '@behalf/domain';

const FIELDS = [
  'id',
  'at',
  'action',
  'target_type',
  'target_id',
  'target_name',
  'team_id',
  'channel',
  'client_id',
  'client_name',
  'token_id',
  'ip_address',
  'user_agent',
  'result',
  'reason',
  'count',
] as const satisfies readonly (keyof AuditEvent)[];

const HEADER = [...FIELDS, 'user_id', 'user_email', 'user_name', 'changes', 'request_id', 'verdict'];

/** Characters that travel together: enough to be cheap, and little to hold. */
const PIECE = 65_536;

/** Writes events as they come: one JSON document a line, or RFC 4180 with a header line. */
export async function* exportText<Stored>(
  chunks: AsyncIterable<readonly Stored[]>,
  toEvent: (stored: Stored) => AuditEvent,
  format: 'csv' | 'ndjson',
): AsyncGenerator<string> {
  const line = format === 'csv' ? csvLine : (event: AuditEvent) => `${JSON.stringify(event)}\n`;
  if (format === 'csv') yield `${HEADER.join(',')}\r\n`;
  let text = '';
  for await (const chunk of chunks) {
    for (const stored of chunk) {
      text += line(toEvent(stored));
      if (text.length < PIECE) continue;
      yield text;
      text = '';
    }
  }
  if (text) yield text;
}

function csvLine(event: AuditEvent): string {
  const { user, changes, request_id, verdict } = event;
  const person = [user?.id, user?.email, user?.name];
  const values = [...FIELDS.map((field) => event[field]), ...person, changes && JSON.stringify(changes), request_id, verdict];
  return `${values.map(cell).join(',')}\r\n`;
}

/** A leading =, +, - or @ would be run as a formula by a spreadsheet, so it is led by an apostrophe. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : `${value as string | number}`;
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
