import { defineConfig } from '@playwright/test';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD } from './support/people.js';

/** Each worker has a server of its own, database and all: what one journey changes, another one never meets half-way. */
const WORKERS = 2;

/** An installation that runs already, such as one behind a proxy, in place of servers of our own. */
const given = process.env['E2E_ISSUER'];

/** Chosen once, by the process that starts the servers; the workers are told. */
process.env['E2E_PORTS'] ??= (await Promise.all(Array.from({ length: WORKERS }, freePort))).join(' ');
const issuers = process.env['E2E_PORTS'].split(' ').map((port) => `http://localhost:${port}`);
const worker = Number(process.env['TEST_PARALLEL_INDEX'] ?? 0);

export default defineConfig({
  testDir: './journeys',
  outputDir: './test-results',
  fullyParallel: false,
  workers: given ? 1 : WORKERS,
  retries: 0,
  forbidOnly: true,
  // Two browsers and two servers share what cores there are: patience costs a journey that works nothing.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  use: {
    baseURL: given ?? issuers[worker]!,
    // Its certificate may be one that only this machine's programs know.
    ignoreHTTPSErrors: given !== undefined,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1440, height: 900 },
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium' },
  },
  webServer: (given ? [] : issuers).map((issuer) => ({
    command: 'exec node ../apps/api/dist/main.js > "$SERVER_LOG"',
    url: `${issuer}/health/ready`,
    timeout: 60_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    env: {
      PORT: new URL(issuer).port,
      ISSUER: issuer,
      DATA_DIR: join(tmpdir(), `behalf-e2e-${process.pid}-${new URL(issuer).port}`),
      DEMO_PASSWORD: PASSWORD,
      BCRYPT_COST: '4',
      MIN_TOKEN_LIFETIME_SECONDS: '1',
      // All there is to say goes into a file, which a whole run searches for secrets in the end.
      LOG_LEVEL: 'debug',
      SERVER_LOG: join(process.env['SERVER_LOGS'] ?? tmpdir(), `behalf-e2e-${process.pid}-${new URL(issuer).port}.log`),
      SUPPORT_URL: 'https://support.example/access',
    },
  })),
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
