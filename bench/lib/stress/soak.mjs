import { readFileSync } from 'node:fs';
import { behalf as contender } from '../contenders.mjs';
import { percentile } from '../figures.mjs';
import { OPERATIONS } from '../operations.mjs';
import { table } from '../promises.mjs';

const CONNECTIONS = 32;
const SECONDS = 2;
const SAMPLE_MS = 1_000;
const MIB = 1_048_576;
const LISTS = ['oauth-clients', 'connected-apps?show=organization', 'audit-events', 'users', 'ui-sessions'];
/** The last third may lie so much above the one before it. */
const GROWTH = 1.1;

/** Everything in turn through the front door, for minutes, with the memory of the process looked at all the while. */
export async function soak(server, minutes, promises) {
  const made = await contender(server);
  const memory = watchMemory(server.pids.server());
  const counts = {};
  let [wrong, first_wrong] = [0, undefined];
  for (const ends_at = performance.now() + minutes * 60_000; performance.now() < ends_at;) {
    for (const [name, run] of Object.entries(OPERATIONS)) {
      const { requests, bad, wrong: how } = await run(made, { connections: CONNECTIONS, seconds: SECONDS });
      counts[name] = (counts[name] ?? 0) + requests;
      wrong += bad;
      first_wrong ??= how;
    }
    for (const path of LISTS) await made.browser.json('GET', `/api/v1/${path}`);
  }
  return conclude({ counts, wrong, first_wrong, samples: memory.stop() }, minutes, promises);
}

function conclude({ counts, wrong, first_wrong, samples }, minutes, promises) {
  const thirds = [0, 1, 2].map((third) => samples.slice((third * samples.length) / 3, ((third + 1) * samples.length) / 3));
  const [warming, middle, last] = thirds.map(
    (each) =>
      percentile(
        each.map(({ rss }) => rss),
        0.5,
      ) / MIB,
  );
  const slope = slopeOf(samples.slice(samples.length / 2));
  table(
    ['memory, MiB', 'first third', 'middle third', 'last third', 'highest', 'slope of the last half, MiB/min'],
    [['resident', warming, middle, last, Math.max(...samples.map(({ rss }) => rss)) / MIB, slope]],
  );
  table(
    ['operation', 'requests'],
    Object.entries(counts).map(([name, requests]) => [name, String(requests)]),
  );
  promises.must(
    'every answer of the soak is right',
    wrong === 0,
    wrong ? `${wrong} wrong, ${first_wrong}` : `${Object.values(counts).reduce((sum, each) => sum + each, 0)} answers`,
  );
  promises.must(
    `memory after ${minutes} minutes stays`,
    last <= middle * GROWTH,
    `${middle.toFixed(0)} MiB, then ${last.toFixed(0)} MiB, slope ${slope.toFixed(2)} MiB/min`,
  );
  return { minutes, counts, wrong, thirds: { warming, middle, last }, slope, samples };
}

/** Least squares, in MiB a minute. */
function slopeOf(samples) {
  const mean = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [x, y] = [samples.map(({ at }) => at / 60_000), samples.map(({ rss }) => rss / MIB)];
  const [mx, my] = [mean(x), mean(y)];
  return x.reduce((sum, each, place) => sum + (each - mx) * (y[place] - my), 0) / x.reduce((sum, each) => sum + (each - mx) ** 2, 0);
}

function watchMemory(pids) {
  const began = performance.now();
  const samples = [];
  const timer = setInterval(() => {
    const rss = pids.reduce(
      (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024,
      0,
    );
    samples.push({ at: performance.now() - began, rss });
  }, SAMPLE_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return samples;
    },
  };
}
