import { createServer, type Server } from 'node:http';
import type { Config } from '../config.js';

/** A scraper keeps one connection; a few of them may scrape at once. */
const CONNECTIONS = 16;
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves the metrics on a port of their own: the public one knows nothing of them.
 *
 * @param text in the text format of Prometheus, at this moment
 * @returns how to stop
 * @throws Error where the port cannot be had
 */
export async function serveMetrics({ metrics_port, metrics_host }: Config, text: () => Promise<string>): Promise<() => Promise<void>> {
  if (metrics_port === undefined) return () => Promise.resolve();
  const server = createServer((request, response) => {
    const [path] = (request.url ?? '').split('?', 1);
    const allowed = request.method === 'GET' || request.method === 'HEAD';
    if (path !== '/metrics' || !allowed) return void response.writeHead(path === '/metrics' ? 405 : 404, { allow: 'GET, HEAD' }).end();
    text().then(
      (body) => response.writeHead(200, { 'content-type': CONTENT_TYPE, 'cache-control': 'no-store' }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  server.maxConnections = CONNECTIONS;
  await listen(server, metrics_port, metrics_host);
  return () => close(server);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
