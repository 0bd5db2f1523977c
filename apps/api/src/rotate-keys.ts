import { formatLifetime, SIGNING_KEY_KEPT_SECONDS, SIGNING_KEYS_READ_SECONDS } from '@behalf/domain';
import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { AuditLog } from './audit/index.js';
import { joinInstallation, withDatabase } from './installation.js';
import { Clock } from './platform/clock.js';
import { type Config, readConfig } from './platform/config.js';
import { Listing } from './platform/database/listing.js';
import { Locations } from './platform/locations.js';
import { explainFault } from './platform/start-faults.js';
import { SigningKeyStore } from './token/index.js';

/** `npm run keys:rotate [-- --compromised]`: makes the next signing key, beside running servers or without one. */
try {
  const { values } = parseArgs({ options: { compromised: { type: 'boolean', default: false } } });
  const { config, url, close } = await joinInstallation(readConfig(process.env));
  try {
    process.stdout.write(`${await rotate(config, url, values.compromised)}\n`);
  } finally {
    await close();
  }
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}

/** @returns what was done, in words */
async function rotate(config: Config, url: string, compromised: boolean): Promise<string> {
  const key = await withDatabase(url, (dataSource) => {
    const clock = new Clock();
    const audit = new AuditLog(dataSource, new Listing(config), clock, new Locations(config));
    return new SigningKeyStore(dataSource, config, audit, clock).add(compromised ? 'compromised' : 'requested');
  });
  if (!key) return 'A new signing key is published already and waits for its turn: nothing was done.';
  if (compromised)
    return `Signing key ${key.kid} signs now, and all earlier ones are withdrawn; every process knows within ${SIGNING_KEYS_READ_SECONDS} seconds.`;
  const kept = formatLifetime(SIGNING_KEY_KEPT_SECONDS).toLowerCase();
  return `Signing key ${key.kid} is published now and signs from ${key.active_at.toISOString()}; the one before it is published for ${kept} more then.`;
}
