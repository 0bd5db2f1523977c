// node bench/profile.mjs [operation] [seconds]: where the server's time goes under one operation, by its own CPU profile.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { behalf as contender } from './lib/contenders.mjs';
import { moveToLoadCore } from './lib/cpu.mjs';
import { OPERATIONS } from './lib/operations.mjs';
import { startBehalf, startDatabase } from './lib/servers.mjs';

const [wanted = 'introspect', seconds = '8'] = process.argv.slice(2);
const CONNECTIONS = 64;
const SHOWN = Number(process.env.SHOWN ?? 40);
/** What makes the codes and tokens that the others use. */
const MAKERS = ['authorize', 'code', 'authorize+openid', 'code+id_token'];

// The load is this process.
moveToLoadCore([process.pid]);
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
    // Its window is the last thing that the profile sees.
    process.stdout.write(`${name}: ${rate.toFixed(0)} requests/s, ${each.join(', ')} a request, ${bad} bad\n`);
    break;
  }
} finally {
  await behalf.stop();
  await database.stop();
}
for (const file of readdirSync(profiles)) tell(JSON.parse(readFileSync(join(profiles, file), 'utf8')));
rmSync(profiles, { recursive: true });

/** Of the measured window alone: each package's share of the time, then each function's own, then what each took with all it called. */
function tell({ nodes, samples, timeDeltas, endTime }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const [packages, own, whole] = [new Map(), new Map(), new Map()];
  let at = endTime;
  let all = 0;
  for (let place = samples.length - 1; place >= 0 && at > endTime - Number(seconds) * 1e6; place -= 1) {
    const spent = timeDeltas[place];
    at -= spent;
    all += spent;
    const { callFrame } = byId.get(samples[place]);
    add(packages, packageOf(callFrame), spent);
    add(own, placeOf(callFrame), spent);
    const stack = new Set();
    for (let id = samples[place]; id !== undefined; id = parents.get(id)) stack.add(placeOf(byId.get(id).callFrame));
    for (const each of stack) add(whole, each, spent);
  }
  show('By package', packages, all);
  show('Own time', own, all);
  show('With all it called', whole, all);
}

function show(title, spent, all) {
  process.stdout.write(`${title}\n`);
  const top = [...spent].toSorted(([, one], [, other]) => other - one).slice(0, SHOWN);
  for (const [place, time] of top) process.stdout.write(`${((100 * time) / all).toFixed(1).padStart(5)} %  ${place}\n`);
}

function add(map, key, spent) {
  map.set(key, (map.get(key) ?? 0) + spent);
}

function placeOf({ functionName, url, lineNumber }) {
  const file = fileOf(url);
  return `${functionName || '(anonymous)'} ${file}${file && `:${lineNumber + 1}`}`;
}

function packageOf({ functionName, url }) {
  if (!url) return functionName.startsWith('(') ? functionName : 'native';
  const file = fileOf(url);
  return file.startsWith('node:')
    ? file
    : file
        .split('/')
        .slice(0, file.startsWith('@') || /^(apps|libs)\//.test(file) ? 2 : 1)
        .join('/');
}

function fileOf(url) {
  return url
    .split('node_modules/')
    .at(-1)
    .replace(/^file:\/\/.*\/(?=(apps|libs)\/)/, '');
}
