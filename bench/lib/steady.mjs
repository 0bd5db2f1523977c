import { Agent, request } from 'node:http';
import { percentile } from './figures.mjs';

/** Connections that are opened at once. */
const CONNECTING = 200;

/** Keep-alive calls over node:http, whose cost for the caller is small and even. */
export class Caller {
  constructor(url, connections) {
    this.url = new URL(url);
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections, scheduling: 'fifo' });
  }

  /** @returns status, headers and text; status 0 where the connection was lost */
  send({ method = 'GET', path, headers = {}, body }) {
    return new Promise((resolve) => {
      const { hostname, port } = this.url;
      const options = {
        agent: this.agent,
        hostname,
        port,
        method,
        path,
        headers: { ...headers, 'content-length': Buffer.byteLength(body ?? '') },
      };
      const sent = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        response.on('error', () => resolve({ status: 0, headers: {}, text: '' }));
      });
      sent.on('error', ({ message }) => resolve({ status: 0, headers: {}, text: message }));
      sent.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}

/**
 * A steady rate of requests, whatever the answers take: each is timed from when it was due, so that a server which stalls is not
 * asked less for it.
 *
 * @param next called with a running number; answers what `Caller.send` takes and `right`, which judges the answer
 * @param until resolves when it may stop, in place of `seconds`
 * @returns for each request when it was due (milliseconds since the first) and how long it took, with the percentiles, and what was wrong
 */
export async function steady({ url, rate, seconds, until, next, connections = 256 }) {
  const caller = new Caller(url, connections);
  const [samples, wrong] = [[], []];
  const under_way = new Set();
  const began = performance.now();
  let over = false;
  void until?.then(() => (over = true));
  const ended = () => over || (seconds !== undefined && performance.now() - began >= seconds * 1000);
  const ask = async (number) => {
    const due = (number * 1000) / rate;
    const { right, ...what } = next(number);
    const answer = await caller.send(what);
    samples.push({ due, ms: performance.now() - began - due, status: answer.status });
    if (!right(answer)) wrong.push(`${answer.status} ${answer.text.slice(0, 300)}`);
  };
  for (let number = 0; !ended();) {
    for (; (number * 1000) / rate <= performance.now() - began; number += 1) {
      const asked = ask(number).finally(() => under_way.delete(asked));
      under_way.add(asked);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(under_way);
  caller.close();
  return { samples, ...percentiles(samples), bad: wrong.length, wrong: wrong[0] };
}

/** @param samples as `steady` answers them */
export function percentiles(samples) {
  const all = samples.map(({ ms }) => ms);
  return { requests: all.length, p50: percentile(all, 0.5), p99: percentile(all, 0.99), max: percentile(all, 1) };
}

/** Introspection of planted tokens in turn. @see scale/live.mjs */
export function introspections({ authorization, tokens }) {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' };
  const right = ({ status, text }) => status === 200 && text.startsWith('{"active":true');
  return (number) => ({
    method: 'POST',
    path: '/oauth2/introspect',
    headers,
    body: `token=${tokens[number % tokens.length].access_token}`,
    right,
  });
}

/**
 * So many requests under way at every moment, over connections that were there before: each that was answered is followed by the next
 * at once, and each that was turned away by one when Retry-After says so.
 *
 * @returns how many answers of each status, the percentiles of those that were served, how many 503 came without Retry-After, and
 *   an answer of a kind that nothing explains
 */
export async function flood({ url, in_flight, seconds, next }) {
  const caller = new Caller(url, in_flight);
  const [served, statuses] = [[], {}];
  let [unannounced, odd, number] = [0, undefined, 0];
  for (let open = 0; open < in_flight; open += CONNECTING) {
    await Promise.all(Array.from({ length: Math.min(open + CONNECTING, in_flight) }, () => caller.send({ path: '/health/live' })));
  }
  const ends_at = performance.now() + seconds * 1000;
  const work = async () => {
    while (performance.now() < ends_at) {
      const { right, ...what } = next(number++);
      const asked = performance.now();
      const answer = await caller.send(what);
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const wait = Number(answer.headers['retry-after']);
      if (answer.status === 503 && wait > 0) await new Promise((resolve) => setTimeout(resolve, wait * 1000));
      else if (answer.status === 503) unannounced += 1;
      else if (right(answer)) served.push({ ms: performance.now() - asked });
      else odd ??= `${answer.status} ${answer.text.slice(0, 300)}`;
    }
  };
  await Promise.all(Array.from({ length: in_flight }, work));
  caller.close();
  return { statuses, unannounced, odd, ...percentiles(served) };
}
