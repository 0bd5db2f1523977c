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

const HEADER = [...FIELDS, 'user_id', 'user_email', 'user_name', 'changes'];

/** Writes events as they come: one JSON document a line, or RFC 4180 with a header line. */
export async function* exportLines(events: AsyncIterable<AuditEvent>, format: 'csv' | 'ndjson'): AsyncGenerator<string> {
  if (format === 'csv') yield `${HEADER.join(',')}\r\n`;
  for await (const event of events) yield format === 'csv' ? csvLine(event) : `${JSON.stringify(event)}\n`;
}

function csvLine(event: AuditEvent): string {
  const { user, changes } = event;
  const values = [...FIELDS.map((field) => event[field]), user?.id, user?.email, user?.name, changes && JSON.stringify(changes)];
  return `${values.map(cell).join(',')}\r\n`;
}

/** A leading =, +, - or @ would be run as a formula by a spreadsheet, so it is led by an apostrophe. */
function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : `${value as string | number}`;
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
