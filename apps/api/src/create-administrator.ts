import { checkEmail, checkPassword, checkUserName, normalizeEmail, type Violation } from '@behalf/domain';
import 'reflect-metadata';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { createAdministrator } from './directory/index.js';
import { askHidden, Interrupted } from './hidden-prompt.js';
import { joinInstallation, withDatabase } from './installation.js';
import { ConfigError, readConfig } from './platform/config.js';
import { migrate } from './platform/database/migrate.js';
import { explainFault } from './platform/start-faults.js';
import { ownerDataSource } from './schema.js';
import { hashPassword } from './session/index.js';

/** What a shell gives to a process that Ctrl-C ended: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

/** From a file or a password manager as it comes; asked for twice, unseen, where a person sits at a terminal. */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, '');
  const [password = '', again] = await askHidden(['Password: ', 'The same password again: ']);
  if (password !== again) throw new ConfigError(['password: what you typed the second time is not the same']);
  return password;
}

/**
 * `behalf admin create --email … --name … [--force]`, with the password on the standard input or typed unseen: a list of processes and a
 * shell's history show what is an argument.
 */
try {
  const {
    email = '',
    name = '',
    force,
  } = parseArgs({
    options: { email: { type: 'string' }, name: { type: 'string' }, force: { type: 'boolean', default: false } },
  }).values;
  const address = normalizeEmail(email);
  const given_faults = [checkEmail(address), checkUserName(name)];
  // Nobody types a password for nothing.
  if (process.stdin.isTTY) refuse(given_faults);
  const password = await readPassword();
  refuse([...given_faults, checkPassword(password)]);
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
  if (error instanceof Interrupted) process.exitCode = INTERRUPTED;
  else fail(error);
}

/** @throws ConfigError that names every fault */
function refuse(found: readonly (Violation | null)[]): void {
  const faults = found.filter((fault) => fault !== null);
  if (faults.length) throw new ConfigError(faults.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail.replace(/\.$/, '')}`));
}

function fail(error: unknown): void {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
