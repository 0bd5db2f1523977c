import { checkEmail, checkPassword, checkUserName, normalizeEmail } from '@behalf/domain';
import 'reflect-metadata';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createAdministrator } from './directory/index.js';
import { joinInstallation, withDatabase } from './installation.js';
import { ConfigError, readConfig } from './platform/config.js';
import { migrate } from './platform/database/migrate.js';
import { explainFault } from './platform/start-faults.js';
import { ownerDataSource } from './schema.js';
import { hashPassword } from './session/index.js';

/** What is typed at a terminal would stand on it, and in its scrollback. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY)
    throw new ConfigError([
      'password: it would show on this terminal; give it from a file (< password.txt) or a password manager (… | behalf admin create)',
    ]);
  return (await text(process.stdin)).replace(/\r?\n$/, '');
}

/** `behalf admin create --email … --name … [--force]`, with the password on the standard input, where no list of processes shows it. */
try {
  const {
    email = '',
    name = '',
    force,
  } = parseArgs({
    options: { email: { type: 'string' }, name: { type: 'string' }, force: { type: 'boolean', default: false } },
  }).values;
  const password = await readPassword();
  const address = normalizeEmail(email);
  const faults = [checkEmail(address), checkUserName(name), checkPassword(password)].filter((fault) => fault !== null);
  if (faults.length) throw new ConfigError(faults.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail.replace(/\.$/, '')}`));
  const given = readConfig(process.env);
  const { config, url, close } = await joinInstallation(given);
  try {
    await migrate(ownerDataSource(given.database_owner_url ?? url), url);
    const password_hash = await hashPassword(password, config.bcrypt_cost);
    const place = await withDatabase(url, (dataSource) =>
      dataSource.transaction((tx) => createAdministrator(tx, { email: address, name, password_hash }, force)),
    );
    if ('refused' in place) throw new ConfigError([place.refused]);
    process.stdout.write(`${address} is a Platform Admin of ${place.organization_name}. Sign in at ${config.issuer}/login.\n`);
  } finally {
    await close();
  }
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
