import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const PNPM = 'pnpm@12.21.0';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const PATIENCE_MS = 10_000;
const LINES_SHOWN = 30;

const running = new Set();
let ending = false;

/** From now on a signal ends every program that `run` started, with all of its children, and then this process. */
export function takeSignals() {
  for (const signal of SIGNALS) process.on(signal, endAll);
}

/** Leaves signals to whoever handles them next. */
export function releaseSignals() {
  for (const signal of SIGNALS) process.off(signal, endAll);
}

/**
 * Ends every program that `run` started, with all of its children: asked once, and then no more. SIGINT, since that is
 * what test runners take as a wish to stop what they started themselves.
 */
export async function stopAll() {
  const children = [...running];
  for (const child of children) killGroup(child, ending ? 'SIGKILL' : 'SIGINT');
  ending = true;
  const impatience = setTimeout(() => children.forEach((child) => killGroup(child, 'SIGKILL')), PATIENCE_MS);
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? new Promise((gone) => child.once('close', gone))));
  clearTimeout(impatience);
  // What outlived the leader of its group has not understood.
  for (const child of children) killGroup(child, 'SIGKILL');
}

/**
 * Runs a program in a process group of its own, so that a signal reaches its children through us and not before us.
 *
 * @param quiet keeps the output, and prints it only when the program fails
 * @param keep is given the output instead
 * @returns its exit code; 1 where it could not be started or was ended by a signal
 */
export function run(command, args, { env, cwd = ROOT, quiet = false, keep } = {}) {
  const output = quiet ? 'pipe' : 'inherit';
  const child = spawn(command, args, { cwd, env: { ...cleanEnvironment(), ...env }, stdio: ['ignore', output, output], detached: true });
  running.add(child);
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(chunk));
  return new Promise((done) => {
    const finish = (code) => {
      running.delete(child);
      if (ending) return;
      const text = Buffer.concat(said).toString();
      if (keep) keep(text);
      else if (code !== 0) process.stderr.write(shortened(text));
      done(code ?? 1);
    };
    child.once('close', finish);
    child.once('error', (error) => {
      said.push(Buffer.from(`${command}: ${error.message}\n`));
      finish(1);
    });
  });
}

/** Runs the pinned pnpm, which npx fetches once. */
export function pnpm(args, options) {
  return run('npx', ['-y', PNPM, ...args], options);
}

/** Runs a program of the dependencies of the workspace folder `cwd`. */
export function bin(name, args, options = {}) {
  return run(join(options.cwd ?? ROOT, 'node_modules/.bin', name), args, options);
}

/** npm hands its whole configuration to its scripts, and pnpm would take it for its own; where packages come from stays the user's choice. */
function cleanEnvironment() {
  const kept = ([name, value]) =>
    !/^npm_/i.test(name) || (value && /^npm_config_(.*registry|.*proxy|.*auth.*|ca|cafile|strict_ssl)$/i.test(name));
  return Object.fromEntries(Object.entries(process.env).filter(kept));
}

function endAll(signal) {
  void stopAll().then(() => process.exit(128 + constants.signals[signal]));
}

/** The first and the last lines: a fault stands in one of them, depending on who tells it. */
function shortened(text) {
  const lines = text.split('\n');
  const left = lines.length - 2 * LINES_SHOWN;
  return left > 0 ? [...lines.slice(0, LINES_SHOWN), `… ${left} lines …`, ...lines.slice(-LINES_SHOWN)].join('\n') : text;
}

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}
