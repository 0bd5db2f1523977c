/** A fault of the machine or its files, told in one sentence that whoever started the program can act on. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError';
}

/** What a failed file operation means, in words. */
export function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission is denied';
    case 'EROFS':
      return 'its file system is read-only';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'no space is left';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'a file is in its way';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
