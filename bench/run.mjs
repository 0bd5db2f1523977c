// npm run bench: Behalf beside the raw node:http floor, interleaved in one run on one machine; prints ratios last.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine } from './lib/figures.mjs';
import { load } from './lib/load.mjs';
import { prepareFlow } from './lib/flow.mjs';
import { startBehalf, startFloor } from './lib/servers.mjs';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 2 : 5;
const SECONDS = quick ? 3 : 10;
const CONNECTIONS = 64;

const floor = await startFloor();
const behalf = await startBehalf();
let failed = false;
try {
  const flow = await prepareFlow(behalf.issuer, { connections: CONNECTIONS });
  const operations = flow.operations({ seconds: SECONDS });
  const table = [];
  for (const operation of operations) {
    const samples = { floor: [], behalf: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      samples.floor.push(
        await load({ url: floor.url, connections: CONNECTIONS, seconds: SECONDS, requests: operation.floor, right: () => true }),
      );
      await operation.before?.();
      samples.behalf.push(await load({ url: behalf.issuer, connections: CONNECTIONS, seconds: SECONDS, ...operation.behalf() }));
    }
    const bad = samples.behalf.reduce((sum, sample) => sum + sample.bad, 0);
    failed ||= bad > 0;
    table.push({ operation: operation.name, floor: median(samples.floor), behalf: median(samples.behalf), bad, samples });
  }
  const directory = join(dirname(fileURLToPath(import.meta.url)), 'results');
  mkdirSync(directory, { recursive: true });
  writeFileSync(
    join(directory, 'latest.json'),
    `${JSON.stringify({ at: new Date().toISOString(), quick, machine: machine(), connections: CONNECTIONS, table }, null, 2)}\n`,
  );
  for (const { operation, floor: base, behalf: ours, bad } of table) {
    const ratio = (ours.rate / base.rate).toFixed(2);
    process.stdout.write(
      `${operation} ${ratio} of floor (${ours.rate.toFixed(0)} req/s, floor ${base.rate.toFixed(0)} req/s, p99 ${ours.p99.toFixed(1)} ms, ${bad} bad)\n`,
    );
  }
} finally {
  await behalf.stop();
  await floor.stop();
}
process.exit(failed ? 1 : 0);

function median(samples) {
  return samples.toSorted((left, right) => left.rate - right.rate)[Math.floor(samples.length / 2)];
}
