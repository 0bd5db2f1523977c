import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { onServerCore } from './cpu.mjs';
import { freePort, startBehalf, startDatabase } from './servers.mjs';

/** PostgreSQL, and any number of servers on one database of it, each with the same keys. */
export async function startTogether() {
  const database = await startDatabase();
  const url = await database.create('behalf');
  const secret_key = randomBytes(32).toString('base64url');
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  const begun = [];
  return {
    secret_key,
    sql: async (text, values) => (await pool.query(text, values)).rows,
    start: async (env = {}) => {
      const server = await startBehalf(database, { env: { SECRET_KEY: secret_key, ...env } });
      begun.push(server);
      return server;
    },
    /** Gives processes every core: several of them on one would say nothing of each other. */
    spread: () => spread([...database.pids(), ...begun.flatMap(({ pids }) => pids.server())]),
    stop: async () => {
      await pool.end();
      for (const server of begun) await server.stop();
      await database.stop();
    },
  };
}

/** @returns a balancer before the servers of these addresses, in a process of its own */
export async function startBalancer(urls) {
  const port = await freePort();
  const ports = urls.map((url) => new URL(url).port).join(',');
  const child = spawn(process.execPath, [join(import.meta.dirname, 'balancer.mjs')], {
    env: { PATH: process.env.PATH, PORT: String(port), PORTS: ports },
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/health/live`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await new Promise((resolve) => setTimeout(resolve, 50));
  return { url, stop: () => child.kill('SIGTERM') };
}

function spread(pids) {
  if (onServerCore.length)
    for (const pid of pids) execFileSync('taskset', ['-a', '-cp', `0-${cpus().length - 1}`, String(pid)], { stdio: 'ignore' });
}
