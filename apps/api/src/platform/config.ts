import {
  AUDIT_RETENTION_DAYS,
  OAUTH_ENDPOINTS,
  REFRESH_REPLAY_SECONDS,
  SESSION_ABSOLUTE_SECONDS,
  SESSION_IDLE_SECONDS,
  type SettingsLimits,
  STREAM_SECRET_BYTES,
  DEFAULT_LIMITS,
} from '@behalf/domain';
import { cleanEnv, makeExactValidator, makeValidator, str } from 'envalid';
import { isIP } from 'node:net';
import { isAbsolute, resolve } from 'node:path';

/** Every setting of a running server, read from the environment once and never again. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** The issuer identifier (RFC 8414 §2), exactly as it stands in metadata, in `iss` and in ID tokens. */
  readonly issuer: string;
  readonly database_url: string | undefined;
  readonly database_owner_url: string | undefined;
  readonly data_dir: string;
  readonly demo_data: boolean;
  readonly demo_password: string | undefined;
  /** Keys of 32 bytes, the current one first; empty only where the embedded database generates one. */
  readonly secret_keys: readonly Buffer[];
  readonly limits: SettingsLimits;
  readonly refresh_replay_seconds: number;
  readonly sign_in_failures: number;
  readonly client_failures: number;
  readonly session_idle_seconds: number;
  readonly session_absolute_seconds: number;
  readonly geoip_database: string | undefined;
  readonly support_url: string | undefined;
  readonly audit_retention_days: number;
  readonly web_concurrency: number;
  readonly log_level: string;
  readonly bcrypt_cost: number;
  readonly trusted_proxies: readonly string[];
  /** Where the metrics are served; nowhere when undefined. */
  readonly metrics_port: number | undefined;
  readonly metrics_host: string;
  readonly audit_stream: StreamTarget | null;
  readonly tracing: TracingTarget | null;
  /** Standards that can be switched off. */
  readonly resource_indicators: boolean;
  readonly pushed_authorization_requests: boolean;
  readonly device_authorization: boolean;
  readonly device_code_failures: number;
}

/** Where the audit log is streamed to. */
export type StreamTarget =
  | { readonly sink: 'stdout' }
  | {
      readonly sink: 'webhook';
      /** Its path may be a secret: it stands in no log. */
      readonly url: string;
      /** Each batch is signed with each of them; none signs nothing. */
      readonly secrets: readonly Buffer[];
    };

/** Where traces go, and how many. */
export interface TracingTarget {
  /** Without the path of a signal. */
  readonly endpoint: string;
  readonly service_name: string;
  /** Of requests whose caller has not decided it, 0 to 1. */
  readonly ratio: number;
}

/** Several faults of the environment at once, one sentence each. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

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
  const url = URL.canParse(input) ? new URL(input) : undefined;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol)) throw new Error('must be a URL that begins with postgres://');
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
  DATABASE_URL: databaseUrl({ default: undefined, desc: 'PostgreSQL 15 or newer. Without it an embedded one runs in DATA_DIR.' }),
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
  OTEL_TRACES_SAMPLER_ARG: ratio({ default: 1, desc: 'Share of requests that are traced where the caller has not decided it, 0 to 1.' }),
  OTEL_SERVICE_NAME: str({ default: 'behalf', desc: 'Name of this server in traces.' }),
  ALLOW_IPV6_LOOPBACK_REDIRECT: flag({ default: false, desc: 'Also allow http://[::1] redirect URIs.' }),

  RESOURCE_INDICATORS: flag({ default: true, desc: 'Bind tokens to the APIs that `resource` names (RFC 8707).' }),
  PUSHED_AUTHORIZATION_REQUESTS: flag({ default: true, desc: 'Take authorization requests that clients push (RFC 9126).' }),
  DEVICE_AUTHORIZATION: flag({ default: true, desc: 'Let devices without a browser ask by a code (RFC 8628).' }),
  DEVICE_CODE_FAILURES: integer(
    0,
    1_000_000,
  )({ default: 10, desc: 'Wrong device codes by one user from one address; 0 turns the limit off.' }),
};

/**
 * Reads and judges the environment.
 *
 * @throws ConfigError with every fault, so that an operator mends them in one go.
 */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const faults: string[] = [];
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  for (const name of Object.keys(given)) {
    if (name.startsWith('BEHALF_')) faults.push(`${name} is not a variable of this server`);
  }
  const env = cleanEnv(given, VARIABLES, {
    reporter: ({ errors }) => {
      for (const [name, error] of Object.entries(errors)) faults.push(`${name} ${withoutPrefix(error?.message ?? 'is malformed')}`);
    },
  });
  if (faults.length) throw new ConfigError(faults);

  const issuer = env.ISSUER ?? `http://localhost:${env.PORT}`;
  const embedded = env.DATABASE_URL === undefined;
  if (env.PORT === 0 && env.ISSUER === undefined) faults.push('ISSUER is required when PORT is 0, since it names the port');
  if (!embedded && !env.SECRET_KEY) faults.push('SECRET_KEY is required with DATABASE_URL: every replica needs the same one');
  if (embedded && env.DATABASE_OWNER_URL) faults.push('DATABASE_OWNER_URL has no meaning without DATABASE_URL');
  if (env.SESSION_IDLE_SECONDS > env.SESSION_ABSOLUTE_SECONDS) faults.push('SESSION_IDLE_SECONDS must not exceed SESSION_ABSOLUTE_SECONDS');
  if (env.DEMO_PASSWORD !== undefined && Buffer.byteLength(env.DEMO_PASSWORD) > 72) faults.push('DEMO_PASSWORD must have at most 72 bytes');
  if (env.AUDIT_STREAM && env.AUDIT_STREAM_URL)
    faults.push('AUDIT_STREAM and AUDIT_STREAM_URL exclude each other: a log is streamed one way');
  if (env.AUDIT_STREAM_SECRET && !env.AUDIT_STREAM_URL) faults.push('AUDIT_STREAM_SECRET has no meaning without AUDIT_STREAM_URL');
  if (env.METRICS_PORT !== undefined && env.METRICS_PORT === env.PORT) faults.push('METRICS_PORT must differ from PORT');
  if (faults.length) throw new ConfigError(faults);

  const minimum = env.MIN_TOKEN_LIFETIME_SECONDS;
  return {
    port: env.PORT,
    // The name stands for an address of each family, and for the second one Fastify opens a server that has none of our bounds.
    host: env.HOST === 'localhost' ? '127.0.0.1' : env.HOST,
    issuer,
    database_url: env.DATABASE_URL,
    database_owner_url: env.DATABASE_OWNER_URL ?? env.DATABASE_URL,
    data_dir: isAbsolute(env.DATA_DIR) ? env.DATA_DIR : resolve(env.DATA_DIR),
    demo_data: env.DEMO_DATA ?? (embedded && isLoopbackHost(new URL(issuer).hostname)),
    demo_password: env.DEMO_PASSWORD,
    secret_keys: env.SECRET_KEY ?? [],
    limits: {
      ...DEFAULT_LIMITS,
      ...(minimum === undefined ? {} : { min_access_seconds: minimum, min_refresh_seconds: minimum }),
      allow_ipv6_loopback: env.ALLOW_IPV6_LOOPBACK_REDIRECT,
      issuer,
    },
    refresh_replay_seconds: env.REFRESH_REPLAY_SECONDS,
    sign_in_failures: env.SIGN_IN_FAILURES,
    client_failures: env.CLIENT_FAILURES,
    session_idle_seconds: env.SESSION_IDLE_SECONDS,
    session_absolute_seconds: env.SESSION_ABSOLUTE_SECONDS,
    geoip_database: env.GEOIP_DATABASE,
    support_url: env.SUPPORT_URL,
    audit_retention_days: env.AUDIT_RETENTION_DAYS,
    web_concurrency: env.WEB_CONCURRENCY,
    log_level: env.LOG_LEVEL,
    bcrypt_cost: env.BCRYPT_COST,
    trusted_proxies: env.TRUSTED_PROXIES ?? [],
    metrics_port: env.METRICS_PORT,
    metrics_host: env.METRICS_HOST,
    audit_stream: streamTarget(env),
    tracing:
      env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
        ? null
        : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, service_name: env.OTEL_SERVICE_NAME, ratio: env.OTEL_TRACES_SAMPLER_ARG },
    resource_indicators: env.RESOURCE_INDICATORS,
    pushed_authorization_requests: env.PUSHED_AUTHORIZATION_REQUESTS,
    device_authorization: env.DEVICE_AUTHORIZATION,
    device_code_failures: env.DEVICE_CODE_FAILURES,
  };
}

interface StreamVariables {
  readonly AUDIT_STREAM: string | undefined;
  readonly AUDIT_STREAM_URL: string | undefined;
  readonly AUDIT_STREAM_SECRET: Buffer[] | undefined;
}

function streamTarget({ AUDIT_STREAM, AUDIT_STREAM_URL, AUDIT_STREAM_SECRET }: StreamVariables): StreamTarget | null {
  if (AUDIT_STREAM_URL) return { sink: 'webhook', url: AUDIT_STREAM_URL, secrets: AUDIT_STREAM_SECRET ?? [] };
  return AUDIT_STREAM === 'stdout' ? { sink: 'stdout' } : null;
}

/** Where the page sends the code of a device. */
const USER_CODES_PATH = '/api/v1/device-authorizations';

/** Addresses of the standards that are switched off. */
export function switchedOffPaths(config: Config): ReadonlySet<string> {
  const { protected_resource, pushed_authorization_request, device_authorization } = OAUTH_ENDPOINTS;
  return new Set([
    ...(config.resource_indicators ? [] : [protected_resource]),
    ...(config.pushed_authorization_requests ? [] : [pushed_authorization_request]),
    ...(config.device_authorization ? [] : [device_authorization, USER_CODES_PATH]),
  ]);
}

/** Injection token of the one Config. */
export const CONFIG = Symbol('Config');

function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}

function withoutPrefix(message: string): string {
  return message.replace(/^Value "[^"]*" not in choices/, 'must be one of');
}
