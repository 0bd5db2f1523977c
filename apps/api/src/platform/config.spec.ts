import { randomBytes } from 'node:crypto';
import { ConfigError, readConfig } from './config.js';

const KEY = randomBytes(32).toString('base64url');
const DATABASE = { DATABASE_URL: 'postgres://a:b@db.test/behalf', SECRET_KEY: KEY };

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    return (error as ConfigError).faults;
  }
}

it.each<[string, Record<string, string>, RegExp | null]>([
  ['nothing at all', {}, null],
  ['an empty value counts as absent', { PORT: '' }, null],
  ['https anywhere', { ISSUER: 'https://id.company.com' }, null],
  ['http on loopback', { ISSUER: 'http://127.0.0.1:8080' }, null],
  ['http elsewhere (G-01)', { ISSUER: 'http://id.company.com' }, /^ISSUER must be https/],
  ['an issuer with a path', { ISSUER: 'https://company.com/id' }, /^ISSUER must have no path/],
  ['an issuer with a slash', { ISSUER: 'https://company.com/' }, /^ISSUER must not end with a slash/],
  ['an issuer with a query', { ISSUER: 'https://company.com?x' }, /^ISSUER must have no query/],
  ['an issuer in capitals', { ISSUER: 'https://Company.com' }, /^ISSUER must be written in its normal form/],
  ['a port that is none', { PORT: '65536' }, /^PORT must be a whole number/],
  ['port 0 without an issuer', { PORT: '0' }, /^ISSUER is required/],
  ['a database without a key', { DATABASE_URL: DATABASE.DATABASE_URL }, /^SECRET_KEY is required/],
  ['a database with a key', DATABASE, null],
  ['two keys', { ...DATABASE, SECRET_KEY: `${KEY}, ${randomBytes(32).toString('base64url')}` }, null],
  ['a key of 31 bytes', { ...DATABASE, SECRET_KEY: randomBytes(31).toString('base64url') }, /^SECRET_KEY must hold/],
  ['a key in base64', { ...DATABASE, SECRET_KEY: `${'+/'.repeat(21)}a=` }, /^SECRET_KEY must hold/],
  ['another database', { ...DATABASE, DATABASE_URL: 'mysql://a/b' }, /^DATABASE_URL must be a URL/],
  ['a replay window over a minute', { REFRESH_REPLAY_SECONDS: '61' }, /^REFRESH_REPLAY_SECONDS must be/],
  [
    'an idle time over the absolute one',
    { SESSION_IDLE_SECONDS: '100', SESSION_ABSOLUTE_SECONDS: '99' },
    /^SESSION_IDLE_SECONDS must not exceed/,
  ],
  ['proxies', { TRUSTED_PROXIES: '10.0.0.0/8, ::1' }, null],
  ['a proxy that is none', { TRUSTED_PROXIES: '10.0.0.0/33' }, /^TRUSTED_PROXIES must hold/],
  ['a level that is none', { LOG_LEVEL: 'loud' }, /^LOG_LEVEL/],
  ['metrics on a port of their own', { METRICS_PORT: '9464' }, null],
  ['metrics on the public port', { METRICS_PORT: '3000' }, /^METRICS_PORT must differ from PORT/],
  ['a receiver', { AUDIT_STREAM_URL: 'https://siem.company.com/hook', AUDIT_STREAM_SECRET: `whsec_${'A'.repeat(32)}` }, null],
  ['a receiver on loopback', { AUDIT_STREAM_URL: 'http://127.0.0.1:9000/' }, null],
  ['a receiver in the clear', { AUDIT_STREAM_URL: 'http://siem.company.com/' }, /^AUDIT_STREAM_URL must be https/],
  ['a receiver with a password', { AUDIT_STREAM_URL: 'https://a:b@siem.company.com/' }, /^AUDIT_STREAM_URL must have no user name/],
  ['two secrets', { AUDIT_STREAM_URL: 'https://a.test/', AUDIT_STREAM_SECRET: `whsec_${'A'.repeat(32)},whsec_${'B'.repeat(32)}` }, null],
  [
    'a secret of 23 bytes',
    { AUDIT_STREAM_URL: 'https://a.test/', AUDIT_STREAM_SECRET: `whsec_${'A'.repeat(31)}=` },
    /^AUDIT_STREAM_SECRET must/,
  ],
  ['a secret without a receiver', { AUDIT_STREAM_SECRET: `whsec_${'A'.repeat(32)}` }, /^AUDIT_STREAM_SECRET has no meaning/],
  ['two streams', { AUDIT_STREAM: 'stdout', AUDIT_STREAM_URL: 'https://a.test/' }, /exclude each other/],
  ['a stream to nowhere', { AUDIT_STREAM: 'kafka' }, /^AUDIT_STREAM must be one of/],
  ['a collector', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/', OTEL_TRACES_SAMPLER_ARG: '0.01' }, null],
  ['a share of more than all', { OTEL_TRACES_SAMPLER_ARG: '1.1' }, /^OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1/],
  ['a collector that is none', { OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be an http/],
  ['a mistyped variable', { BEHALF_PORT: '1' }, /^BEHALF_PORT is not a variable/],
])('%s', (_, environment, fault) => {
  const faults = faultsOf(environment);
  if (fault) expect(faults).toEqual([expect.stringMatching(fault)]);
  else expect(faults).toEqual([]);
});

it('tells every fault at once', () => {
  expect(faultsOf({ PORT: 'x', HOST: 'y', BCRYPT_COST: '2', SECRET_KEY: 'z' })).toHaveLength(3);
});

it('listens on one address where the name localhost is given, since Fastify would open a second server without bounds', () => {
  expect(['localhost', '::1', '0.0.0.0'].map((HOST) => readConfig({ HOST }).host)).toEqual(['127.0.0.1', '::1', '0.0.0.0']);
});

it('plants demo data by itself only with the embedded database on loopback', () => {
  expect(readConfig({}).demo_data).toBe(true);
  expect(readConfig({ ISSUER: 'https://id.company.com' }).demo_data).toBe(false);
  expect(readConfig(DATABASE).demo_data).toBe(false);
  expect(readConfig({ ...DATABASE, DEMO_DATA: '1' }).demo_data).toBe(true);
});
