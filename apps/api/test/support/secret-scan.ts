import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { type Finding, Scanner } from './scanner.js';
import { type Message, REDIRECT, type Secret, secretsOf } from './secrets.js';

/** Environment variable that names the file in which a whole run keeps what was started and scanned. */
const SCANS = 'SECRET_SCANS';
const BATCH_ROWS = 5_000;
/** What is a secret, or a query of the flow, by its very form: where one stands the recorder need not have seen it. */
const FORMS = {
  handle: /bhf_[a-z]{2}_[\w-]{20,}/,
  jwt: /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\./,
  query: /[?&](code|state|code_challenge|request_id)=/,
};

/** What one scan looked for, how much it looked through, and what it found. */
export interface Scan {
  readonly secrets: number;
  readonly log_bytes: number;
  readonly row_bytes: number;
  readonly columns: number;
  readonly findings: readonly Finding[];
}

/** One line of the file of a whole run. */
export type ScanNote = { readonly database: string; readonly test: string } & (
  { readonly event: 'started' } | ({ readonly event: 'scanned'; readonly ms: number } & Scan)
);

/** Notes for the end of the run that a database came to be, or what its scan said. */
export function noteScan(note: ScanNote): void {
  const file = process.env[SCANS];
  if (file) appendFileSync(file, `${JSON.stringify(note)}\n`);
}

/** What the whole run has noted so far. */
export function readScanNotes(): ScanNote[] {
  const lines = readFileSync(process.env[SCANS]!, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as ScanNote);
}

/**
 * Searches what servers logged, and every column of every table of their database, for all that they were sent and answered.
 *
 * @param heard the file of `recordTraffic`; `hostile` where only its answers hold secrets
 * @param more secrets that do not travel
 */
export async function scanForSecrets(
  pool: pg.Pool,
  logs: string,
  { traffic, hostile }: { traffic: string; hostile: boolean },
  more: readonly Secret[],
): Promise<Scan> {
  const anywhere = new Scanner();
  const logged = new Scanner();
  const lines = existsSync(traffic) ? readFileSync(traffic, 'utf8').split('\n').filter(Boolean) : [];
  const messages = lines.map((line) => JSON.parse(line) as Message).filter(({ is_answer }) => is_answer || !hostile);
  for (const secret of [...more, ...secretsOf(messages)]) {
    (secret.kind === REDIRECT ? logged : anywhere).add(secret);
  }
  const findings = logFindings(logs, [anywhere, logged]);
  let row_bytes = 0;
  const columns = await readColumns(pool, (text, table, column) => {
    row_bytes += text.length;
    const scanners = table.startsWith('audit_event') ? [anywhere, logged] : [anywhere];
    findings.push(...findIn(text, `${table}.${column}`, scanners, [FORMS.handle, FORMS.jwt]));
  });
  return { secrets: anywhere.secrets + logged.secrets, log_bytes: logs.length, row_bytes, columns, findings };
}

/** What stands in a log that must not: what the scanners look for, and whatever has the form of a secret or of a query. */
export function logFindings(log: string, scanners: readonly Scanner[]): Finding[] {
  return findIn(log, 'log', scanners, Object.values(FORMS));
}

function findIn(text: string, place: string, scanners: readonly Scanner[], forms: readonly RegExp[]): Finding[] {
  const shaped = forms.flatMap((form) => form.exec(text)?.[0] ?? []).map((excerpt) => ({ kind: 'form', place, excerpt }));
  return [...scanners.flatMap((scanner) => scanner.find(text, place)), ...shaped];
}

/** Hands on every column of every table as text, a batch of rows at a time. @returns how many columns there are */
async function readColumns(pool: pg.Pool, read: (text: string, table: string, column: string) => void): Promise<number> {
  const { rows: columns } = await pool.query<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')
        AND data_type NOT IN ('uuid', 'boolean', 'smallint', 'integer', 'bigint', 'double precision', 'inet')
        AND data_type NOT LIKE 'timestamp%'
        AND NOT (SELECT relispartition FROM pg_class WHERE oid = format('%I.%I', table_schema, table_name)::regclass)`,
  );
  for (const table of new Set(columns.map(({ table_name }) => table_name))) {
    const own = columns.filter(({ table_name }) => table_name === table);
    await readTable(
      pool,
      table,
      own.map(({ column_name }) => column_name),
      read,
    );
  }
  return columns.length;
}

async function readTable(
  pool: pg.Pool,
  table: string,
  columns: readonly string[],
  read: (text: string, table: string, column: string) => void,
): Promise<void> {
  const connection = await pool.connect();
  try {
    await connection.query('BEGIN');
    const texts = columns.map((column) => `"${column}"::text`).join(', ');
    await connection.query(`DECLARE every_row NO SCROLL CURSOR FOR SELECT ${texts} FROM "${table}"`);
    for (let more = true; more;) {
      const { rows } = await connection.query<(string | null)[]>({ text: `FETCH ${BATCH_ROWS} FROM every_row`, rowMode: 'array' });
      columns.forEach((column, index) => read(rows.map((row) => row[index] ?? '').join('\n'), table, column));
      more = rows.length === BATCH_ROWS;
    }
    await connection.query('ROLLBACK');
  } finally {
    connection.release();
  }
}
