import { OPERATIONS } from '../operations.mjs';
import { table } from '../promises.mjs';
import { plantLive } from './live.mjs';

const CONNECTIONS = 64;
const ROUNDS = 4;
const SECONDS = 4;
const TOKENS = 3_000;
const LIMIT = 1.2;

/** Introspection and refresh beside a full database and beside an empty one, in turns. @param servers the empty one and the full one */
export async function measureHot(servers, promises, seconds = SECONDS) {
  const made = new Map();
  for (const server of servers) made.set(server.name, contender(server, await plantLive(server, TOKENS)));
  const samples = {};
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const operation of ['introspect', 'refresh']) {
      for (const { name } of servers) {
        const sample = await OPERATIONS[operation](windowOf(made.get(name), operation, round), { connections: CONNECTIONS, seconds });
        // The first round warms up.
        if (round) ((samples[operation] ??= {})[name] ??= []).push(sample);
        promises.must(
          `${operation}, ${name} database, round ${round}`,
          sample.bad === 0,
          sample.bad ? `${sample.bad} wrong, ${sample.wrong}` : 'all right',
        );
      }
    }
  }
  return conclude(samples, promises);
}

function contender({ name, url, pids }, live) {
  return { name, url, pids, paths: { introspect: '/oauth2/introspect', token: '/oauth2/token' }, ...live };
}

/** A refresh token is used up by its window, so each window of refreshes has its own. */
function windowOf({ tokens, ...rest }, operation, round) {
  if (operation === 'introspect') return { ...rest, tokens: tokens.slice((ROUNDS + 1) * CONNECTIONS) };
  return { ...rest, tokens: tokens.slice(round * CONNECTIONS, (round + 1) * CONNECTIONS) };
}

function conclude(samples, promises) {
  const median = (each) => each.toSorted((left, right) => left.rate - right.rate)[Math.floor(each.length / 2)];
  const rows = [];
  for (const [operation, of] of Object.entries(samples)) {
    const [empty, full] = [median(of.empty), median(of.full)];
    for (const [name, { rate, p50, p99, cpu }] of Object.entries({ empty, full }))
      rows.push([operation, name, rate, p50, p99, cpu.server, cpu.postgres]);
    promises.aim(`${operation}, full against empty database, time of a request`, empty.rate / full.rate, LIMIT, 'x');
  }
  table(['operation', 'database', 'requests/s', 'median ms', 'p99 ms', 'server µs', 'PostgreSQL µs'], rows);
  return samples;
}
