import 'reflect-metadata';
import { parseArgs } from 'node:util';
import type { DataSource } from 'typeorm';
import { AuditLog, SYSTEM } from './audit/index.js';
import { joinInstallation, withDatabase } from './installation.js';
import { Clock } from './platform/clock.js';
import { type Config, ConfigError, readConfig } from './platform/config.js';
import { Listing } from './platform/database/listing.js';
import { Locations } from './platform/locations.js';
import { explainFault } from './platform/start-faults.js';

/**
 * `behalf after-restore --yes`: a backup brings back what was revoked after it was taken, so whatever it holds ends. Run once,
 * before the first server is started on it.
 */
try {
  const { yes } = parseArgs({ options: { yes: { type: 'boolean', default: false } } }).values;
  if (!yes) throw new ConfigError(['every token, session and open link of this database would end; say so with --yes']);
  const { config, url, close } = await joinInstallation(readConfig(process.env));
  try {
    process.stdout.write(`${await withDatabase(url, (dataSource) => endAll(dataSource, config))}\n`);
  } finally {
    await close();
  }
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

/** Grants, consents, requests and sessions carry the epochs they began under; links have none, and a used one would be good again. */
async function endAll(dataSource: DataSource, config: Config): Promise<string> {
  const audit = new AuditLog(dataSource, new Listing(config), new Clock(), new Locations(config));
  return dataSource.transaction(async (tx) => {
    const counted = (sql: string) => tx.query<[unknown[], number]>(sql).then(([, count]) => count);
    const users = await counted('UPDATE user_account SET epoch = epoch + 1, session_epoch = session_epoch + 1');
    const clients = await counted('UPDATE oauth_client SET epoch = epoch + 1, consent_epoch = consent_epoch + 1');
    const links = await counted('DELETE FROM invitation');
    const entry = { actor: SYSTEM, organization_id: null, target_type: 'installation', reason: 'after_restore' };
    await audit.record(tx, { ...entry, action: 'token.revoked' }, { ...entry, action: 'session.ended' });
    return [
      `Ended every token of ${clients} clients and every session of ${users} users, and ${links} open invitation links.`,
      'Client secrets and passwords that were changed after the backup are the old ones again, and clients that were paused since may be enabled: look through both.',
    ].join('\n');
  });
}
