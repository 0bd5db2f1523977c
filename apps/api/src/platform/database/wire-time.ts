/** SQL that writes a timestamptz as the wire does: ISO 8601, UTC, milliseconds. */
export const wireTime = (sql: string): string => `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
