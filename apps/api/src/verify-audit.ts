import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { DataSource } from 'typeorm';
import { type Fault, openChainKey, verifyLog } from './audit/index.js';
import { joinInstallation } from './installation.js';
import { ConfigError, readConfig } from './platform/config.js';
import { explainFault } from './platform/start-faults.js';
import { membersOf, primaryClient } from './platform/database/members.js';
import { APP_ROLE } from './platform/database/migrate.js';
import { appDataSourceOptions } from './schema.js';

/** No limit of time: the rows that are not sealed yet are counted in one go. */
const READ_ONLY = { options: `-c role=${APP_ROLE} -c default_transaction_read_only=on` };

const HEAD = /^\d{1,18}:[0-9a-fA-F]{64}$/;

const FAULTS: Record<Fault['what'], string> = {
  changed: 'was changed after it was sealed',
  missing: 'is missing: it was deleted after it was sealed',
  added: 'was added: no seal holds it, although the log is sealed beyond it',
  'seal-changed': 'was changed, so nothing after it can be relied on',
  'seal-missing': 'is missing, so nothing after it can be relied on',
  'head-missing': 'is not in the chain: the log was cut off before it, or replaced',
};

/**
 * Checks the audit log against its seals, beside a running server or without one. Reads alone, as the API's role.
 * Exits with 0 where the log is whole, with 1 where it is not or could not be checked.
 */
async function main(): Promise<number> {
  const { head } = parseArgs({ options: { head: { type: 'string' } } }).values;
  if (head !== undefined && !HEAD.test(head)) throw new ConfigError(['--head must be NUMBER:DIGEST, as the server logs it']);
  const { config, url, close } = await joinInstallation(readConfig(process.env));
  try {
    return await verify(url, config.secret_keys, head);
  } finally {
    await close();
  }
}

async function verify(url: string, secret_keys: readonly Buffer[], noted: string | undefined): Promise<number> {
  // One server alone may be a standby too, since nothing is written.
  const extra = { ...READ_ONLY, ...(membersOf(url).length > 1 && { Client: primaryClient(url) }) };
  const dataSource = await new DataSource({ ...appDataSourceOptions(url), poolSize: 1, extra } as never).initialize();
  try {
    const key = await openChainKey(dataSource.manager, secret_keys);
    if (!key) {
      say('Nothing was sealed yet: start the server first.');
      return 1;
    }
    return report(await verifyLog(dataSource.manager, key, noted));
  } finally {
    await dataSource.destroy();
  }
}

function report({ events, months, unsealed, kept_from, head, fault }: Awaited<ReturnType<typeof verifyLog>>): number {
  if (fault) {
    say(`${subject(fault)} ${FAULTS[fault.what]}.`);
    say(`${count(events, 'entry', 'entries')} before it ${events === 1 ? 'is' : 'are'} as sealed.`);
    return 1;
  }
  const span = months.length ? ` (${months[0]} to ${months.at(-1)})` : '';
  say(`${count(events, 'entry', 'entries')} in ${count(months.length, 'month', 'months')}${span} checked; ${unsealed} not sealed yet.`);
  if (kept_from) say(`Entries from before ${kept_from} were dropped by retention.`);
  say(`Head of the chain: ${head.number}:${head.mac.toString('hex')}`);
  say('The audit log is whole.');
  return 0;
}

function subject(fault: Fault): string {
  if ('expected' in fault) return `The head ${fault.expected}`;
  return 'number' in fault ? `Seal ${fault.number}` : `Entry ${fault.id} of ${fault.at}, ${fault.action},`;
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

try {
  process.exitCode = await main();
} catch (error) {
  for (const line of explainFault(error)) process.stderr.write(`${line}\n`);
  process.exitCode = 1;
}
