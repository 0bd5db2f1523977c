import { auditDependencies } from './audit-deps.mjs';
import { build, buildServer } from './build.mjs';
import { runBreaks } from './breaks.mjs';
import { check } from './check.mjs';
import { dev } from './dev.mjs';
import { runFuzz } from './fuzz.mjs';
import { runFaults } from './faults.mjs';
import { install } from './install.mjs';
import { runRings, total } from './rings.mjs';
import { bin, releaseSignals, ROOT, run, takeSignals } from './run.mjs';
import { say } from './say.mjs';

/** What each npm script needs done before, and does. Every step answers an exit code. */
const COMMANDS = {
  start: { first: [install, build], run: start },
  dev: { first: [install, buildServer], run: dev },
  build: { first: [install], run: build },
  check: { first: [install, buildServer], run: check },
  fmt: { first: [install], run: () => bin('prettier', ['--write', '--log-level', 'warn', '.']) },
  test: { first: [install, build], run: () => runRings(), onFault: failedTests },
  'test:unit': { first: [install, buildServer], run: (args) => runRings(['unit'], args), onFault: failedTests },
  'test:api': { first: [install, buildServer], run: (args) => runRings(['api'], args), onFault: failedTests },
  e2e: { first: [install, build], run: (args) => runRings(['e2e'], args), onFault: failedTests },
  faults: { first: [install, build], run: runFaults, onFault: failedTests },
  'e2e:breaks': { first: [install], run: runBreaks },
  fuzz: { first: [install, buildServer], run: runFuzz },
  'keys:rotate': { first: [install, buildServer], run: (args) => run(process.execPath, ['apps/api/dist/rotate-keys.js', ...args]) },
  'audit:verify': { first: [install, buildServer], run: (args) => run(process.execPath, ['apps/api/dist/verify-audit.js', ...args]) },
  'audit:deps': { first: [install], run: auditDependencies },
  'openapi:types': { first: [install], run: () => run(process.execPath, ['tools/answer-types.mjs']) },
  'config:table': { first: [install, buildServer], run: () => run(process.execPath, ['tools/configuration-table.mjs']) },
  'migration:new': { first: [install, buildServer], run: (args) => run(process.execPath, ['tools/migration-new.mjs', ...args]) },
};

/** Runs one of the commands and leaves its exit code to the process. */
export async function runCommand(name, args) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : null;
  if (!command) {
    say(`Usage: node tools/bootstrap.mjs ${Object.keys(COMMANDS).join('|')}`);
    process.exitCode = 2;
    return;
  }
  process.chdir(ROOT);
  takeSignals();
  for (const step of command.first) {
    const code = await step();
    if (code === 0) continue;
    process.exitCode = command.onFault?.() ?? code;
    return;
  }
  process.exitCode = await command.run(args);
}

/** The same process goes on as the server, so that a signal reaches it directly. */
async function start() {
  releaseSignals();
  await import('../../apps/api/dist/main.js');
  return process.exitCode;
}

/** Without a build nothing could be tested, which is a failure to be counted. */
function failedTests() {
  return total({ passed: 0, failed: 1 });
}
