// npm start and npm test on a machine that has only Node and npm: dependencies, build, then run.
import { constants } from 'node:os';
import { checkNode, say } from './lib/say.mjs';

checkNode();
const { installDependencies } = await import('./lib/install.mjs');
const { build } = await import('./lib/build.mjs');

const command = process.argv[2];
const steps = { start, test, build: prepare, install: installDependencies };
if (!Object.hasOwn(steps, command ?? '')) {
  say(`Usage: node tools/bootstrap.mjs ${Object.keys(steps).join('|')}`);
  process.exit(2);
}
await steps[command]();

async function prepare() {
  await installDependencies();
  await build();
}

async function start() {
  await prepare();
  // The same process goes on as the server, so that a signal to npm reaches it directly.
  await import('../apps/api/dist/main.js');
}

async function test() {
  await prepare();
  const { runRings } = await import('./lib/rings.mjs');
  const signals = ['SIGINT', 'SIGTERM'];
  for (const signal of signals) process.once(signal, () => process.exit(128 + constants.signals[signal]));
  process.exitCode = await runRings(process.argv.slice(3));
}
