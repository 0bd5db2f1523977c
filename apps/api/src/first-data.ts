import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { hashPassword } from './session/index.js';
import { DEMO_ADMINISTRATOR, FIRST_ADMINISTRATOR_EMAIL, plantDemoData, plantFirstAdministrator } from './directory/index.js';
import { Clock } from './platform/clock.js';
import type { Config } from './platform/config.js';

const PASSWORD_BYTES = 12;

/**
 * Puts the first people into an empty database: demo users, or an invitation for the first administrator.
 *
 * @returns how to sign in, for the ready line; null where the people who are there know how
 */
export async function plantFirstData(dataSource: DataSource, config: Config): Promise<string | null> {
  const password = config.demo_password ?? randomBytes(PASSWORD_BYTES).toString('base64url');
  const hash = config.demo_data ? await hashPassword(password, config.bcrypt_cost) : null;
  return dataSource.transaction(async (tx) => {
    // Replicas that start together take turns; the second finds the people of the first.
    await tx.query('LOCK TABLE user_account IN SHARE ROW EXCLUSIVE MODE');
    const [row] = await tx.query<[{ empty: boolean }]>('SELECT NOT EXISTS (SELECT FROM user_account) AS empty');
    if (!row.empty) return config.demo_data ? `sign in as ${DEMO_ADMINISTRATOR} with the password of the first start` : null;
    if (hash) {
      await plantDemoData(tx, hash);
      return `sign in as ${DEMO_ADMINISTRATOR} with ${config.demo_password === undefined ? `the password ${password}` : 'DEMO_PASSWORD'}`;
    }
    const token = await plantFirstAdministrator(tx, new Clock());
    return `set the password of ${FIRST_ADMINISTRATOR_EMAIL}, the first administrator, at ${config.issuer}/invite#${token}`;
  });
}
