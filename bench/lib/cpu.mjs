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

/** CPU time that each of some processes has used so far, in seconds by its pid; nothing where the system does not tell. */
export function cpuSeconds(pids) {
  const used = pids.flatMap((pid) => {
    const path = `/proc/${pid}/stat`;
    if (!existsSync(path)) return [];
    // The command's name stands in brackets and may hold anything.
    const fields = readFileSync(path, 'utf8').split(') ').at(-1).split(' ');
    return [[pid, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND]];
  });
  return new Map(used);
}

/** What was used from one look to the next: a process that has come counts whole, one that has gone cannot be asked any more. */
export function cpuSpent(before, after) {
  return [...after].reduce((sum, [pid, seconds]) => sum + seconds - (before.get(pid) ?? 0), 0);
}

/** A process and those that it has started. */
export function family(pid) {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  return [pid, ...all.filter(([, parent]) => parent === pid).map(([child]) => child)];
}
