import { DEFAULT_LIMITS, OAUTH_ENDPOINTS, type SettingsLimits } from '@behalf/domain';
import { cleanEnv } from 'envalid';
import { isAbsolute, resolve } from 'node:path';
import { isLoopbackHost, VARIABLES } from './variables.js';

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
  readonly pending_requests: number;
  readonly device_poll_failures: number;
  readonly device_code_failures: number;
  readonly dpop: boolean;
  readonly dpop_nonce: boolean;
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
  /** Of requests that nobody who is trusted has decided about, 0 to 1. */
  readonly ratio: number;
  /** Whether a caller's trace is gone on with. */
  readonly trust_parent: boolean;
}

/** Several faults of the environment at once, one sentence each. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

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
        : {
            endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
            service_name: env.OTEL_SERVICE_NAME,
            ratio: env.OTEL_TRACES_SAMPLER_ARG,
            trust_parent: env.TRACE_TRUST_PARENT,
          },
    resource_indicators: env.RESOURCE_INDICATORS,
    pushed_authorization_requests: env.PUSHED_AUTHORIZATION_REQUESTS,
    device_authorization: env.DEVICE_AUTHORIZATION,
    pending_requests: env.PENDING_REQUESTS,
    device_poll_failures: env.DEVICE_POLL_FAILURES,
    device_code_failures: env.DEVICE_CODE_FAILURES,
    dpop: env.DPOP,
    dpop_nonce: env.DPOP_NONCE,
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

function withoutPrefix(message: string): string {
  return message.replace(/^Value "[^"]*" not in choices/, 'must be one of');
}
