import { Agent, request as send } from 'node:http';
import { percentile } from './figures.mjs';

/**
 * Keep-alive load: each connection sends its next request when the last one was answered, until the time is over.
 *
 * @param requests called with connection and turn; answers { method, path, headers, body }, or null when there is nothing left
 * @param right judges an answer: status and body; false counts as bad
 */
export async function load({ url, connections, seconds, requests, right }) {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const latencies = [];
  let bad = 0;
  const began = performance.now();
  const ends = began + seconds * 1000;
  const worker = async (connection) => {
    for (let turn = 0; performance.now() < ends; turn += 1) {
      const request = requests(connection, turn);
      if (request === null) return;
      const sent = performance.now();
      const answer = await exchange({ hostname, port, agent, ...request }, request.body);
      latencies.push(performance.now() - sent);
      if (!right(answer, connection)) bad += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => worker(connection)));
  const elapsed = (performance.now() - began) / 1000;
  agent.destroy();
  return {
    rate: latencies.length / elapsed,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    requests: latencies.length,
    bad,
  };
}

function exchange(options, body) {
  return new Promise((resolve, reject) => {
    const request = send(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    request.once('error', reject);
    request.end(body);
  });
}
