import { PostgresError } from '@behalf/postgres';
import { ConfigError } from './config.js';

/** One clear sentence for whatever stopped the start; the stack only where the fault is our own. */
export function explainFault(error: unknown): string[] {
  if (error instanceof ConfigError) return ['The configuration has faults:', ...error.faults.map((fault) => `  ${fault}.`)];
  if (error instanceof PostgresError) return [error.message];
  const { code, address, port } = (error ?? {}) as { code?: unknown; address?: string; port?: number };
  switch (code) {
    case 'EADDRINUSE':
      return [`Port ${port} on ${address} is in use by another program; choose another PORT.`];
    case 'EACCES':
      return port === undefined
        ? [`Access was refused: ${messageOf(error)}.`]
        : [`Port ${port} may not be used by this user; choose a PORT above 1023.`];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return [
        address
          ? `HOST ${address} is not an address of this machine.`
          : `A host name in DATABASE_URL or HOST cannot be resolved: ${messageOf(error)}.`,
      ];
    case 'ECONNREFUSED':
      return [`No PostgreSQL answers at the address in DATABASE_URL (${messageOf(error)}).`];
    case '28P01':
    case '28000':
      return [`PostgreSQL refused the user or password in DATABASE_URL: ${messageOf(error)}.`];
    case '25006':
      return ['The server in DATABASE_URL is a standby, which takes no writes: name the one that does, or every member of its cluster.'];
    case '3D000':
      return [`The database named in DATABASE_URL does not exist: ${messageOf(error)}.`];
    case '22023':
    case '42P01':
      return ['The database holds no tables of this version yet: start the server once.'];
    case '42501':
      return [
        `The database user lacks a privilege that the migrations need (DATABASE_OWNER_URL can name another one): ${messageOf(error)}.`,
      ];
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return [`${messageOf(error)}.`];
    default:
      return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message || ((error as { errors?: Error[] }).errors?.[0]?.message ?? error.name) : String(error);
}
