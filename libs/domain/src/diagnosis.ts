import { SIGNING_KEY_LIFETIME_SECONDS } from './signing-key.js';
import { ACCESS_TOKEN_LIFETIME, formatLifetime, REFRESH_TOKEN_LIFETIME } from './token-lifetime.js';

/** What is known of an installation, gathered in one go. */
export interface InstallationFacts {
  /** The database was restored and no server was started on it yet, so that nothing has been kept up since the backup. */
  readonly restored: boolean;
  readonly issuer: string;
  readonly trusted_proxies: number;
  /** PostgreSQL's settings, by their names. */
  readonly server_version_num: number;
  readonly synchronous_commit: string;
  readonly fsync: string;
  readonly in_recovery: boolean;
  /** Of the database's clock to this machine's, in seconds. */
  readonly clock_skew_seconds: number;
  /** Migrations that the database lacks, and those that this version does not know. */
  readonly pending_migrations: readonly string[];
  readonly unknown_migrations: readonly string[];
  /** The application's login can act as the owner of the tables: it is that owner, a member of its role, or a superuser. */
  readonly acts_as_owner: boolean;
  /** Keys in SECRET_KEY, and by which of them each stored secret is sealed: null for none of them. */
  readonly secret_keys: number;
  readonly sealed_by: readonly { readonly what: string; readonly key_index: number | null }[];
  /** Of the newest signing key, since it began to sign; null where there is none. */
  readonly signing_key_age_seconds: number | null;
  /** Of the oldest audit row that no seal holds. */
  readonly unsealed_age_seconds: number | null;
  /** Batches that the receiver of the audit stream refused, in the order of the log. */
  readonly dead_letters: readonly { readonly reason: string }[];
  /** Why the audit stream waits; null where it does not. */
  readonly stream_failure: string | null;
}

/** `fault`: do something now; `note`: know it. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'fault';
  readonly text: string;
}

/** PostgreSQL 15, as it numbers itself. */
const LEAST_VERSION = 150_000;
/** Handles of a few seconds and sign-in times hold with this; nothing is judged by the process clock, logs are. */
const MAX_SKEW_SECONDS = 2;
/** A seal follows its rows within seconds; minutes mean that nobody seals. */
const MAX_UNSEALED_SECONDS = 300;
/** A next key is made a day ahead: one this much older than its time was never followed. */
const SIGNING_KEY_OVERDUE_SECONDS = SIGNING_KEY_LIFETIME_SECONDS + 86_400;

const ok = (text: string): Finding => ({ level: 'ok', text });
const note = (text: string): Finding => ({ level: 'note', text });
const fault = (text: string): Finding => ({ level: 'fault', text });

/** Says what is right about an installation, and what is not. */
export function diagnose(facts: InstallationFacts): Finding[] {
  return [
    ...database(facts),
    ...migrations(facts),
    ...secretKeys(facts),
    signingKey(facts),
    auditLog(facts),
    ...auditStream(facts),
    network(facts),
  ];
}

function database(facts: InstallationFacts): Finding[] {
  const skew = Math.abs(facts.clock_skew_seconds).toFixed(1);
  return [
    facts.server_version_num >= LEAST_VERSION ? ok('PostgreSQL is 15 or newer.') : fault('PostgreSQL is older than 15.'),
    facts.in_recovery
      ? fault('The database is a standby: a token could be judged by what is no longer true. Name the primary.')
      : ok('The database is the primary.'),
    facts.synchronous_commit !== 'off' && facts.fsync === 'on'
      ? ok(`What is committed is on disk (synchronous_commit = ${facts.synchronous_commit}).`)
      : fault(
          `A crash may bring revoked access back: synchronous_commit is ${facts.synchronous_commit}, fsync is ${facts.fsync}. Turn both on.`,
        ),
    Math.abs(facts.clock_skew_seconds) <= MAX_SKEW_SECONDS
      ? ok(`The clocks of this machine and the database differ by ${skew} seconds.`)
      : note(`The clocks of this machine and the database differ by ${skew} seconds. Only the database's judges; logs will mislead.`),
    facts.acts_as_owner
      ? note(
          'The server’s login acts as the owner of the tables (it is that owner, a member of its role, or a superuser): what guards the audit log then stops mistakes, not an intruder. DATABASE_OWNER_URL names another login for migrations.',
        )
      : ok('The server connects as a login that cannot alter the audit log.'),
  ];
}

function migrations({ pending_migrations, unknown_migrations }: InstallationFacts): Finding[] {
  if (unknown_migrations.length) return [fault(`The database was migrated by a newer version (${unknown_migrations.join(', ')}).`)];
  if (pending_migrations.length) return [note(`The next start runs ${pending_migrations.join(', ')}.`)];
  return [ok('The database has every migration of this version.')];
}

function secretKeys({ secret_keys, sealed_by }: InstallationFacts): Finding[] {
  const closed = sealed_by.filter(({ key_index }) => key_index === null).map(({ what }) => what);
  if (closed.length) return [fault(`SECRET_KEY lacks the key that sealed ${closed.join(', ')}: put it back at the end of the list.`)];
  if (secret_keys < 2) return [ok('SECRET_KEY holds one key, and it opens all that is sealed.')];
  const older = sealed_by.filter(({ key_index }) => key_index! > 0).map(({ what }) => what);
  if (older.length) return [note(`Do not drop an old key of SECRET_KEY yet: ${older.join(', ')} will be sealed anew at the next start.`)];
  const spans = [ACCESS_TOKEN_LIFETIME, REFRESH_TOKEN_LIFETIME].map(({ max }) => formatLifetime(max).toLowerCase());
  return [
    note(
      `All that is sealed is sealed under the first key. The others may be dropped once the tokens made under them have ended: at the latest ${spans[0]} (access) and ${spans[1]} (refresh) after the first key came to the front.`,
    ),
  ];
}

function signingKey({ signing_key_age_seconds: age, restored }: InstallationFacts): Finding {
  if (age === null) return note('There is no signing key yet: the first start makes one.');
  const days = `${Math.max(0, Math.floor(age / 86_400))} days`;
  if (age <= SIGNING_KEY_OVERDUE_SECONDS) return ok(`The newest signing key is ${days} old.`);
  const text = `The signing key signs for ${days} and was never followed`;
  return restored ? note(`${text}: the first start makes the next one.`) : fault(`${text}: no server is running that makes the next one.`);
}

function auditLog({ unsealed_age_seconds: age, restored }: InstallationFacts): Finding {
  if (age === null) return ok('Every entry of the audit log is sealed.');
  const text = `The oldest entry of the audit log that is not sealed yet is ${Math.floor(age)} seconds old`;
  if (age <= MAX_UNSEALED_SECONDS) return ok(`${text}.`);
  return restored ? note(`${text}: the first start seals it.`) : fault(`${text}: no server is running that seals it.`);
}

function auditStream({ dead_letters, stream_failure }: InstallationFacts): Finding[] {
  const findings: Finding[] = [];
  const last = dead_letters.at(-1);
  if (last)
    findings.push(
      fault(
        `The receiver of the audit stream refused ${dead_letters.length === 1 ? 'a batch' : `${dead_letters.length} batches`} of events (${last.reason}). Mend it, then run behalf audit replay.`,
      ),
    );
  if (stream_failure !== null)
    findings.push(note(`The audit stream waits for its receiver: ${stream_failure}. Nothing is lost meanwhile.`));
  return findings;
}

function network({ issuer, trusted_proxies }: InstallationFacts): Finding {
  if (issuer.startsWith('http:'))
    return note(`${issuer} is plain http, which is for this machine alone. Set ISSUER to an https address for others.`);
  if (!trusted_proxies)
    return note(
      'The issuer is https, so a proxy stands in front; without TRUSTED_PROXIES every address in the audit log and in the limits is the proxy’s.',
    );
  return ok('The issuer is https, and the proxy in front is trusted.');
}
