import { execFileSync } from 'node:child_process';
import { accessSync, chownSync, constants } from 'node:fs';

/** How to run a program as the user whose files the database's are. */
export interface Launcher {
  readonly command: string;
  readonly prefix: readonly string[];
  /** Hands a file or directory to the user that the server runs as. */
  own(path: string): void;
}

const SETPRIV = '/usr/bin/setpriv';

/**
 * PostgreSQL refuses to run as root, so root drops to `postgres` or `nobody`. It keeps one capability, DAC override:
 * a checkout below a home of mode 0700 could not be reached otherwise. On Linux the server also gets a signal when its
 * parent dies, however it dies.
 */
export function launcherFor(program: string): Launcher {
  const setpriv = isExecutable(SETPRIV);
  const asRoot = process.getuid?.() === 0;
  if (!asRoot) {
    return { command: setpriv ? SETPRIV : program, prefix: setpriv ? ['--pdeathsig', 'INT', '--', program] : [], own: () => undefined };
  }
  const { uid, gid } = unprivilegedUser();
  const own = (path: string) => chownSync(path, uid, gid);
  if (!setpriv) return { command: 'su', prefix: ['-s', program, userName(uid), '--'], own };
  const prefix = [
    // Without it initdb's access() check sees the real user and calls the binary invalid.
    '--securebits=+no_setuid_fixup',
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--pdeathsig',
    'INT',
    '--',
    program,
  ];
  return { command: SETPRIV, prefix, own };
}

function unprivilegedUser(): { uid: number; gid: number } {
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString());
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // No such user here; the next one is tried.
    }
  }
  return { uid: 65_534, gid: 65_534 };
}

function userName(uid: number): string {
  return execFileSync('id', ['-un', String(uid)]).toString().trim();
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
