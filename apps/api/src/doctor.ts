import { diagnose, type Finding, type InstallationFacts } from '@behalf/domain';
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { deadLetters, sealedSecrets } from './audit/index.js';
import { joinInstallation, withDatabase } from './installation.js';
import { type Config, readConfig } from './platform/config.js';
import { unseal } from './platform/crypto.js';
import { AuditStream1765500000000 } from './platform/database/migrations/1765500000000-audit-stream.js';
import { MIGRATIONS } from './platform/database/migrations/index.js';
import { explainFault } from './platform/start-faults.js';
import { ownerDataSource } from './schema.js';

const MARKS: Record<Finding['level'], string> = { ok: 'ok   ', note: 'note ', fault: 'FAULT' };
const MILLISECONDS = 1000;

const STATE = `SELECT current_setting('server_version_num')::int AS server_version_num, current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('fsync') AS fsync, pg_is_in_recovery() AS in_recovery,
  (SELECT pg_has_role(session_user, tableowner, 'MEMBER') FROM pg_tables
    WHERE schemaname = 'public' AND tablename = 'audit_event') AS acts_as_owner,
  (SELECT extract(epoch FROM clock_timestamp() - max(active_at))::float8 FROM signing_key) AS signing_key_age_seconds`;

/** By itself: what takes time beside it would look like a difference of the clocks. */
const CLOCK = 'SELECT extract(epoch FROM clock_timestamp())::float8 AS now';

const LAST_SEALED = 'SELECT position, event_id FROM audit_seal ORDER BY number DESC LIMIT 1';
const UNSEALED = 'SELECT extract(epoch FROM clock_timestamp() - min(at))::float8 AS age_seconds FROM audit_event';

const STREAM_FAILURE = 'SELECT last_failure FROM audit_stream WHERE sink = $1 AND last_failure IS NOT NULL';

/** `backup check` passes on what is for the audit log's verification too. */
const { restored } = parseArgs({ options: { restored: { type: 'boolean' } }, strict: false }).values;

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

type State = Pick<
  InstallationFacts,
  'server_version_num' | 'synchronous_commit' | 'fsync' | 'in_recovery' | 'acts_as_owner' | 'signing_key_age_seconds'
>;

async function gather(dataSource: DataSource, config: Config, url: string): Promise<InstallationFacts> {
  const clock_skew_seconds = await clockSkewSeconds(dataSource);
  const [state] = await dataSource.query<[State]>(STATE);
  const run = await migrationsOf(config.database_owner_url ?? url);
  const known = MIGRATIONS.map(({ name }) => name);
  const sealed = await sealedSecrets(dataSource.manager);
  return {
    ...state,
    restored: restored === true,
    issuer: config.issuer,
    trusted_proxies: config.trusted_proxies.length,
    clock_skew_seconds,
    unsealed_age_seconds: await unsealedAgeSeconds(dataSource),
    ...(await streamFacts(dataSource, config, run)),
    pending_migrations: known.filter((name) => !run.includes(name)),
    unknown_migrations: run.filter((name) => !known.includes(name)),
    secret_keys: config.secret_keys.length,
    sealed_by: sealed.map(({ what, label, secret }) => ({ what, key_index: unseal(config.secret_keys, label, secret)?.key_index ?? null })),
  };
}

async function clockSkewSeconds(dataSource: DataSource): Promise<number> {
  const asked = Date.now();
  const [{ now }] = await dataSource.query<[{ now: number }]>(CLOCK);
  return now - (asked + Date.now()) / 2 / MILLISECONDS;
}

/** In two statements: with the place as a parameter, the rows after it are found by the index on it. */
async function unsealedAgeSeconds(dataSource: DataSource): Promise<number | null> {
  const [last] = await dataSource.query<{ position: string; event_id: string }[]>(LAST_SEALED);
  const [{ age_seconds }] = await (last
    ? dataSource.query<[{ age_seconds: number | null }]>(`${UNSEALED} WHERE (position, id) > ($1::bigint, $2::uuid)`, [
        last.position,
        last.event_id,
      ])
    : dataSource.query<[{ age_seconds: number | null }]>(UNSEALED));
  return age_seconds;
}

/** A database that was not migrated yet has no stream. */
async function streamFacts(dataSource: DataSource, { audit_stream }: Config, run: readonly string[]) {
  const none = { dead_letters: [], stream_failure: null };
  if (!run.includes(AuditStream1765500000000.name)) return none;
  const [failed] = await dataSource.query<{ last_failure: string }[]>(STREAM_FAILURE, [audit_stream?.sink ?? null]);
  return { dead_letters: await deadLetters(dataSource.manager), stream_failure: failed?.last_failure ?? null };
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
