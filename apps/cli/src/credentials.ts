import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const OWNER_ALONE = 0o600;
const OWNER_DIRECTORY = 0o700;

/** What a sign-in left behind. */
export interface Credentials {
  readonly issuer: string;
  readonly client_id: string;
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly expires_at: number;
}

/** Where they are kept, by the XDG base directories unless a file is named. */
export function credentialsFile(named: string | undefined, environment: NodeJS.ProcessEnv): string {
  return named ?? join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'behalf', 'credentials.json');
}

/** Null where nobody has signed in. */
export function readCredentials(file: string): Credentials | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Credentials;
  } catch {
    return null;
  }
}

export function writeCredentials(file: string, credentials: Credentials): void {
  mkdirSync(dirname(file), { recursive: true, mode: OWNER_DIRECTORY });
  writeSecretFile(file, JSON.stringify(credentials));
}

/** Written beside, never over a file that is there, whose mode would stay, and moved into place: what was there is whole until then. */
export function writeSecretFile(file: string, text: string): void {
  const beside = `${file}.new`;
  rmSync(beside, { force: true });
  writeFileSync(beside, text, { mode: OWNER_ALONE, flag: 'wx' });
  renameSync(beside, file);
}

export function forgetCredentials(file: string): void {
  rmSync(file, { force: true });
}
