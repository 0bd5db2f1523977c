import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chart } from './chart.mjs';
import { machine } from './figures.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const say = (line) => process.stdout.write(`${line}\n`);

/**
 * Writes what was measured as JSON, of a whole run also as a chart, and prints a table and, last, one line of ratios an operation.
 *
 * @param run the plan of the run and its samples, by operation and contender
 * @returns how many answers were wrong
 */
export function report({ samples, ...plan }) {
  const table = Object.entries(samples).map(([operation, of]) => ({
    operation,
    contenders: Object.fromEntries(Object.entries(of).map(([name, each]) => [name, median(each)])),
    samples: of,
  }));
  const results = { at: new Date().toISOString(), machine: machine(), ...plan, table };
  mkdirSync(join(ROOT, 'bench/results'), { recursive: true });
  writeFileSync(join(ROOT, `bench/results/${plan.quick ? 'quick' : 'latest'}.json`), `${JSON.stringify(results, null, 2)}\n`);
  if (!plan.quick) writeFileSync(join(ROOT, 'docs/images/bench.svg'), chart(table));
  say('| operation | contender | requests/s | median ms | p99 ms | server µs/request | PostgreSQL µs/request | bad |');
  say('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const { operation, contenders } of table) {
    for (const [name, { rate, p50, p99, cpu }] of Object.entries(contenders)) {
      const wrong = badOf(samples[operation][name]);
      say(
        `| ${[operation, name, whole(rate), whole(p50), whole(p99), whole(cpu.server), cpu.postgres ? whole(cpu.postgres) : '', wrong].join(' | ')} |`,
      );
    }
  }
  say('');
  for (const { operation, contenders } of table) {
    const { floor, behalf, 'oidc-provider': peer } = contenders;
    say(`${operation} ${(behalf.rate / floor.rate).toFixed(2)} of floor, ${(behalf.rate / peer.rate).toFixed(1)} x oidc-provider`);
  }
  return Object.values(samples)
    .flatMap(Object.values)
    .reduce((sum, each) => sum + badOf(each), 0);
}

const whole = (value) => value.toFixed(0);
const badOf = (each) => each.reduce((sum, { bad }) => sum + bad, 0);

function median(samples) {
  return samples.toSorted((left, right) => left.rate - right.rate)[Math.floor(samples.length / 2)];
}
