import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { UserManager } from 'oidc-client-ts';

declare global {
  interface Window {
    /** The app's own; journeys look at what it holds. */
    manager: UserManager;
  }
}

export interface SpaSettings {
  readonly authority: string;
  readonly client_id: string;
  readonly scope: string;
}

const FOLDER = join(import.meta.dirname, 'spa');
/** The packages as they are published for browsers: an import map takes the place of a bundler. */
const LIBRARY = join(dirname(createRequire(import.meta.url).resolve('oidc-client-ts/package.json')), 'dist/esm/oidc-client-ts.js');
const ITS_LIBRARY = join(dirname(createRequire(LIBRARY).resolve('jwt-decode')), '../esm/index.js');
const PAGE = { file: join(FOLDER, 'index.html'), type: 'text/html' };
const FILES: Readonly<Record<string, { file: string; type: string }>> = {
  '/': PAGE,
  '/callback': PAGE,
  '/app.js': { file: join(FOLDER, 'app.js'), type: 'text/javascript' },
  '/oidc-client-ts.js': { file: LIBRARY, type: 'text/javascript' },
  '/jwt-decode.js': { file: ITS_LIBRARY, type: 'text/javascript' },
};

/** Hosts a single-page app at an origin of its own; 127.0.0.1 is another site than localhost too, to the browser. */
export async function hostSpa(settings: SpaSettings): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://here');
    if (pathname === '/settings.json') return void response.setHeader('content-type', 'application/json').end(JSON.stringify(settings));
    const found = FILES[pathname];
    if (!found) return void response.writeHead(404).end();
    void readFile(found.file).then((content) => response.setHeader('content-type', found.type).end(content));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
