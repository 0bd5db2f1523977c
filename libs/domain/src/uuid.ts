const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID that PostgreSQL takes; of any version, since token ids are hashes. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}
