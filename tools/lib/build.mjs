import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bin, ROOT } from './run.mjs';
import { step } from './say.mjs';
import { fingerprint, isDone, markDone } from './stamp.mjs';

const DOMAIN = ['libs/domain/src', 'libs/domain/package.json', 'tsconfig.base.json', 'pnpm-lock.yaml'];

const PARTS = [
  {
    name: 'build-server',
    text: 'Building the server',
    input: [...DOMAIN, 'libs/postgres/src', 'apps/api/src', 'apps/api/tsconfig.json'],
    output: 'apps/api/dist/main.js',
    run: () => bin('tsc', ['-b', 'apps/api']),
  },
  {
    name: 'build-web',
    text: 'Building the admin app',
    input: [...DOMAIN, 'apps/web/src', 'apps/web/public', 'apps/web/index.html', 'apps/web/vite.config.ts', 'apps/web/package.json'],
    output: 'apps/web/dist/index.html',
    run: () => bin('vite', ['build', '--logLevel', 'warn'], { cwd: join(ROOT, 'apps/web') }),
  },
];

/** Builds what changed since it was last built. */
export async function build() {
  for (const part of PARTS) {
    const print = fingerprint(part.input);
    if (isDone(part.name, print) && existsSync(join(ROOT, part.output))) continue;
    if ((await step(part.text, part.run)) !== 0) process.exit(1);
    markDone(part.name, print);
  }
}
