import 'reflect-metadata';
import { AuditLog, replayDeadLetters } from './audit/index.js';
import { joinInstallation, withDatabase } from './installation.js';
import { Clock } from './platform/clock.js';
import { type Config, ConfigError, readConfig } from './platform/config.js';
import { Listing } from './platform/database/listing.js';
import { Locations } from './platform/locations.js';
import { explainFault } from './platform/start-faults.js';

/** `behalf audit replay`: sends the batches that the receiver of the audit stream refused again. Exits with 1 where one is refused still. */
try {
  const { config, url, close } = await joinInstallation(readConfig(process.env));
  try {
    process.exitCode = (await replay(config, url)) ? 0 : 1;
  } finally {
    await close();
  }
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

/** @returns whether nothing is left */
async function replay(config: Config, url: string): Promise<boolean> {
  const target = config.audit_stream;
  if (!target) throw new ConfigError(['AUDIT_STREAM_URL is needed: it names where the events go']);
  return withDatabase(url, async (dataSource) => {
    const audit = new AuditLog(dataSource, new Listing(config), new Clock(), new Locations(config));
    let [taken, left] = [0, 0];
    for await (const { id, events, reason } of replayDeadLetters(dataSource, audit, target)) {
      if (reason === null) taken += events;
      else left += 1;
      process.stdout.write(`${id}: ${events} events ${reason === null ? 'were taken' : `were not taken: ${reason}`}\n`);
    }
    process.stdout.write(`${taken} events were taken; ${left} batches are left.\n`);
    return left === 0;
  });
}
