import { defineConfig } from '@playwright/test';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PASSWORD } from './support/people.js';

/** Chosen once, by the process that starts the server; the workers are told. */
const port = (process.env['E2E_PORT'] ??= String(await freePort()));
const directory = (process.env['E2E_DATA_DIR'] ??= mkdtempSync(join(tmpdir(), 'behalf-e2e-')));
const issuer = `http://localhost:${port}`;

export default defineConfig({
  testDir: './journeys',
  outputDir: './test-results',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    baseURL: issuer,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1440, height: 900 },
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium' },
  },
  webServer: {
    command: 'exec node ../apps/api/dist/main.js',
    url: `${issuer}/health/ready`,
    timeout: 60_000,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
    env: {
      PORT: port,
      ISSUER: issuer,
      DATA_DIR: directory,
      DEMO_PASSWORD: PASSWORD,
      BCRYPT_COST: '4',
      MIN_TOKEN_LIFETIME_SECONDS: '1',
      LOG_LEVEL: 'warn',
      SUPPORT_URL: 'https://support.example/access',
    },
  },
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return address.port;
}
