import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';

const TICKS_PER_SECOND = 100;
const hasTaskset = existsSync('/usr/bin/taskset') && cpus().length > 1;

/** The server's own core; the load and PostgreSQL have the other, for every contender alike. */
const SERVER_CORE = '0';
const LOAD_CORE = '1';

/** What starts a command on the core of the servers. */
export const onServerCore = hasTaskset ? ['taskset', '-c', SERVER_CORE] : [];

/** Puts processes, with what they start later, on the core of the load. */
export function moveToLoadCore(pids) {
  if (hasTaskset) for (const pid of pids) execFileSync('taskset', ['-a', '-cp', LOAD_CORE, String(pid)], { stdio: 'ignore' });
}

/** CPU time that processes have used so far, in seconds; 0 where the system does not tell. */
export function cpuSeconds(pids) {
  const ticks = pids.map((pid) => {
    const path = `/proc/${pid}/stat`;
    if (!existsSync(path)) return 0;
    // The command's name stands in brackets and may hold anything.
    const fields = readFileSync(path, 'utf8').split(') ').at(-1).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, each) => sum + each, 0) / TICKS_PER_SECOND;
}

/** A process and those that it has started. */
export function family(pid) {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return [pid, ...all.filter(([, parent]) => parent === pid).map(([child]) => child)];
}
