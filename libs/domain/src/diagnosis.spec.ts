import { diagnose, type InstallationFacts } from './diagnosis.js';

const SOUND: InstallationFacts = {
  restored: false,
  issuer: 'https://id.example',
  trusted_proxies: 1,
  server_version_num: 150_000,
  synchronous_commit: 'on',
  fsync: 'on',
  in_recovery: false,
  clock_skew_seconds: 0.1,
  pending_migrations: [],
  unknown_migrations: [],
  acts_as_owner: false,
  secret_keys: 1,
  sealed_by: [{ what: 'signing key k1', key_index: 0 }],
  signing_key_age_seconds: 0,
  unsealed_age_seconds: null,
  dead_letters: [],
  stream_failure: null,
};
const DAY = 86_400;

const told = (changed: Partial<InstallationFacts>) =>
  diagnose({ ...SOUND, ...changed })
    .filter(({ level }) => level !== 'ok')
    .map(({ level, text }) => `${level}: ${text}`);

it('finds nothing to say about a sound installation', () => {
  expect(told({})).toEqual([]);
});

it.each<[Partial<InstallationFacts>, string]>([
  [{ server_version_num: 149_999 }, 'fault: PostgreSQL is older'],
  [{ in_recovery: true }, 'fault: The database is a standby'],
  [{ synchronous_commit: 'off' }, 'fault: A crash may bring revoked access back'],
  [{ fsync: 'off' }, 'fault: A crash may bring revoked access back'],
  [{ clock_skew_seconds: -2.1 }, 'note: The clocks of this machine and the database differ by 2.1'],
  [{ acts_as_owner: true }, 'note: The server’s login acts as the owner'],
  [{ unknown_migrations: ['Later2000'] }, 'fault: The database was migrated by a newer version (Later2000)'],
  [{ pending_migrations: ['Next1999'] }, 'note: The next start runs Next1999'],
  [{ sealed_by: [{ what: 'the audit key', key_index: null }] }, 'fault: SECRET_KEY lacks the key that sealed the audit key'],
  [
    { secret_keys: 2, sealed_by: [{ what: 'signing key k1', key_index: 1 }] },
    'note: Do not drop an old key of SECRET_KEY yet: signing key k1',
  ],
  [{ secret_keys: 2 }, 'note: All that is sealed is sealed under the first key.'],
  [{ signing_key_age_seconds: null }, 'note: There is no signing key'],
  [{ signing_key_age_seconds: 91 * DAY + 1 }, 'fault: The signing key signs for 91 days'],
  [{ unsealed_age_seconds: 301 }, 'fault: The oldest entry of the audit log'],
  [{ signing_key_age_seconds: 91 * DAY + 1, restored: true }, 'note: The signing key signs for 91 days'],
  [{ unsealed_age_seconds: 301, restored: true }, 'note: The oldest entry of the audit log'],
  [{ sealed_by: [{ what: 'the audit key', key_index: null }], restored: true }, 'fault: SECRET_KEY lacks the key'],
  [
    { dead_letters: [{ reason: 'it answered 400' }] },
    'fault: The receiver of the audit stream refused a batch of events (it answered 400)',
  ],
  [{ dead_letters: [{ reason: 'x' }, { reason: 'y' }] }, 'fault: The receiver of the audit stream refused 2 batches of events (y)'],
  [{ stream_failure: 'it answered 503' }, 'note: The audit stream waits for its receiver: it answered 503'],
  [{ issuer: 'http://localhost:3000' }, 'note: http://localhost:3000 is plain http'],
  [{ trusted_proxies: 0 }, 'note: The issuer is https, so a proxy'],
])('tells of %j', (changed, beginning) => {
  expect(told(changed)).toEqual([expect.stringContaining(beginning)]);
});

it.each<Partial<InstallationFacts>>([
  { clock_skew_seconds: 2 },
  { signing_key_age_seconds: 91 * DAY },
  { unsealed_age_seconds: 300 },
  { synchronous_commit: 'remote_apply' },
])('says nothing of %j, just inside of the bound', (changed) => {
  expect(told(changed)).toEqual([]);
});
