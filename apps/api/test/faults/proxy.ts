import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from '../support/image.js';
import { unusedPort } from '../support/scrape.js';

/** Environment variable through which `npm run faults` names a folder with `cert.pem` and `key.pem` of localhost. */
const TLS = 'FAULTS_TLS';

/** `deploy/nginx.conf` at work, as a process. */
export interface Proxy {
  readonly origin: string;
  readonly plain_origin: string;
  /** What it wrote about requests, one JSON a line. */
  accessLog(): string;
  stop(): Promise<void>;
}

/**
 * Starts nginx with the configuration that ships; only addresses, names of files and the account are others.
 *
 * @param ports of the proxy itself
 * @param replicas ports of the two replicas
 * @throws Error where `nginx -t` does not accept it
 */
export async function startProxy(ports: { tls: number; plain: number }, replicas: readonly [number, number]): Promise<Proxy> {
  const folder = mkdtempSync(join(tmpdir(), 'behalf-proxy-'));
  const file = join(folder, 'nginx.conf');
  writeFileSync(file, render(folder, ports, replicas));
  const tested = spawnSync('nginx', ['-t', '-c', file], { encoding: 'utf8' });
  if (tested.status !== 0 || /emerg|warn/.test(tested.stderr)) throw new Error(`nginx -t: ${tested.error?.message ?? tested.stderr}`);
  const nginx = spawn('nginx', ['-c', file, '-g', 'daemon off;'], { stdio: 'ignore' });
  const gone = once(nginx, 'close');
  await untilListening(nginx, ports.tls);
  return {
    origin: `https://localhost:${ports.tls}`,
    plain_origin: `http://127.0.0.1:${ports.plain}`,
    accessLog: () => readFileSync(join(folder, 'access.log'), 'utf8'),
    stop: async () => {
      nginx.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function proxyPorts(): Promise<{ tls: number; plain: number }> {
  return { tls: await unusedPort(), plain: await unusedPort() };
}

function render(folder: string, { tls, plain }: { tls: number; plain: number }, replicas: readonly [number, number]): string {
  const certificates = process.env[TLS];
  if (!certificates) throw new Error('There is no certificate: run this by npm run faults.');
  mkdirSync(join(folder, 'temp'));
  const changes: [string, string][] = [
    // Debian's account has another name; where we are not root there is none to change to.
    ['user nginx;', process.getuid?.() === 0 ? 'user nobody nogroup;' : ''],
    ['listen 80;', `listen 127.0.0.1:${plain};`],
    ['listen 443 ssl', `listen 127.0.0.1:${tls} ssl`],
    ['api-1:3000', `127.0.0.1:${replicas[0]}`],
    ['api-2:3000', `127.0.0.1:${replicas[1]}`],
    ['/run/secrets/tls_certificate', join(certificates, 'cert.pem')],
    ['/run/secrets/tls_key', join(certificates, 'key.pem')],
    ['/run/nginx.pid', join(folder, 'nginx.pid')],
    ['/dev/stderr', join(folder, 'error.log')],
    ['/dev/stdout', join(folder, 'access.log')],
    ['server_tokens off;', `server_tokens off; client_body_temp_path ${folder}/temp/body; proxy_temp_path ${folder}/temp/proxy;`],
  ];
  let text = readFileSync(join(ROOT, 'deploy/nginx.conf'), 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`deploy/nginx.conf does not say ${from} any more.`);
    text = text.replaceAll(from, to);
  }
  return text;
}

async function untilListening(nginx: ChildProcess, port: number): Promise<void> {
  while (nginx.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const is_open = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error').then(() => false)]).catch(
      () => false,
    );
    socket.destroy();
    if (is_open) return;
    await sleep(50);
  }
  throw new Error(`nginx ended with ${nginx.exitCode}.`);
}

export const PLAYWRIGHT = join(ROOT, 'e2e/node_modules/.bin/playwright');
