import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import type { Api } from './api.js';
import { allow, type Browser } from './browser.js';
import { PASSWORD } from './constants.js';

const EXAMPLES = join(__dirname, '../../../examples');
/** The paths of their addresses, each of which has a port of its own. */
const URLS = { API_URL: '', WEB_APP_URL: '', BROWSER_APP_URL: '', MCP_SERVER_URL: '/mcp' };

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** An example that runs until it is stopped. */
export interface Running {
  output(): string;
  /** Waits for words that it prints from now on. @throws Error with all that it printed, where they do not come */
  says(words: string | RegExp): Promise<void>;
  /** How it ended by itself. */
  readonly ended: Promise<Ended>;
  stop(): Promise<Ended>;
}

/** The examples as somebody has them who ran setup.js against a server, each on a free port. */
export class Examples {
  readonly #processes: Running[] = [];

  private constructor(
    readonly folder: string,
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  static async setUp(api: Api): Promise<Examples> {
    const folder = mkdtempSync(join(tmpdir(), 'behalf-examples-'));
    const urls: Record<string, string> = {};
    for (const [name, path] of Object.entries(URLS)) urls[name] = await onFreePort(`http://127.0.0.1${path}`);
    const ended = await start('setup.js', [], folder, { ISSUER: api.issuer, DEMO_PASSWORD: PASSWORD, ...urls }).ended;
    if (ended.code !== 0) throw new Error(ended.output);
    const settings = { ...parseEnv(readFileSync(join(folder, '.env'), 'utf8')), XDG_CONFIG_HOME: folder } as Record<string, string>;
    return new Examples(folder, settings);
  }

  start(file: string, args: readonly string[] = [], changed: Record<string, string> = {}): Running {
    const running = start(file, args, this.folder, { ...this.settings, ...changed });
    this.#processes.push(running);
    return running;
  }

  /** Starts a server of the examples, and waits until it listens. */
  async serve(file: string): Promise<Running> {
    const running = this.start(file);
    await running.says('listens at');
    return running;
  }

  /** Runs an example to its end. */
  run(file: string, args: readonly string[] = [], changed: Record<string, string> = {}): Promise<Ended> {
    return this.start(file, args, changed).ended;
  }

  /** Runs an example that signs in and opens nothing: opens the address that it prints, allows, and lets the browser go back. */
  async signIn(file: string, browser: Browser, teams: string[]): Promise<Ended> {
    const running = this.start(file, ['login']);
    await running.says(/\/oauth2\/authorize\?/);
    await fetch(await consentAt(/^http\S+\/oauth2\/authorize\?\S+$/m.exec(running.output())![0], browser, teams));
    return running.ended;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((each) => each.stop()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Opens an authorization address as a signed-in user, and allows. @returns where the browser is sent */
export async function consentAt(address: string, browser: Browser, teams: string[]): Promise<URL> {
  const authorize = await browser.get(address);
  const location = new URL(authorize.headers.get('location')!, browser.api.issuer);
  return allow(browser, location.searchParams.get('request_id')!, teams);
}

function start(file: string, args: readonly string[], cwd: string, env: Record<string, string>): Running {
  // What signs in opens no browser of whoever runs the tests.
  const given = { PATH: process.env['PATH'], BROWSER: 'none', ...env };
  const child = spawn(process.execPath, [join(EXAMPLES, file), ...args], { cwd, env: given });
  return followed(child);
}

/** Follows what a process prints. */
function followed(child: ChildProcess): Running {
  let output = '';
  let heard = 0;
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, output })));
  const isThere = (words: string | RegExp) => {
    const found = output.slice(heard).search(typeof words === 'string' ? words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : words);
    if (found < 0) return false;
    heard += found + 1;
    return true;
  };
  return {
    output: () => output,
    says: async (words) => {
      const end = performance.now() + 30_000;
      while (!isThere(words)) {
        if (performance.now() > end || child.exitCode !== null || child.signalCode !== null)
          throw new Error(`It says no ${String(words)}, but:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    ended,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export async function onFreePort(address: string): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(address);
  url.port = String((server.address() as { port: number }).port);
  await new Promise((resolve) => server.close(resolve));
  return url.href.replace(/\/$/, '');
}
