import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { PASSWORD } from './people.js';

const EXAMPLES = join(import.meta.dirname, '../../apps/examples');
/** The paths of their addresses, each of which has a port of its own. */
const URLS = { API_URL: '', WEB_APP_URL: '', BROWSER_APP_URL: '', MCP_SERVER_URL: '/mcp' };

/** Servers of the examples, each a process of its own, as somebody starts them who ran setup.js. */
export interface Examples {
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Registers the examples' clients with a server, and starts those of the examples that are named. */
export async function startExamples(issuer: string, files: readonly string[]): Promise<Examples> {
  const folder = mkdtempSync(join(tmpdir(), 'behalf-examples-'));
  const given = { PATH: process.env['PATH'] };
  const urls: Record<string, string> = {};
  for (const [name, path] of Object.entries(URLS)) urls[name] = await onFreePort(`http://127.0.0.1${path}`);
  const env = { ...given, ISSUER: issuer, DEMO_PASSWORD: PASSWORD, ...urls };
  await promisify(execFile)(process.execPath, [join(EXAMPLES, 'setup.js')], { cwd: folder, env });
  const settings = parseEnv(readFileSync(join(folder, '.env'), 'utf8')) as Record<string, string>;
  const children = files.map((file) => spawn(process.execPath, [join(EXAMPLES, file)], { cwd: folder, env: { ...given, ...settings } }));
  const stop = async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await Promise.all(children.map(listening));
  } catch (error) {
    await stop();
    throw error;
  }
  return { settings, stop };
}

function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('listens at')) resolve();
      });
    }
    child.once('exit', () => reject(new Error(`An example ended before it listened:\n${output}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function onFreePort(address: string): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(address);
  url.port = String((server.address() as { port: number }).port);
  await new Promise((resolve) => server.close(resolve));
  return url.href.replace(/\/$/, '');
}
