import { spawn } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's root. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

const PNPM = ['npx', '-y', 'pnpm@12.21.0'];

/** What npm exports to its scripts is npm's own configuration, which pnpm would take for its own. */
function cleanEnvironment(extra = {}) {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  return { ...Object.fromEntries(kept), ...extra };
}

/**
 * Runs a program in a process group of its own and waits for it. A signal to us ends the whole group, then us.
 * Resolves with its exit code; a program that a signal ended counts as 1.
 */
export function run(command, args, { env, cwd = ROOT, quiet = false } = {}) {
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, env: cleanEnvironment(env), stdio: ['ignore', quiet ? 'pipe' : 'inherit', quiet ? 'pipe' : 'inherit'], detached: true });
    let output = '';
    child.stdout?.on('data', (text) => (output += text));
    child.stderr?.on('data', (text) => (output += text));
    const stop = (signal) => {
      try {
        process.kill(-child.pid, signal);
      } catch {
        // It is gone already.
      }
      process.exit(1);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
    child.once('error', fail);
    child.once('exit', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.removeListener(signal, stop);
      if (quiet && code !== 0) process.stdout.write(output);
      done(code ?? 1);
    });
  });
}

/** Runs the pinned pnpm. */
export function pnpm(args, options) {
  return run(PNPM[0], [...PNPM.slice(1), ...args], options);
}

/** Runs a program of the workspace's dependencies. */
export function bin(name, args, options) {
  return run(resolve(options?.cwd ?? ROOT, 'node_modules/.bin', name), args, options);
}
