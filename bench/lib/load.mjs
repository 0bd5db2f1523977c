import { bytesOf, Connection, headOf } from './connection.mjs';
import { cpuSeconds, cpuSpent } from './cpu.mjs';
import { percentile } from './figures.mjs';

/** How long all may stand still before the rest counts as bad. */
const SILENCE_MS = 30_000;

/**
 * Keep-alive load on one contender: each connection sends its next request when the last one was answered.
 *
 * @param requests called with the number of a connection; answers what it sends in turn: method, path, headers, and a body or what makes it
 * @param amount how many requests at most, where each of them can be sent only once
 * @param right judges an answer: status, body and head; false counts as bad; a request may bring its own
 * @param pids the processes of the contender, by what they are
 * @returns requests per second, latencies in milliseconds, CPU in microseconds per request, and how many answers were bad, the first of them whole
 */
export async function load({ url, connections, seconds, amount = Infinity, requests, right, pids }) {
  const window = { left: amount, times: [], bad: 0, wrong: undefined };
  const followers = Array.from({ length: connections }, (_, number) => follower(url, prepared(url, requests(number), right), window));
  await Promise.all(followers.map(({ opened }) => opened));
  const before = cpuOf(pids);
  window.begun = window.last = performance.now();
  window.ends_at = window.begun + seconds * 1000;
  await Promise.all(followers.map(({ follow }) => follow()));
  const answered = window.times.length;
  return {
    rate: answered / ((window.last - window.begun) / 1000),
    p50: percentile(window.times, 0.5),
    p99: percentile(window.times, 0.99),
    requests: answered,
    cpu: Object.fromEntries(Object.entries(cpuOf(pids)).map(([name, after]) => [name, (cpuSpent(before[name], after) * 1e6) / answered])),
    bad: window.bad,
    ...(window.wrong && { wrong: window.wrong }),
  };
}

/** What does not change from one request to the next is made once. */
function prepared(url, requests, right) {
  return requests.map((request) => {
    const head = headOf(url, request);
    const { body } = request;
    const fixed = typeof body === 'function' ? undefined : bytesOf(head, body);
    return { bytes: fixed === undefined ? () => bytesOf(head, body()) : () => fixed, right: request.right ?? right };
  });
}

/** One connection, which follows each answer with its next request from the moment that it is told to. */
function follower(url, requests, window) {
  const connection = new Connection(url, (why) => end(why));
  let done = () => undefined;
  let turn = 0;
  const count = (wrong) => {
    window.bad += 1;
    window.wrong ??= wrong;
  };
  const end = (wrong) => {
    if (wrong) count(wrong);
    connection.close();
    done();
  };
  const send = () => {
    const sent = performance.now();
    if (window.left-- <= 0 || sent >= window.ends_at) return end();
    const { bytes, right } = requests[turn++ % requests.length];
    connection.send(bytes(), (status, body, head) => {
      window.last = performance.now();
      window.times.push(window.last - sent);
      if (!right(status, body, head)) count(`${head}\n${body}`);
      send();
    });
  };
  const follow = () =>
    new Promise((resolve) => {
      const silence = setInterval(() => performance.now() - window.last > SILENCE_MS && end('no answer'), SILENCE_MS);
      done = () => resolve(clearInterval(silence));
      send();
    });
  return { opened: connection.opened, follow };
}

const cpuOf = (pids) => Object.fromEntries(Object.entries(pids).map(([name, each]) => [name, cpuSeconds(each())]));
