// node bench/profile.mjs [operation] [seconds]: where the server's time goes under one operation, by its own CPU profile.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { behalf as contender } from '/work/main/bench/lib/contenders.mjs';
import { OPERATIONS } from '/work/main/bench/lib/operations.mjs';
import { startBehalf, startDatabase } from '/work/main/bench/lib/servers.mjs';

const [wanted = 'introspect', seconds = '8'] = process.argv.slice(2);
const CONNECTIONS = 64;
const SHOWN = 40;
/** What makes the codes and tokens that the others use. */
const MAKERS = ['authorize', 'code', 'authorize+openid', 'code+id_token'];

const profiles = mkdtempSync(join(tmpdir(), 'behalf-profile-'));
const database = await startDatabase();
const behalf = await startBehalf(database, { node: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] });
try {
  const made = await contender(behalf);
  for (const [name, run] of Object.entries(OPERATIONS)) {
    if (name !== wanted && !MAKERS.includes(name)) continue;
    const { rate, cpu, bad } = await run(made, { connections: CONNECTIONS, seconds: name === wanted ? Number(seconds) : 1 });
    if (name !== wanted) continue;
    const each = Object.entries(cpu).map(([what, microseconds]) => `${what} ${microseconds.toFixed(0)} µs`);
    process.stdout.write(`${name}: ${rate.toFixed(0)} requests/s, ${each.join(', ')} a request, ${bad} bad\n`);
  }
} finally {
  await behalf.stop();
  await database.stop();
}
console.log(profiles);


/** Each function with the share of the time that it used itself. */
function tell({ nodes, samples, timeDeltas }) {
  const own = new Map();
  const places = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
      const file = url
        .split('node_modules/')
        .at(-1)
        .replace(/^file:\/\/.*\/(?=(apps|libs)\/)/, '');
      return [id, `${functionName || '(anonymous)'} ${file}${file && `:${lineNumber + 1}`}`];
    }),
  );
  samples.forEach((id, place) => own.set(places.get(id), (own.get(places.get(id)) ?? 0) + timeDeltas[place]));
  const all = [...own.values()].reduce((sum, each) => sum + each, 0);
  const top = [...own].toSorted(([, one], [, other]) => other - one).slice(0, SHOWN);
  for (const [place, spent] of top) process.stdout.write(`${((100 * spent) / all).toFixed(1).padStart(5)} %  ${place}\n`);
}
