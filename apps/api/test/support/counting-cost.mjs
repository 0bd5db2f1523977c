// What counting one request costs, against an empty call: node apps/api/test/support/counting-cost.mjs, after a build.
import { RequestCounters } from '../../dist/platform/metrics/request-counters.js';

const CALLS = 5_000_000;
const ROUNDS = 7;
const NANOSECONDS = 1_000_000;

const client = { client_type: 'confidential', resource_server: true };
const routes = ['/oauth2/introspect', '/oauth2/token', '/oauth2/userinfo', '/api/v1/oauth-clients'];
/** Times like those of a loaded server, so that the buckets vary. */
const times = Array.from({ length: 1024 }, () => Math.exp(Math.random() * 5 - 1));
const counters = new RequestCounters();

const work = {
  nothing: () => undefined,
  'a success': (n) => counters.count(routes[n & 3], 200, undefined, client, times[n & 1023]),
  'a refusal': (n) => counters.count(routes[n & 3], 400, 'invalid_grant', client, times[n & 1023]),
};

function nanosecondsOf(call) {
  const began = performance.now();
  for (let n = 0; n < CALLS; n += 1) call(n);
  return ((performance.now() - began) / CALLS) * NANOSECONDS;
}

for (const [what, call] of Object.entries(work)) {
  const rounds = Array.from({ length: ROUNDS }, () => nanosecondsOf(call)).toSorted((one, other) => one - other);
  process.stdout.write(
    `${what.padEnd(10)} ${rounds[Math.floor(ROUNDS / 2)].toFixed(1)} ns a call (median of ${ROUNDS}), best ${rounds[0].toFixed(1)}\n`,
  );
}
