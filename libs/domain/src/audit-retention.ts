const DAY_MILLISECONDS = 86_400_000;

/** How long the audit log is kept where the server's setting says nothing else. */
export const AUDIT_RETENTION_DAYS = 365;
/** Months whose place in the log is made in advance, this one apart: a server that stays up never writes into none. */
export const AUDIT_MONTHS_AHEAD = 3;
/** How often months are made and dropped. */
export const AUDIT_UPKEEP_SECONDS = 3600;
/** Rows are sealed within this time of their commit. */
export const AUDIT_SEAL_SECONDS = 1;
/** Rows that wait longer than this to be sealed are worth a warning. */
export const AUDIT_SEAL_LATE_SECONDS = 60;
/** How often the head of the chain is written into the server's own log, where a database administrator cannot reach it. */
export const AUDIT_HEAD_LOG_SECONDS = 3600;

/** First instants, in UTC, of the month of `now` and of those that the log must have a place for already. */
export function auditMonthsNeeded(now: Date): Date[] {
  return Array.from({ length: AUDIT_MONTHS_AHEAD + 1 }, (_, ahead) => monthStart(now, ahead));
}

/**
 * From when on the log is kept: the start of the month, in UTC, in which the retention time began. Whole months go, so
 * an entry stays for at least `retention_days` and at most a month longer.
 */
export function auditKeptFrom(now: Date, retention_days: number): Date {
  return monthStart(new Date(now.getTime() - retention_days * DAY_MILLISECONDS));
}

function monthStart(instant: Date, ahead = 0): Date {
  return new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + ahead));
}
