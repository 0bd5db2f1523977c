import autocannon from 'autocannon';
import { cpuSeconds, cpuSpent } from './cpu.mjs';

/**
 * Keep-alive load on one contender: each connection sends its next request when the last one was answered.
 *
 * @param requests called with the number of a connection; answers what it sends in turn, as autocannon takes it
 * @param amount how many requests in all, where each of them can be sent only once; `seconds` otherwise
 * @param right judges an answer: status, body and headers; false counts as bad; a request may bring its own
 * @param pids the processes of the contender, by what they are
 * @returns requests per second, latencies in milliseconds, CPU in microseconds per request, and how many answers were bad, the first of them whole
 */
export async function load({ url, connections, seconds, amount, requests, right, pids }) {
  const before = cpuOf(pids);
  let bad = 0;
  let connection = 0;
  let wrong;
  const judging = ({ right: own = right, ...request }) => ({
    ...request,
    onResponse: (status, body, _, headers) => {
      last = performance.now();
      if (own(status, body, headers)) return;
      bad += 1;
      wrong ??= `${status} ${JSON.stringify(headers)} ${body}`;
    },
  });
  const begun = performance.now();
  let last = begun;
  const result = await autocannon({
    url,
    connections,
    ...(amount ? { amount } : { duration: seconds }),
    timeout: 30,
    // How often it looks whether it is done; what it counts by its samples is not used here.
    sampleInt: 100,
    setupClient: (client) => client.setRequests(requests(connection++).map(judging)),
  });
  const answered = result.requests.total;
  return {
    // By its own clock: autocannon rounds up to whole samples, and a fixed amount may be done in a fraction of a second.
    rate: answered / ((last - begun) / 1000),
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests: answered,
    cpu: Object.fromEntries(Object.entries(cpuOf(pids)).map(([name, after]) => [name, (cpuSpent(before[name], after) * 1e6) / answered])),
    bad: bad + result.errors + result.timeouts,
    ...(wrong && { wrong }),
  };
}

const cpuOf = (pids) => Object.fromEntries(Object.entries(pids).map(([name, each]) => [name, cpuSeconds(each())]));
