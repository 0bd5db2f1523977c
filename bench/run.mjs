// npm run bench: Behalf, oidc-provider and the raw node:http floor, interleaved in one run on one machine; prints the ratios last.
import { moveToLoadCore } from './lib/cpu.mjs';
import { behalf, floor, oidcProvider } from './lib/contenders.mjs';
import { OPERATIONS } from './lib/operations.mjs';
import { report } from './lib/report.mjs';
import { startBehalf, startDatabase, startFloor, startOidcProvider } from './lib/servers.mjs';

const quick = process.argv.includes('--quick');
/** The quick run leaves out the peer in memory, and has no time to warm up. */
const PLAN = quick ? { rounds: 2, seconds: 0.8, warm_up_seconds: 0 } : { rounds: 5, seconds: 3, warm_up_seconds: 2 };
const CONNECTIONS = 64;

// The load is this process.
moveToLoadCore([process.pid]);
const started = [];
const begin = async (start) => {
  const server = await start;
  started.unshift(server);
  return server;
};
let bad = 0;
try {
  const database = await begin(startDatabase());
  const contenders = [
    floor(await begin(startFloor())),
    ...(quick ? [] : [await oidcProvider('oidc-provider in memory', await begin(startOidcProvider()))]),
    await oidcProvider('oidc-provider', await begin(startOidcProvider(database))),
    await behalf(await begin(startBehalf(database))),
  ];
  const samples = {};
  if (PLAN.warm_up_seconds) await round(contenders, PLAN.warm_up_seconds, () => undefined);
  for (let turn = 0; turn < PLAN.rounds; turn += 1) {
    await round(contenders, PLAN.seconds, (operation, name, sample) => {
      ((samples[operation] ??= {})[name] ??= []).push(sample);
    });
  }
  bad = report({ ...PLAN, quick, connections: CONNECTIONS, samples });
} finally {
  for (const server of started) await server.stop();
}
process.exit(bad ? 1 : 0);

/** A B C A B C: each operation on each contender in turn, so that all meet the same machine. */
async function round(contenders, seconds, keep) {
  for (const [operation, run] of Object.entries(OPERATIONS)) {
    for (const contender of contenders) {
      const sample = await run(contender, { connections: CONNECTIONS, seconds });
      if (sample.wrong) process.stderr.write(`${contender.name}, ${operation}: ${sample.wrong}\n`);
      keep(operation, contender.name, sample);
    }
  }
}
