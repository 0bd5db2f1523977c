import { diagnose, type Finding, type InstallationFacts } from '@behalf/domain';
import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { sealedSecrets } from './audit/index.js';
import { joinInstallation, withDatabase } from './installation.js';
import { type Config, readConfig } from './platform/config.js';
import { unseal } from './platform/crypto.js';
import { MIGRATIONS } from './platform/database/migrations/index.js';
import { explainFault } from './platform/start-faults.js';
import { ownerDataSource } from './schema.js';

const MARKS: Record<Finding['level'], string> = { ok: 'ok   ', note: 'note ', fault: 'FAULT' };
const MILLISECONDS = 1000;

const STATE = `SELECT current_setting('server_version_num')::int AS server_version_num, current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('fsync') AS fsync, pg_is_in_recovery() AS in_recovery, extract(epoch FROM clock_timestamp())::float8 AS now,
  (SELECT tableowner = session_user FROM pg_tables WHERE schemaname = 'public' AND tablename = 'audit_event') AS one_login,
  (SELECT extract(epoch FROM clock_timestamp() - max(active_at))::float8 FROM signing_key) AS signing_key_age_seconds,
  (SELECT extract(epoch FROM clock_timestamp() - min(a.at))::float8 FROM audit_event a
    WHERE (a.position, a.id) > (SELECT position, event_id FROM audit_seal ORDER BY number DESC LIMIT 1)
       OR NOT EXISTS (SELECT FROM audit_seal)) AS unsealed_age_seconds`;

/** `behalf doctor`: looks at an installation beside its servers, and changes nothing. Exits with 1 where something is wrong. */
try {
  const { config, url, close } = await joinInstallation(readConfig(process.env));
  try {
    const findings = diagnose(await withDatabase(url, (dataSource) => gather(dataSource, config, url)));
    for (const { level, text } of findings) process.stdout.write(`${MARKS[level]} ${text}\n`);
    process.exitCode = findings.some(({ level }) => level === 'fault') ? 1 : 0;
  } finally {
    await close();
  }
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

type State = Omit<InstallationFacts, 'issuer' | 'trusted_proxies' | 'clock_skew_seconds' | 'pending_migrations' | 'unknown_migrations'> & {
  readonly now: number;
};

async function gather(dataSource: DataSource, config: Config, url: string): Promise<InstallationFacts> {
  const asked = Date.now();
  const [state] = await dataSource.query<[State]>(STATE);
  const here = (asked + Date.now()) / 2 / MILLISECONDS;
  const run = await migrationsOf(config.database_owner_url ?? url);
  const known = MIGRATIONS.map(({ name }) => name);
  const sealed = await sealedSecrets(dataSource.manager);
  return {
    ...state,
    issuer: config.issuer,
    trusted_proxies: config.trusted_proxies.length,
    clock_skew_seconds: state.now - here,
    one_login: state.one_login && (config.database_owner_url ?? url) === url,
    pending_migrations: known.filter((name) => !run.includes(name)),
    unknown_migrations: run.filter((name) => !known.includes(name)),
    secret_keys: config.secret_keys.length,
    sealed_by: sealed.map(({ what, label, secret }) => ({ what, key_index: unseal(config.secret_keys, label, secret)?.key_index ?? null })),
  };
}

/** The application's role has no business with them. */
async function migrationsOf(owner_url: string): Promise<string[]> {
  const owner = await ownerDataSource(owner_url).initialize();
  try {
    return (await owner.query<{ name: string }[]>('SELECT name FROM migrations')).map(({ name }) => name);
  } finally {
    await owner.destroy();
  }
}
