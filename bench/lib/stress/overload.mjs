import { Cookies } from '../cookies.mjs';
import { table } from '../promises.mjs';
import { plantLive } from '../scale/live.mjs';
import { Caller, flood, introspections } from '../steady.mjs';

const TOKENS = 2_000;
const BUSY = 200;
const TIMES = 10;
const SECONDS = 8;
const LIMIT_MS = 2_000;
const PULSE_MS = 250;

/** Requests enough in flight to be busy, and ten times as many: on the hot path, and on a list. */
export async function measureOverload(server, together, promises) {
  const live = await plantLive(together, TOKENS);
  const { cookie } = await new Cookies(server.url).signIn();
  const list = () => ({ path: '/api/v1/audit-events', headers: { cookie }, right: ({ status }) => status === 200 });
  const figures = [];
  for (const [what, next] of Object.entries({ introspection: introspections(live), 'a list': list })) {
    for (const in_flight of [BUSY, BUSY * TIMES]) {
      const pulse = feel(server.url);
      const seen = await flood({ url: server.url, in_flight, seconds: SECONDS, next });
      figures.push({ what, in_flight, ...seen, pulse: await pulse.stop() });
    }
  }
  judge(figures, promises);
  return figures;
}

function judge(figures, promises) {
  table(
    ['what', 'in flight', 'served', 'median ms', 'p99 ms', 'slowest ms', 'answers'],
    figures.map((each) => [
      each.what,
      String(each.in_flight),
      String(each.requests),
      each.p50,
      each.p99,
      each.max,
      JSON.stringify(each.statuses),
    ]),
  );
  for (const { what, in_flight, odd, unannounced, p99, max, requests, pulse } of figures) {
    const where = `${what}, ${in_flight} in flight`;
    promises.must(
      `${where}: served, or 503 with Retry-After`,
      odd === undefined && unannounced === 0 && requests > 0,
      odd ?? `${unannounced} without`,
    );
    promises.must(
      `${where}: alive all the while`,
      pulse.dead === 0,
      `${pulse.dead} of ${pulse.beats} beats missed, slowest ${pulse.slowest.toFixed(0)} ms`,
    );
    promises.aim(`${where}: what is served, p99`, p99, LIMIT_MS, 'ms');
    if (max > LIMIT_MS) promises.aim(`${where}: what is served, slowest`, max, LIMIT_MS, 'ms');
  }
}

/** Asks whether the process is alive, as a supervisor does. */
function feel(url) {
  const caller = new Caller(url, 1);
  const seen = { beats: 0, dead: 0, slowest: 0 };
  const over = new AbortController();
  const beating = (async () => {
    while (!over.signal.aborted) {
      const asked = performance.now();
      const { status } = await caller.send({ path: '/health/live' });
      seen.beats += 1;
      seen.dead += status === 200 ? 0 : 1;
      seen.slowest = Math.max(seen.slowest, performance.now() - asked);
      await new Promise((resolve) => setTimeout(resolve, PULSE_MS));
    }
  })();
  return {
    stop: async () => {
      over.abort();
      await beating;
      caller.close();
      return seen;
    },
  };
}
