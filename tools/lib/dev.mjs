import { join } from 'node:path';
import { bin, ROOT, run, stopAll } from './run.mjs';
import { say } from './say.mjs';

const WEB_PORT = 5173;

/**
 * Rebuilds, restarts and reloads on every change; ends when one of its parts ends.
 *
 * @returns an exit code
 */
export async function dev() {
  const issuer = process.env.ISSUER ?? `http://localhost:${WEB_PORT}`;
  say(`The admin app reloads at ${issuer}; Ctrl-C ends everything.`);
  const parts = [
    bin('tsc', ['-b', 'apps/api', '--watch', '--preserveWatchOutput']),
    run(process.execPath, ['--watch', '--watch-preserve-output', 'apps/api/dist/main.js'], { env: { ISSUER: issuer } }),
    bin('vite', ['--clearScreen', 'false', '--strictPort', '--port', String(WEB_PORT)], { cwd: join(ROOT, 'apps/web') }),
  ];
  const code = await Promise.race(parts);
  say('A part of the development server ended; the rest is stopped too.');
  await stopAll();
  return code || 1;
}
