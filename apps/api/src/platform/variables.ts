import {
  AUDIT_RETENTION_DAYS,
  DEFAULT_LIMITS,
  REFRESH_REPLAY_SECONDS,
  SESSION_ABSOLUTE_SECONDS,
  SESSION_IDLE_SECONDS,
  STREAM_SECRET_BYTES,
} from '@behalf/domain';
import { makeExactValidator, makeValidator, str } from 'envalid';
import { isIP } from 'node:net';
import { membersOf } from './database/members.js';

// What each variable of the environment may be, by itself; what several of them may be together is told by readConfig.

const integer = (min: number, max: number) =>
  makeValidator<number>((input) => {
    const value = /^\d{1,10}$/.test(input) ? Number(input) : NaN;
    if (!(value >= min && value <= max)) throw new Error(`must be a whole number from ${min} to ${max}`);
    return value;
  });

const flag = makeValidator<boolean>((input) => {
  if (input !== '0' && input !== '1') throw new Error('must be 0 or 1');
  return input === '1';
});

const issuerUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url) throw new Error('must be an absolute URL');
  if (url.search || url.hash || url.username || input.endsWith('?') || input.endsWith('#')) {
    throw new Error('must have no query, no fragment and no user name (RFC 8414 §2)');
  }
  if (input.endsWith('/')) throw new Error('must not end with a slash');
  if (url.pathname !== '/') throw new Error('must have no path: the admin app and the API share one origin');
  if (url.origin !== input) throw new Error(`must be written in its normal form, ${url.origin}`);
  if (url.protocol === 'http:' ? !isLoopbackHost(url.hostname) : url.protocol !== 'https:') {
    throw new Error('must be https (http only on a loopback host), or tokens would travel in the clear');
  }
  return input;
});

const databaseUrl = makeValidator<string>((input) => {
  membersOf(input);
  return input;
});

const secretKeys = makeExactValidator<Buffer[]>((input) =>
  input.split(',').map((value) => {
    const key = Buffer.from(value.trim(), 'base64url');
    if (key.length !== 32 || key.toString('base64url') !== value.trim().replace(/=$/, '')) {
      throw new Error('must hold comma-separated base64url values of exactly 32 bytes');
    }
    return key;
  }),
);

const proxies = makeExactValidator<string[]>((input) =>
  input.split(',').map((value) => {
    const [address, bits, ...rest] = value.trim().split('/');
    const family = isIP(address ?? '');
    const valid = family && !rest.length && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128)));
    if (!valid) throw new Error('must hold comma-separated addresses or CIDR ranges');
    return value.trim();
  }),
);

const webUrl = makeValidator<string>((input) => {
  if (!URL.canParse(input) || !/^(https?|mailto):$/.test(new URL(input).protocol)) throw new Error('must be an http, https or mailto URL');
  return input;
});

const collectorUrl = makeValidator<string>((input) => {
  if (!URL.canParse(input) || !/^https?:$/.test(new URL(input).protocol)) throw new Error('must be an http or https URL');
  return input.replace(/\/+$/, '');
});

const ratio = makeValidator<number>((input) => {
  const value = /^\d(\.\d{1,9})?$/.test(input) ? Number(input) : NaN;
  if (!(value <= 1)) throw new Error('must be a number from 0 to 1');
  return value;
});

const receiverUrl = makeValidator<string>((input) => {
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url) throw new Error('must be an absolute URL');
  if (url.username || url.password || url.hash) throw new Error('must have no user name, no password and no fragment');
  if (url.protocol === 'http:' ? !isLoopbackHost(url.hostname) : url.protocol !== 'https:') {
    throw new Error('must be https (http only on a loopback host): the audit log would travel in the clear');
  }
  return input;
});

const signingSecrets = makeExactValidator<Buffer[]>((input) =>
  input.split(',').map((value) => {
    const [, text = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value.trim()) ?? [];
    const secret = Buffer.from(text, 'base64');
    if (secret.length < STREAM_SECRET_BYTES.min || secret.length > STREAM_SECRET_BYTES.max || secret.toString('base64') !== text) {
      const { min, max } = STREAM_SECRET_BYTES;
      throw new Error(`must hold comma-separated values of whsec_ and ${min} to ${max} bytes in base64`);
    }
    return secret;
  }),
);

/** One line a variable: the table in docs/operations.md is made from this one. */
export const VARIABLES = {
  PORT: integer(0, 65_535)({ default: 3000, desc: 'Port to listen on; 0 picks a free one.' }),
  HOST: str({ default: '127.0.0.1', desc: 'Address to listen on; localhost is 127.0.0.1.' }),
  ISSUER: issuerUrl({ default: undefined, desc: 'Public origin of this server. Default: http://localhost:PORT.' }),
  DATABASE_URL: databaseUrl({
    default: undefined,
    desc: 'PostgreSQL 15 or newer, one or several members. Without it an embedded one runs in DATA_DIR.',
  }),
  DATABASE_OWNER_URL: databaseUrl({ default: undefined, desc: 'Who runs migrations and retention. Default: DATABASE_URL.' }),
  DATA_DIR: str({ default: '.data', desc: 'Where the embedded database and the generated key live.' }),
  DEMO_PASSWORD: str({ default: undefined, desc: 'Password of the demo users. Default: random, printed once.' }),
  DEMO_DATA: flag({ default: undefined, desc: 'Plant demo data. Default: 1 with the embedded database on a loopback issuer, else 0.' }),
  SECRET_KEY: secretKeys({ default: undefined, desc: 'Keys of 32 bytes in base64url, comma-separated, the current one first.' }),
  MIN_TOKEN_LIFETIME_SECONDS: integer(
    1,
    DEFAULT_LIMITS.min_access_seconds,
  )({
    default: undefined,
    desc: 'Lowers the minimum of both token lifetimes (for tests).',
  }),
  REFRESH_REPLAY_SECONDS: integer(
    0,
    REFRESH_REPLAY_SECONDS.max,
  )({
    default: REFRESH_REPLAY_SECONDS.default,
    desc: 'How long the previous refresh token gets the same answer again; 0 is strict.',
  }),
  SIGN_IN_FAILURES: integer(
    0,
    1_000_000,
  )({ default: 10, desc: 'Wrong passwords for one account from one address; 0 turns the limit off.' }),
  CLIENT_FAILURES: integer(0, 1_000_000)({ default: 50, desc: 'Failed client authentications from one address; 0 turns the limit off.' }),
  SESSION_IDLE_SECONDS: integer(
    1,
    SESSION_ABSOLUTE_SECONDS,
  )({ default: SESSION_IDLE_SECONDS, desc: 'A browser session ends after this idle time.' }),
  SESSION_ABSOLUTE_SECONDS: integer(
    1,
    100 * SESSION_ABSOLUTE_SECONDS,
  )({
    default: SESSION_ABSOLUTE_SECONDS,
    desc: 'A browser session ends after this time in any case.',
  }),
  GEOIP_DATABASE: str({ default: undefined, desc: 'An .mmdb file for locations.' }),
  SUPPORT_URL: webUrl({ default: undefined, desc: 'Whom to ask for a permission.' }),
  AUDIT_RETENTION_DAYS: integer(1, 36_500)({ default: AUDIT_RETENTION_DAYS, desc: 'How long the audit log is kept.' }),
  WEB_CONCURRENCY: integer(1, 256)({ default: 1, desc: 'Worker processes on this machine.' }),
  LOG_LEVEL: str({
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    desc: 'Least severe level that is logged.',
  }),
  BCRYPT_COST: integer(4, 16)({ default: 12, desc: 'Cost of password hashes; lower it only in tests.' }),
  TRUSTED_PROXIES: proxies({ default: undefined, desc: 'Proxies whose X-Forwarded-For is believed.' }),
  AUDIT_STREAM: str({
    default: undefined,
    choices: ['stdout'],
    desc: 'stdout: write each audit event as a line of JSON to the standard output.',
  }),
  AUDIT_STREAM_URL: receiverUrl({ default: undefined, desc: 'Send audit events to this webhook, in order and at least once.' }),
  AUDIT_STREAM_SECRET: signingSecrets({
    default: undefined,
    desc: 'Signs what AUDIT_STREAM_URL is sent (Standard Webhooks): whsec_ and base64, comma-separated while one replaces another.',
  }),
  METRICS_PORT: integer(1, 65_535)({ default: undefined, desc: 'Port of GET /metrics, in the format of Prometheus. Default: none.' }),
  METRICS_HOST: str({ default: '127.0.0.1', desc: 'Address that METRICS_PORT is opened on.' }),
  OTEL_EXPORTER_OTLP_ENDPOINT: collectorUrl({
    default: undefined,
    desc: 'Send traces to this collector, as OTLP over HTTP in JSON. Default: none.',
  }),
  OTEL_TRACES_SAMPLER_ARG: ratio({ default: 1, desc: 'Share of requests that are traced, 0 to 1.' }),
  TRACE_TRUST_PARENT: flag({
    default: false,
    desc: 'Let the `traceparent` of a caller decide whether its request is traced, and in which trace.',
  }),
  OTEL_SERVICE_NAME: str({ default: 'behalf', desc: 'Name of this server in traces.' }),
  ALLOW_IPV6_LOOPBACK_REDIRECT: flag({ default: false, desc: 'Also allow http://[::1] redirect URIs.' }),

  RESOURCE_INDICATORS: flag({ default: true, desc: 'Bind tokens to the APIs that `resource` names (RFC 8707).' }),
  PUSHED_AUTHORIZATION_REQUESTS: flag({ default: true, desc: 'Take authorization requests that clients push (RFC 9126).' }),
  DEVICE_AUTHORIZATION: flag({ default: true, desc: 'Let devices without a browser ask by a code (RFC 8628).' }),
  PENDING_REQUESTS: integer(
    0,
    1_000_000,
  )({
    default: 120,
    desc: 'Requests that one public client may push, or begin for devices, from one address in a minute; 0 turns the limit off.',
  }),
  DEVICE_POLL_FAILURES: integer(
    0,
    1_000_000,
  )({
    default: 60,
    desc: 'Polls of one client from one address in a minute that come too early or for a dead code; 0 turns the limit off.',
  }),
  DEVICE_CODE_FAILURES: integer(
    0,
    1_000_000,
  )({ default: 10, desc: 'Wrong device codes by one user from one address; 0 turns the limit off.' }),
  DPOP: flag({ default: true, desc: 'Bind tokens to the keys that clients prove (RFC 9449).' }),
  DPOP_NONCE: flag({ default: false, desc: 'Ask for a nonce of this server in each such proof (RFC 9449 §8).' }),
};

/** Whether a host is this machine, so that nothing of what is sent there can be read on the way. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}
