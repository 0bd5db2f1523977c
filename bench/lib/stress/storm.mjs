import { table } from '../promises.mjs';
import { plantLive } from '../scale/live.mjs';
import { PASSWORD } from '../servers.mjs';
import { Caller, introspections, percentiles, steady } from '../steady.mjs';

const RATE = 200;
const SECONDS = 8;
const ROUNDS = 3;
const IN_FLIGHT = 8;
const TOKENS = 500;
const LIMIT = 1.5;

/** Introspection at a steady rate, calm and beside a storm of sign-ins, in turns. */
export async function measureStorm(server, together, promises) {
  const next = introspections(await plantLive(together, TOKENS));
  const window = () => steady({ url: server.url, rate: RATE, seconds: SECONDS, next });
  await window();
  const [calm, stormy] = [[], []];
  const sign_ins = { 201: 0, 429: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    calm.push(await window());
    const storm = startStorm(server.url, sign_ins);
    stormy.push(await window());
    await storm.stop();
  }
  const [before, beside] = [calm, stormy].map((windows) => percentiles(windows.flatMap(({ samples }) => samples)));
  const bad = [...calm, ...stormy].reduce((sum, each) => sum + each.bad, 0);
  table(
    ['introspection', 'requests', 'median ms', 'p99 ms', 'slowest ms'],
    Object.entries({ calm: before, 'beside the storm': beside }).map(([what, { requests, p50, p99, max }]) => [
      what,
      String(requests),
      p50,
      p99,
      max,
    ]),
  );
  promises.must('introspection beside a storm of sign-ins is right', bad === 0, `${bad} wrong`);
  const others = Object.entries(sign_ins).filter(([status]) => status !== '201' && status !== '429');
  promises.must('sign-ins are served or turned away', others.length === 0 && sign_ins[201] > 0, JSON.stringify(sign_ins));
  promises.aim(`introspection beside ${IN_FLIGHT} sign-ins in flight, p99`, beside.p99 / before.p99, LIMIT, 'x');
  return { calm: before, beside, sign_ins };
}

function startStorm(url, statuses) {
  const caller = new Caller(url, IN_FLIGHT);
  const body = JSON.stringify({ email: 'dev@acme.example', password: PASSWORD });
  const over = new AbortController();
  const work = async () => {
    while (!over.signal.aborted) {
      const { status } = await caller.send({
        method: 'POST',
        path: '/api/v1/session',
        headers: { 'content-type': 'application/json' },
        body,
      });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const working = Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return {
    stop: async () => {
      over.abort();
      await working;
      caller.close();
    },
  };
}
